//! Lines: where in a seed document an entry stands, for whoever has to correct it.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_saphyr::Spanned;

use super::SeedError;

/// A list of the document, and a place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    App(usize),
    Person(usize),
    Friendship(usize),
    Link(usize),
}

/// A mistake and the entry that holds it.
#[derive(Debug)]
pub(super) struct Misfit {
    pub(super) entry: Entry,
    pub(super) error: SeedError,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Lines {
    apps: Vec<Spanned<IgnoredAny>>,
    people: Vec<Spanned<IgnoredAny>>,
    friendships: Vec<Spanned<IgnoredAny>>,
    links: Vec<Spanned<IgnoredAny>>,
}

impl From<Misfit> for SeedError {
    /// Where there is no document, there is no line.
    fn from(misfit: Misfit) -> Self {
        misfit.error
    }
}

impl Misfit {
    /// The mistake, with the line its entry begins in.
    pub(super) fn told(self, document: &str) -> SeedError {
        let line = line_of(document, self.entry);
        match (self.error, line) {
            (SeedError::Wrong { place, problem }, Some(line)) => {
                SeedError::Wrong { place: format!("{place}, line {line}"), problem }
            }
            (error, _) => error,
        }
    }
}

/// JSON is read as YAML here: only the places matter.
fn line_of(document: &str, entry: Entry) -> Option<u64> {
    let Lines { apps, people, friendships, links } = serde_saphyr::from_str(document).ok()?;
    let (list, index) = match entry {
        Entry::App(index) => (apps, index),
        Entry::Person(index) => (people, index),
        Entry::Friendship(index) => (friendships, index),
        Entry::Link(index) => (links, index),
    };
    list.get(index).map(|entry| entry.referenced.line()).filter(|line| *line > 0)
}
