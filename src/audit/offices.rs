//! Names of offices, long and short, as one office.

use crate::check;
use crate::grid::label::{fold_width, is_space};
use std::collections::BTreeMap;
use std::ops::Bound;

/// A short name of so many characters may be told from others by its end.
const TELLING: usize = 3;

/// A name reduced to the place or body it is of: 石碁镇人民政府 is 石碁镇, 大石街道办事处 is 大石街道.
pub(super) fn reduced(name: &str) -> String {
    let plain: String = name.chars().map(fold_width).filter(|c| !is_space(*c)).collect();
    let seat = check::standing(&plain).seat;
    for end in ["街道办事处", "街道办"] {
        if let Some(place) = seat.strip_suffix(end).filter(|p| !p.is_empty()) {
            return format!("{place}街道");
        }
    }
    seat
}

/// Reduced names of offices, each with the numbers that it stands for; found by themselves and by their ends.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    /// By the names backwards, so that names with one end stand together.
    backwards: BTreeMap<String, Vec<usize>>,
}

impl Names {
    /// Takes in a name.
    pub(super) fn insert(&mut self, name: &str, number: usize) {
        if !name.is_empty() {
            self.backwards.entry(backwards(name)).or_default().push(number);
        }
    }

    /// Every name.
    pub(super) fn iter(&self) -> impl Iterator<Item = (String, &[usize])> {
        self.backwards.iter().map(|(name, numbers)| (backwards(name), numbers.as_slice()))
    }

    /// The last number of the office that a name is of, among the numbers that `may` be; what stands in the name
    /// before the office is asked too.
    ///
    /// A name is that of itself, else of the longest name that it ends with, else of the only longer one that ends
    /// with it.
    pub(super) fn find(&self, name: &str, may: &dyn Fn(usize, &str) -> bool) -> Option<usize> {
        let key = backwards(name);
        let last_after =
            |numbers: &Vec<usize>, above: &str| numbers.iter().rev().copied().find(|n| may(*n, above));
        let last = |numbers: &Vec<usize>| last_after(numbers, "");
        if let Some(found) = self.backwards.get(&key).and_then(last) {
            return Some(found);
        }
        let ends: Vec<usize> = key.char_indices().map(|(at, _)| at).skip(TELLING).collect();
        let mut shorter = ends.iter().rev().filter_map(|at| {
            let (end, above) = key.split_at_checked(*at)?;
            last_after(self.backwards.get(end)?, &above_of(name, above.len()))
        });
        if let Some(found) = shorter.next() {
            return Some(found);
        }
        if name.chars().count() < TELLING {
            return None;
        }
        let mut longer = self.longer(&key).filter_map(|(_, numbers)| last(numbers));
        let first = longer.next()?;
        longer.all(|n| n == first).then_some(first)
    }

    /// The only longer name that ends with a short one.
    pub(super) fn only_longer(&self, name: &str) -> Option<String> {
        if name.chars().count() < TELLING {
            return None;
        }
        let key = backwards(name);
        let mut longer = self.longer(&key);
        let (first, _) = longer.next()?;
        longer.next().is_none().then(|| backwards(first))
    }

    /// Names that end with one, by their backward keys.
    fn longer<'a>(&'a self, key: &'a str) -> impl Iterator<Item = (&'a String, &'a Vec<usize>)> {
        let after = (Bound::Excluded(key.to_owned()), Bound::Unbounded);
        self.backwards.range(after).take_while(move |(name, _)| name.starts_with(key))
    }
}

/// Places that stand in front of offices: a province, a city, a district.
const PLACES: [char; 7] = ['省', '市', '区', '县', '州', '盟', '旗'];
/// A place has so many characters; 全区 and 我市 are none.
const PLACE: usize = 3;

/// What stands in a name before an office, in the first bytes of it: 江北区 in 江北区民政局 for 区民政局 too.
pub(super) fn above_of(name: &str, bytes: usize) -> String {
    let (above, office) = name.split_at_checked(bytes).unwrap_or((name, ""));
    let own = office.chars().next().filter(|c| PLACES.contains(c) && !above.ends_with(PLACES));
    above.chars().chain(own).collect()
}

