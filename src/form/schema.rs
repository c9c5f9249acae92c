//! The definition language as a JSON Schema, so that editors complete and check definitions while they are written.

use super::language::{FORM, Holds, Key, Section};
use serde_json::{Map, Value, json};

/// The JSON Schema of definitions, ending in a line break; the same as templates/form.schema.json.
pub fn schema() -> String {
    let mut definitions = Map::new();
    let mut root = object(&FORM, &mut definitions);
    if let Value::Object(root) = &mut root {
        root.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
        root.insert("title".into(), json!("报表定义 · form definition"));
        root.insert("$defs".into(), Value::Object(definitions));
    }
    format!("{root:#}\n")
}

/// A section as an object; the sections that it holds are added to the definitions.
fn object(section: &'static Section, definitions: &mut Map<String, Value>) -> Value {
    let mut properties = Map::new();
    for key in section.keys {
        let mut value = value(key, definitions);
        if let Value::Object(value) = &mut value {
            value.insert("description".into(), json!(format!("{} · {}", key.means.0, key.means.1)));
        }
        properties.insert(key.name.into(), value);
    }
    let needed: Vec<&str> = section.keys.iter().filter(|k| k.needed).map(|k| k.name).collect();
    json!({ "type": "object", "additionalProperties": false, "required": needed, "properties": properties })
}

fn value(key: &Key, definitions: &mut Map<String, Value>) -> Value {
    match key.holds {
        Holds::Word => json!({ "type": "string" }),
        Holds::Words => json!({ "type": "array", "items": { "type": "string" } }),
        Holds::OneOf(words) => json!({ "enum": words }),
        Holds::SomeOf(words) => json!({ "type": "array", "items": { "enum": words } }),
        Holds::Year => json!({ "type": "integer" }),
        Holds::Number => json!({ "type": "number", "minimum": 0 }),
        Holds::Flag => json!({ "type": "boolean" }),
        Holds::Lists => {
            json!({ "type": "object", "additionalProperties": { "type": "array", "items": { "type": "string" } } })
        }
        Holds::One(section) => reference(section, definitions),
        Holds::Each(section) => json!({ "type": "array", "items": reference(section, definitions) }),
    }
}

fn reference(section: &'static Section, definitions: &mut Map<String, Value>) -> Value {
    let name = section.name.0;
    if !definitions.contains_key(name) {
        definitions.insert(name.into(), Value::Null);
        let object = object(section, definitions);
        definitions.insert(name.into(), object);
    }
    json!({ "$ref": format!("#/$defs/{name}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_beside_the_definitions_is_that_of_the_language() {
        let committed = include_str!("../../templates/form.schema.json");
        assert_eq!(schema(), committed, "write it anew: gouji template schema -o templates/form.schema.json");
    }

    /// Whether a TOML value is allowed by a schema of the few kinds that are used here.
    fn allows(schema: &Value, root: &Value, value: &Value) -> bool {
        if let Some(name) = schema["$ref"].as_str().and_then(|r| r.strip_prefix("#/$defs/")) {
            return allows(&root["$defs"][name], root, value);
        }
        if let Some(words) = schema["enum"].as_array() {
            return words.contains(value);
        }
        match schema["type"].as_str() {
            Some("string") => value.is_string(),
            Some("integer") => value.is_i64(),
            Some("number") => value.is_number(),
            Some("boolean") => value.is_boolean(),
            Some("array") => {
                value.as_array().is_some_and(|a| a.iter().all(|v| allows(&schema["items"], root, v)))
            }
            _ => value.as_object().is_some_and(|o| {
                let has = |k: &Value| k.as_str().is_some_and(|k| o.contains_key(k));
                let needed = schema["required"].as_array().is_none_or(|r| r.iter().all(has));
                let one = |(k, v): (&String, &Value)| match schema["properties"].get(k) {
                    Some(s) => allows(s, root, v),
                    None => allows(&schema["additionalProperties"], root, v),
                };
                needed && o.iter().all(one)
            }),
        }
    }

    #[test]
    fn every_definition_is_allowed_and_a_misspelt_key_is_not() {
        let root: Value = serde_json::from_str(&schema()).unwrap();
        for text in [
            include_str!("../../templates/xxgk-2021.toml"),
            include_str!("../../templates/xxgk-2019.toml"),
            include_str!("../../templates/rkpc-5-1.toml"),
            include_str!("../../templates/rkpc-1-1b-beijing.toml"),
            include_str!("../../templates/wales-tax-base.toml"),
        ] {
            let value: Value = toml::from_str(text).unwrap();
            assert!(allows(&root, &root, &value));
            let misspelt: Value = toml::from_str(&text.replace("holds =", "hold =")).unwrap();
            assert!(!allows(&root, &root, &misspelt));
        }
    }
}
