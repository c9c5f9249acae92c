//! The tables of a batch that are sums of others: whose they are, and which of several versions counts.

use super::versions::Sent;
use super::walk::Item;
use super::work;
use crate::audit::offices::{is_elsewhere, reduced};
use crate::audit::{Options, output, unlock};
use crate::check;
use crate::finding::Lang;
use crate::form::Level;
use crate::grid::Workbook;
use crate::mapping::identity;
use crate::report::summary::{Details, Entry, Office};
use std::collections::{BTreeMap, BTreeSet};

/// The word for such a table in the name of its file.
const SUM: &str = "汇总";
/// A name of so many characters tells an office by its beginning or its end.
const TELLING: usize = 3;

/// Whether a file is an aggregate: named as such, or 汇总 by its name and not a township's.
pub(super) fn is_aggregate(item: &Item) -> bool {
    let name = item.shown.rsplit('/').next().unwrap_or(&item.shown);
    let of_township = || {
        let stem = name.split(['.', '汇']).next().unwrap_or(name);
        let identity = identity::identify(&Workbook::default(), stem);
        let office = identity.office.map_or_else(|| stem.to_owned(), |o| o.value);
        check::standing(&office).level == Some(Level::Township)
    };
    item.aggregate || (name.contains(SUM) && !of_township())
}

/// A table, read for what others have to know of it.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) entry: Entry,
    pub(super) details: Details,
}

impl Table {
    /// Reads a table; nothing where it cannot be read.
    pub(super) fn read(item: &Item, options: &Options) -> Option<Self> {
        let bytes = work::bytes(item, options).ok()?;
        let (outcome, content) = work::audited(item, &bytes, unlock(&bytes, options), options);
        let (mut entry, details) = work::small(&outcome, content.as_ref(), Lang::Zh);
        entry.modified = item.modified;
        Some(Self { entry, details })
    }

    pub(super) fn body(&self) -> Body {
        Body::of(self.entry.office.as_deref(), &self.entry.file)
    }
}

/// Whose a table is: by its title, and by what the name of its file says before 汇总.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Body {
    title: String,
    /// Where the name says more than the title.
    named: String,
}

impl Body {
    pub(super) fn of(title: Option<&str>, file: &str) -> Self {
        let name = output::source_stem(file.rsplit('/').next().unwrap_or(file));
        let before = name.split_once(SUM).map_or("", |(before, _)| before);
        let before: String = before.chars().filter(|c| c.is_alphabetic() && !"年度".contains(*c)).collect();
        let title = title.map(reduced).unwrap_or_default();
        let named = reduced(&work::named(&before).unwrap_or(before));
        let is_said = title.contains(&named) || named.contains(&title) && !title.is_empty();
        Self { title, named: if is_said { String::new() } else { named } }
    }

    /// The same by its title alone, if it has one.
    pub(super) fn titled(&self) -> Self {
        let Self { title, named } = self.clone();
        Self { named: if title.is_empty() { named } else { String::new() }, title }
    }

    /// Whether a reduced name of an office is this one.
    pub(super) fn is(&self, office: &str) -> bool {
        let ends = |a: &str, b: &str| a.chars().count() >= TELLING && b.ends_with(a) && !is_elsewhere(a, b);
        let (title, named) = (self.title.as_str(), self.named.as_str());
        let is_title = !title.is_empty() && (office == title || ends(office, title) || ends(title, office));
        // 东片区 is short for 东片区管理委员会; a title of its own is that of the body above.
        let is_named = named.chars().count() >= TELLING && office.starts_with(named);
        if named.is_empty() { is_title } else { is_named }
    }

    /// Whether the name of an office, or a folder of its file, says that it is under this one.
    pub(super) fn names(&self, office: &str, file: &str) -> bool {
        let own = if self.named.is_empty() { &self.title } else { &self.named };
        if own.chars().count() < TELLING {
            return false;
        }
        let office = reduced(office);
        let folders = file.rsplit_once('/').map_or("", |(folders, _)| folders);
        office != *own && office.starts_with(own.as_str()) || folders.split('/').any(|f| reduced(f) == *own)
    }
}

/// Tables of one body, by number.
type Versions<'e> = Vec<(usize, Sent<'e>)>;

/// Those of several tables that have given way to a newer one of the same body.
pub(super) fn superseded<'e>(tables: impl Iterator<Item = (usize, &'e Entry)>) -> BTreeSet<usize> {
    let mut bodies: BTreeMap<(Body, Option<i32>), Versions> = BTreeMap::new();
    for (i, entry) in tables.filter(|(_, e)| e.is_submission() && e.office.is_some()) {
        let body = Body::of(entry.office.as_deref(), &entry.file);
        bodies.entry((body, entry.year)).or_default().push((i, Sent::new(entry)));
    }
    let older = bodies.into_values().flat_map(|mut sent| {
        Sent::level(&mut sent, |_| true);
        sent.sort_by(|(_, a), (_, b)| b.cmp(a));
        sent.into_iter().skip(1).map(|(i, _)| i)
    });
    older.collect()
}

/// What the offices above others have sent is the table of those, where they have sent nothing else.
pub(super) fn put_under_bodies<'e>(offices: &mut [Office], tables: impl Iterator<Item = (usize, &'e Entry)>) {
    let above: BTreeSet<String> =
        offices.iter().filter(|o| !o.parent.is_empty()).map(|o| reduced(&o.parent)).collect();
    for (i, entry) in tables {
        let body = Body::of(entry.office.as_deref(), &entry.file);
        let is_it = |o: &&mut Office| {
            let name = reduced(&o.name);
            o.listed && o.files.is_empty() && above.contains(&name) && body.is(&name)
        };
        if let Some(office) = offices.iter_mut().find(is_it) {
            office.files.push(i);
        }
    }
}