/// The places that a text names: 江州市 and 云溪区 in 江州市云溪区人民政府.
fn places(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let end = at + c.len_utf8();
        // 杭州市 is one place.
        let goes_on = c == '州' && chars.peek().is_some_and(|(_, next)| PLACES.contains(next));
        if !c.is_alphabetic() {
            start = end;
        } else if PLACES.contains(&c) && !goes_on {
            found.extend(text.get(start..end).filter(|p| p.chars().count() >= PLACE));
            start = end;
        }
    }
    found
}

/// Whether a text names a place that another text does not, which names one of the same kind: 江北区 where it is
/// 云溪区.
pub(super) fn is_elsewhere(text: &str, home: &str) -> bool {
    // 自治区 is a province by another name.
    let kind = |place: &str| place.chars().last().filter(|_| !place.ends_with("自治区"));
    let (named, home) = (places(text), places(home));
    let mut kinds = home.iter().filter_map(|p| kind(p));
    kinds.any(|k| {
        let mut same = named.iter().filter(|p| kind(p) == Some(k)).peekable();
        same.peek().is_some() && same.all(|p| !home.contains(p))
    })
}

/// The last place that a text names.
pub(super) fn last_place(text: &str) -> Option<&str> {
    places(text).last().copied()
}

fn backwards(name: &str) -> String {
    name.chars().rev().collect()
}

/// The office of the longest name, if only one has a name that long.
pub(super) fn single(found: impl Iterator<Item = (usize, usize)>) -> Option<usize> {
    let found: Vec<(usize, usize)> = found.collect();
    let longest = found.iter().map(|(len, _)| *len).max()?;
    let mut best = found.iter().filter(|(len, _)| *len == longest).map(|(_, n)| *n);
    let first = best.next()?;
    best.all(|n| n == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_short_names_are_one() {
        for (name, key) in [
            ("石碁镇人民政府", "石碁镇"),
            ("石 碁 镇", "石碁镇"),
            ("大石街道办事处", "大石街道"),
            ("大石街道办", "大石街道"),
            ("番禺区民政局", "番禺区民政局"),
        ] {
            assert_eq!(reduced(name), key);
        }
    }

    #[test]
    fn another_district_is_elsewhere() {
        for (text, home, elsewhere) in [
            ("江北区", "云溪区人民政府", true),
            ("江州市云溪区", "云溪区人民政府", false),
            ("江州市", "云溪区人民政府", false),
            ("广西壮族自治区南宁市", "青秀区", false),
            ("杭州市西湖区", "杭州市余杭区", true),
            ("全区", "云溪区", false),
            ("江北区", "", false),
        ] {
            assert_eq!(is_elsewhere(text, home), elsewhere, "{text} {home}");
        }
        assert_eq!(above_of("江北区民政局", "江北".len()), "江北区");
        assert_eq!(above_of("江北区柳河镇", "江北区".len()), "江北区");
    }

    #[test]
    fn a_short_name_is_never_that_of_one_of_several() {
        let mut names = Names::default();
        for (n, name) in ["东区财政局", "高新西区财政局", "番禺区石碁镇", "沙湾镇"].into_iter().enumerate()
        {
            names.insert(name, n);
        }
        let find = |name: &str| names.find(name, &|_, _| true);
        assert_eq!(find("石碁镇"), Some(2));
        assert_eq!(find("广州市番禺区石碁镇"), Some(2));
        assert_eq!(find("广州市番禺区沙湾镇"), Some(3));
        assert_eq!(find("财政局"), None, "there are two");
        assert_eq!(find("湾镇"), None, "too short to tell");
        assert_eq!(names.only_longer("石碁镇").as_deref(), Some("番禺区石碁镇"));
        assert_eq!(names.only_longer("财政局"), None);
    }
}
