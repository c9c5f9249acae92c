//! The forms that come with gouji.

use super::{Form, load};
use std::sync::OnceLock;

/// Name and text of each definition in templates/, the newest form first.
const DEFINITIONS: [(&str, &str); 5] = [
    ("xxgk-2021.toml", include_str!("../../templates/xxgk-2021.toml")),
    ("xxgk-2019.toml", include_str!("../../templates/xxgk-2019.toml")),
    ("rkpc-5-1.toml", include_str!("../../templates/rkpc-5-1.toml")),
    ("rkpc-1-1b-beijing.toml", include_str!("../../templates/rkpc-1-1b-beijing.toml")),
    ("wales-tax-base.toml", include_str!("../../templates/wales-tax-base.toml")),
];

/// The forms that come with gouji, the newest first.
pub fn builtin() -> &'static [Form] {
    static FORMS: OnceLock<Vec<Form>> = OnceLock::new();
    // A test holds that every one of them loads.
    FORMS.get_or_init(|| DEFINITIONS.iter().filter_map(|(name, text)| load(text, name).ok()).collect())
}

/// The form with this id.
pub fn by_id(id: &str) -> Option<&'static Form> {
    builtin().iter().find(|f| f.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_definition_loads() {
        for (name, text) in DEFINITIONS {
            if let Err(e) = load(text, name) {
                panic!("{e}");
            }
        }
        assert_eq!(builtin().len(), DEFINITIONS.len());
    }

    fn list(name: &str, lines: impl Iterator<Item = String>) -> String {
        let lines: Vec<String> = lines.collect();
        assert!(!lines.is_empty(), "{name}");
        lines.join("\n") + "\n"
    }

    fn relations(form: &Form, variant: bool) -> String {
        let id = |f: &crate::form::FieldIx| form.field(*f).unwrap().id.as_str();
        let side = |fields: &[crate::form::FieldIx]| fields.iter().map(id).collect::<Vec<_>>().join(" + ");
        let chosen = form.relations.iter().filter(|r| r.variant == variant);
        let line = |r: &crate::form::Relation| {
            let (parts, total) = r.plain().unwrap();
            format!("{} {}: {} = {}", r.code, r.place, side(&parts), side(&total))
        };
        list(&form.id, chosen.map(line))
    }

    #[test]
    fn the_form_of_2021_has_the_published_fields_and_relations() {
        let form = by_id("xxgk-2021").unwrap();
        let own = (0u32..).zip(&form.fields).filter(|(i, _)| !form.is_variant(crate::form::FieldIx(*i)));
        let fields = list(&form.id, own.map(|(_, f)| f.id.clone()));
        assert_eq!(fields, include_str!("../../tests/form/xxgk-2021.fields.txt"));
        assert_eq!(relations(form, false), include_str!("../../tests/form/xxgk-2021.relations.txt"));
    }

    #[test]
    fn in_a_mixed_form_one_row_stands_for_three() {
        let form = by_id("xxgk-2021").unwrap();
        let relations = relations(form, true);
        assert_eq!(relations.lines().count(), 8);
        let row = "A301 other: t3.other.natural + t3.other.enterprise + t3.other.research + t3.other.ngo \
                   + t3.other.legal_service + t3.other.other_org = t3.other.total";
        assert!(relations.contains(row), "{relations}");
        let column = relations.lines().find(|l| l.starts_with("A302 natural")).unwrap();
        assert!(column.ends_with("t3.rejected.reconfirm.natural + t3.other.natural = t3.total.natural"));
        assert!(!column.contains("t3.other.other.natural"));
    }

    #[test]
    fn the_form_of_2019_differs_where_it_should() {
        let form = by_id("xxgk-2019").unwrap();
        assert_eq!(form.fields.len(), 22 + 23 * 7 + 15);
        assert_eq!(form.relations.len(), 23 + 7 + 7 + 3);
        assert!(form.relations.iter().all(|r| !r.variant));
        for id in ["t3.other.natural", "t2.other_services.prior", "t2.fees.change", "t2.procurement.amount"] {
            assert!(form.field_ix(id).is_some(), "{id}");
        }
    }

    #[test]
    fn every_rule_of_a_form_is_explained_with_its_severity() {
        for form in builtin().iter().filter(|f| f.status == crate::form::Status::Active) {
            let rules = form.rules.iter().map(|r| (&r.code, r.severity));
            for (code, severity) in rules.chain(form.checks.iter().map(|c| (&c.code, c.severity))) {
                let page = crate::finding::rule(code).unwrap_or_else(|| panic!("{code} has no page"));
                assert_eq!(page.severity, severity, "{} {code}", form.id);
            }
        }
    }

    #[test]
    fn the_example_of_the_language_loads() {
        let page = include_str!("../../.github/FORMS.md");
        let example = page.split("```toml\n").nth(1).and_then(|t| t.split("```").next()).unwrap();
        let form = load(example, "FORMS.md").unwrap_or_else(|e| panic!("{e}"));
        assert_eq!((form.fields.len(), form.relations.len(), form.checks.len()), (11, 6, 1));
    }
}
