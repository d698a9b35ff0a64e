//! Where a browser is led after a sign-in: a page of ours and never another host, whatever the address says.

use serde::{Deserialize, Serialize};

const LONGEST: usize = 500;

/// A path of ours, with its query, as somebody asked to be led back to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NextPage(String);

impl NextPage {
    /// A path as an address brought it; nothing else than a path.
    pub(crate) fn presented(text: &str) -> Option<Self> {
        // Browsers read `//` as the beginning of a host, `\` as `/`, and read over tabs and line breaks. A dot may
        // make `//` of what follows it.
        let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
        let path = text.split(['?', '#']).next().unwrap_or_default();
        let has_dots = path.split('/').any(|part| matches!(part, "." | ".."));
        let is_ours = text.starts_with('/')
            && !path.contains("//")
            && !has_dots
            && text.len() <= LONGEST
            && text.bytes().all(is_plain);
        is_ours.then(|| Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::*;

    #[test]
    fn pages_of_ours_are_led_to() {
        for path in ["/", "/history", "/history/msg_1?filter=a/b&x=//y", "/account#keys", "/%EC%95%88"] {
            assert_eq!(NextPage::presented(path).unwrap().as_str(), path);
        }
    }

    #[test]
    fn other_hosts_are_not() {
        for path in [
            "",
            "history",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "/\t/evil.example",
            "/history\r\nSet-Cookie: a=b",
            "/.//evil.example",
            "/a/..//evil.example",
            "/history/../account",
            " /history",
            "/안",
        ] {
            assert_eq!(NextPage::presented(path), None, "{path:?}");
        }
        assert_eq!(NextPage::presented(&format!("/{}", "a".repeat(LONGEST))), None);
    }

    proptest! {
        #[test]
        fn whatever_is_led_to_is_here(text in r"[/\\.:@?#a-c\t\n %25EF]{0,12}") {
            let home = Url::parse("https://katok.example:4000/authorize").unwrap();
            if let Some(next) = NextPage::presented(&text) {
                let led_to = home.join(next.as_str()).unwrap();
                prop_assert_eq!(led_to.origin(), home.origin(), "{}", led_to);
                // Also when a proxy or a browser has put its path in order first.
                let again = home.join(led_to.path()).unwrap();
                prop_assert_eq!(again.origin(), home.origin(), "{}", led_to);
            }
        }
    }
}
