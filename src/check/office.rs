//! The level of an office, as far as its name tells; the words and lists are data (templates/offices.toml).

use crate::form::Level;
use serde::Deserialize;
use std::sync::OnceLock;

/// What a name says of an office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its level; `None` where the name does not tell.
    pub level: Option<Level>,
    /// The place or body it is named after, without 人民政府 and the like.
    pub seat: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    government: Vec<String>,
    state_heads: Vec<String>,
    township_ends: Vec<String>,
    county_ends: Vec<String>,
    province_ends: Vec<String>,
    prefecture_ends: Vec<String>,
    department_ends: Vec<String>,
    municipalities: Vec<String>,
    prefecture_cities: Vec<String>,
    levels: Levels,
}

/// What rosters call levels.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Levels {
    state: Vec<String>,
    province: Vec<String>,
    prefecture: Vec<String>,
    county: Vec<String>,
    township: Vec<String>,
    department: Vec<String>,
}

/// The words and lists; without them no name tells anything.
fn words() -> Option<&'static Words> {
    static WORDS: OnceLock<Option<Words>> = OnceLock::new();
    WORDS.get_or_init(|| toml::from_str(include_str!("../../templates/offices.toml")).ok()).as_ref()
}

/// What an office's name says of its level.
pub fn standing(name: &str) -> Standing {
    let name: String = name.chars().filter(|c| !c.is_whitespace()).collect();
    let Some(words) = words() else { return Standing { level: None, seat: name } };
    let government = words.government.iter().find_map(|end| name.strip_suffix(end.as_str()));
    let seat = government.filter(|s| !s.is_empty()).unwrap_or(&name).to_owned();
    let level = level(words, &name, &seat);
    Standing { level, seat }
}

/// The level that a roster's word means; `None` where it is not known.
pub fn level_named(word: &str) -> Option<Level> {
    let levels = &words()?.levels;
    let known = [
        (&levels.state, Level::State),
        (&levels.province, Level::Province),
        (&levels.prefecture, Level::Prefecture),
        (&levels.county, Level::County),
        (&levels.township, Level::Township),
        (&levels.department, Level::Department),
    ];
    let word: String = word.chars().filter(|c| !c.is_whitespace()).collect();
    known.into_iter().find(|(words, _)| words.contains(&word)).map(|(_, level)| level)
}

fn level(words: &Words, name: &str, seat: &str) -> Option<Level> {
    let ends = |list: &[String]| list.iter().any(|end| seat.ends_with(end.as_str()));
    let local = || seat.contains(['省', '市', '县', '区', '州', '旗', '镇', '乡']);
    if words.state_heads.iter().any(|h| name.starts_with(h.as_str())) && !local() {
        return Some(Level::State);
    }
    if ends(&words.township_ends) {
        return Some(Level::Township);
    }
    if ends(&words.municipalities) || ends(&words.province_ends) {
        return Some(Level::Province);
    }
    if ends(&words.county_ends) && !seat.ends_with("地区") {
        return Some(Level::County);
    }
    if ends(&words.prefecture_ends) {
        return Some(Level::Prefecture);
    }
    if let Some(city) = seat.strip_suffix('市') {
        let listed = words.prefecture_cities.iter().any(|c| city.ends_with(c.as_str()));
        return listed.then_some(Level::Prefecture);
    }
    ends(&words.department_ends).then_some(Level::Department)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_levels() {
        let cases = [
            ("广州市番禺区石碁镇人民政府", Some(Level::Township)),
            ("大石街道办事处", Some(Level::Township)),
            ("上海市人民政府办公厅", Some(Level::Province)),
            ("宿迁市人民政府", Some(Level::Prefecture)),
            ("江苏省宿迁市人民政府办公室", Some(Level::Prefecture)),
            ("昆山市人民政府", None),
            ("佳县人民政府", Some(Level::County)),
            ("石碁区民政局", Some(Level::Department)),
            ("长春市退役军人事务局", Some(Level::Department)),
            ("国家发展和改革委员会", Some(Level::State)),
            ("国家税务总局佛山市税务局", Some(Level::Department)),
            ("延边朝鲜族自治州人民政府", Some(Level::Prefecture)),
            ("某某", None),
        ];
        for (name, level) in cases {
            assert_eq!(standing(name).level, level, "{name}");
        }
    }
}
