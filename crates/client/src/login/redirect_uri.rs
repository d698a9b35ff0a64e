//! The redirect address of an app, kept to the byte as it is registered.

use std::fmt;
use std::str::FromStr;

use url::Url;

/// A redirect address exactly as it is written in Kakao's console.
///
/// Kakao compares text: `https://svc.example` and `https://svc.example/` are two addresses (KOE006), and a
/// URL type would turn the first into the second. See [Kakao Docs/Kakao Login prerequisites, Redirect URI].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectUri {
    text: String,
    url: Url,
}

/// The text is no address that Kakao could send a browser to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a redirect URI is a whole http:// or https:// address without a fragment or a space")]
pub struct RedirectUriError;

impl RedirectUri {
    /// The text to compare and to send.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The address it names, for whoever has to listen there.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }
}

impl FromStr for RedirectUri {
    type Err = RedirectUriError;

    fn from_str(text: &str) -> Result<Self, RedirectUriError> {
        let url = Url::parse(text).map_err(|_| RedirectUriError)?;
        // A URL type passes over blanks and line ends, of which settings are full; Kakao does not.
        if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(RedirectUriError);
        }
        if matches!(url.scheme(), "http" | "https") && url.has_host() && url.fragment().is_none() {
            Ok(Self { text: text.to_owned(), url })
        } else {
            Err(RedirectUriError)
        }
    }
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_stays_as_it_was_registered() {
        for text in ["https://svc.example", "https://svc.example/", "http://LOCALHOST:80/cb?a=b"] {
            assert_eq!(text.parse::<RedirectUri>().unwrap().as_str(), text);
        }
    }

    #[test]
    fn what_no_browser_could_be_sent_to_is_refused() {
        for text in [
            "",
            "/redirect",
            "svc.example/cb",
            "kakao1234://oauth",
            "javascript:alert(1)",
            "https://svc.example/#x",
            "https://svc.example/cb\n",
            " https://svc.example/cb",
            "https://svc.example/a b",
        ] {
            assert!(text.parse::<RedirectUri>().is_err(), "{text}");
        }
    }
}
