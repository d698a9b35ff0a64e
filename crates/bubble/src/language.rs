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
    pub fn choose<T>(self, korean: T, english: T) -> T {
        match self {
            Self::Korean => korean,
            Self::English => english,
        }
    }

    /// The language tag: `ko` or `en`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.choose("ko", "en")
    }

    /// The language of a tag, if it is one of ours.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        [Self::Korean, Self::English].into_iter().find(|language| language.code() == code)
    }

    /// The first of ours that a browser names in `Accept-Language`.
    #[must_use]
    pub fn accepted(header: &str) -> Option<Self> {
        header.split(',').find_map(|tag| Self::of_code(tag.trim().get(..2)?))
    }
}
