//! The language a bubble's own words are in; the words of the template stay as they are.

/// A language in which marks and labels are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// 한국어.
    Korean,
    /// English.
    English,
}

impl Language {
    /// One of two wordings.
    pub(crate) fn choose<T>(self, korean: T, english: T) -> T {
        match self {
            Self::Korean => korean,
            Self::English => english,
        }
    }
}
