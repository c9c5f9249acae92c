//! Names of offices, long and short, as one office.

use crate::check;
use crate::grid::label::{fold_width, is_space};

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

/// The number of the office that a reduced name is of: the same, or the only one that ends alike.
pub(super) fn named<'n>(names: impl Iterator<Item = (&'n str, usize)> + Clone, key: &str) -> Option<usize> {
    if let Some((_, n)) = names.clone().find(|(k, _)| *k == key) {
        return Some(n);
    }
    let ends = |(k, _): &(&str, usize)| {
        let short = if k.len() < key.len() { *k } else { key };
        (k.ends_with(key) || key.ends_with(*k)) && short.chars().count() >= 3
    };
    single(names.filter(ends).map(|(k, n)| (k.len(), n)))
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
}
