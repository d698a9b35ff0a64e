//! What people paste to have it explained: Kakao's codes in it, wherever they stand.

use std::collections::HashSet;
use std::fmt;

use katok_client::KakaoCode;
use katok_client::codes::{self, Explanation};

/// Longer words than any code's may be a token or a key.
const LONGEST_ECHOED: usize = 24;

/// What is as near to a word as somebody may have mistyped it.
const NEAR: usize = 2;

/// What Kakao said was wrong.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Mention {
    Code(KakaoCode),
    /// The `error` with which a login came back.
    Word(String),
}

impl fmt::Display for Mention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => code.fmt(f),
            Self::Word(word) => f.write_str(word),
        }
    }
}

impl Mention {
    pub(crate) fn explanation(&self) -> Option<Explanation> {
        match self {
            Self::Code(code) => codes::explain(code),
            Self::Word(word) => codes::explain_redirect(word),
        }
    }

    /// Everything that can be explained.
    fn all() -> impl Iterator<Item = Self> {
        let words = codes::redirect_errors().map(|(word, _)| Self::Word(word.to_owned()));
        codes::all().map(|(code, _)| Self::Code(code)).chain(words)
    }
}

/// The mentions in a text, each once, as they come: codes, or else words.
///
/// Nothing else of the text leaves this function, which may hold a token.
pub(crate) fn mentions(text: &str) -> Vec<Mention> {
    // An address writes its brackets and quotes by numbers, of which the last digit would seem to begin a code.
    let text = percent_encoding::percent_decode_str(text).decode_utf8_lossy();
    if let Some(code) = KakaoCode::parse(&text) {
        return vec![Mention::Code(code)];
    }
    let is_of_a_token = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    let tokens: Vec<&str> =
        text.split(|letter| !is_of_a_token(letter)).filter(|token| !token.is_empty()).collect();
    let mut found = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let before = index.checked_sub(1).map_or("", |before| tokens[before]);
        match KakaoCode::parse(token) {
            // A number alone may be anything.
            Some(KakaoCode::Api(_)) if !before.to_ascii_lowercase().ends_with("code") => {}
            Some(code) => found.push(Mention::Code(code)),
            None => {
                found.extend(token.split(['-', '_']).filter_map(KakaoCode::parse).map(Mention::Code));
            }
        }
    }
    if found.is_empty() {
        let numbers = tokens.iter().filter_map(|token| KakaoCode::parse(token)).map(Mention::Code);
        found = numbers.filter(|number| number.explanation().is_some()).collect();
    }
    if found.is_empty() {
        let after_error = tokens.windows(2).filter(|pair| pair[0] == "error").map(|pair| pair[1]);
        let alone = (tokens.len() == 1).then(|| text.trim());
        let words = after_error.chain(alone).map(|word| Mention::Word(word.to_owned()));
        found = words.filter(|word| word.explanation().is_some()).collect();
    }
    unique(found)
}

fn unique(mentions: Vec<Mention>) -> Vec<Mention> {
    let mut seen = HashSet::new();
    mentions.into_iter().filter(|mention| seen.insert(mention.clone())).collect()
}

/// A text as it may be said again: only what is too short for a secret.
pub(crate) fn echo(text: &str) -> Option<&str> {
    let text = text.trim();
    (text.chars().count() <= LONGEST_ECHOED && !text.contains('=')).then_some(text)
}

/// What somebody may have meant who wrote this, the likeliest first.
pub(crate) fn meant(text: &str) -> Vec<Mention> {
    let written = text.trim().to_lowercase();
    let distance =
        |mention: &Mention| strsim::damerau_levenshtein(&mention.to_string().to_lowercase(), &written);
    let mut near: Vec<(usize, Mention)> =
        Mention::all().map(|mention| (distance(&mention), mention)).collect();
    near.retain(|(distance, _)| *distance <= NEAR && *distance < written.chars().count().div_ceil(2));
    near.sort_by_key(|(distance, _)| *distance);
    near.into_iter().take(3).map(|(_, mention)| mention).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> String {
        mentions(text).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn codes_are_found_in_whatever_holds_one() {
        for (text, codes) in [
            ("koe006", "KOE006"),
            (" -402 ", "-402"),
            ("access_denied", "access_denied"),
            // Bodies, as they are, quoted once more, and as Python, Java and JavaScript print them.
            (r#"{"error":"invalid_grant","error_description":"…","error_code":"KOE320"}"#, "KOE320"),
            (r#"{"msg":"insufficient scopes.","code":-402,"required_scopes":["friends"]}"#, "-402"),
            (r#"400 Bad Request: "{\"msg\":\"api limit\",\"code\":-10}""#, "-10"),
            ("{'msg': 'this access token does not exist', 'code': -401}", "-401"),
            ("KakaoError(code=-502, msg=not friend)", "-502"),
            ("AxiosError: [KOE010] Bad client credentials", "KOE010"),
            ("Kakao said (-401) at 2026-01-02T03:04:05", "-401"),
            ("KOE101 then KOE010 then KOE101 again, status code -1", "KOE101 KOE010 -1"),
            // Addresses.
            (
                "http://localhost:4000/redirect?error=access_denied&error_description=User%20denied",
                "access_denied",
            ),
            ("https://shop.example/cb?error=invalid_scope&error_description=%28KOE205%29", "KOE205"),
        ] {
            assert_eq!(found(text), codes, "{text}");
        }
    }

    #[test]
    fn dates_numbers_and_tokens_are_no_codes() {
        for text in [
            "2026-01-02 03:04:05 -0900",
            "402",
            "chapter-10",
            "code=aB-401-x_KOEfoo",
            "error=4711",
            "it is invalid_grant",
            "",
        ] {
            assert_eq!(found(text), "", "{text}");
        }
    }

    #[test]
    fn what_is_near_is_meant_and_what_is_long_is_not_said_again() {
        let first = |text: &str| meant(text).first().map(ToString::to_string);
        assert_eq!(first("402").as_deref(), Some("-402"));
        assert_eq!(first("KOE06").as_deref(), Some("KOE006"));
        assert_eq!(first("acces_denied").as_deref(), Some("access_denied"));
        assert_eq!(first("모름"), None);
        assert_eq!(echo(" 모름 "), Some("모름"));
        assert_eq!(echo("code=abc"), None);
        assert_eq!(echo("r4nD0mAccess-Token_xyz0123"), None);
    }
}
