//! Profiles: several people side by side, each with tokens of their own.

use std::fmt;
use std::str::FromStr;

const LONGEST: usize = 40;

/// Whose tokens a command uses; without a name, those of before there were profiles.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Profile(Option<String>);

impl Profile {
    const DEFAULT: &str = "default";

    /// Under which key the tokens of this profile are kept for an app.
    pub(crate) fn key(&self, app: &str) -> String {
        match &self.0 {
            None => app.to_owned(),
            Some(name) => format!("{app}/{name}"),
        }
    }

    /// The profile of a key, if it is one of this app.
    pub(crate) fn of_key(app: &str, key: &str) -> Option<Self> {
        match key.strip_prefix(app)? {
            "" => Some(Self(None)),
            rest => rest.strip_prefix('/').map(|name| Self(Some(name.to_owned()))),
        }
    }

    /// A command for the default profile, as it is typed for this one.
    pub(crate) fn command(&self, command: &str) -> String {
        match &self.0 {
            None => command.to_owned(),
            Some(name) => command.replacen("katok ", &format!("katok --profile {name} "), 1),
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_deref().unwrap_or(Self::DEFAULT))
    }
}

impl FromStr for Profile {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, &'static str> {
        let is_plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.');
        if name.is_empty() || name == Self::DEFAULT {
            Ok(Self(None))
        } else if name.chars().count() <= LONGEST && name.chars().all(is_plain) && !name.starts_with('-') {
            Ok(Self(Some(name.to_owned())))
        } else {
            Err(
                "글자와 숫자, -, _, .만 40자까지 쓸 수 있습니다 · up to 40 letters, digits, hyphens, underscores and full stops",
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_profile_has_a_key_of_its_own_and_the_default_one_that_of_before() {
        for (name, key) in [("default", "app"), ("", "app"), ("work", "app/work"), ("회사", "app/회사")] {
            let profile: Profile = name.parse().unwrap();
            assert_eq!(profile.key("app"), key);
            assert_eq!(Profile::of_key("app", key), Some(profile));
        }
        assert_eq!(Profile::of_key("app", "other"), None);
        assert_eq!(Profile::of_key("app", "apple/work"), None);
    }

    #[test]
    fn a_name_that_could_be_taken_for_something_else_is_none() {
        for name in ["a b", "-v", "a/b", "\u{1b}[31m", &"a".repeat(41)] {
            name.parse::<Profile>().unwrap_err();
        }
    }
}
