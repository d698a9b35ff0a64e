//! Our own names for what we keep: a prefix that says what it is, and a number ordered by time.

use jiff::Timestamp;

/// A name that nothing else has: UUID version 7 from the program's clock and chance.
pub(super) fn time_ordered(prefix: &str, now: Timestamp, chance: [u8; 10]) -> String {
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    let id = uuid::Builder::from_unix_timestamp_millis(millis, &chance).into_uuid();
    format!("{prefix}{}", id.simple())
}

/// A name as an address brought it, if it has the shape of ours: no database need look for others, and PostgreSQL
/// fails over a NUL.
pub(super) fn presented(prefix: &str, text: &str) -> Option<String> {
    let digits = text.strip_prefix(prefix)?;
    let is_ours = digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_ours.then(|| text.to_owned())
}

/// A type for what things of one kind are called.
macro_rules! id_type {
    ($(#[$about:meta])* $name:ident, $prefix:literal) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub(crate) struct $name(pub(in crate::store) String);

        impl $name {
            const PREFIX: &'static str = $prefix;

            /// An id that nothing else has.
            pub(crate) fn new(now: jiff::Timestamp, chance: [u8; 10]) -> Self {
                Self($crate::store::id::time_ordered(Self::PREFIX, now, chance))
            }

            /// An id as an address brought it.
            pub(crate) fn presented(text: &str) -> Option<Self> {
                $crate::store::id::presented(Self::PREFIX, text).map(Self)
            }

            pub(crate) fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

pub(super) use id_type;
