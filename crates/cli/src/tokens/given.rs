//! Tokens as other programs keep them: found in whatever they write, without knowing who wrote it.

use katok_client::{AccessToken, RefreshToken};
use serde_json::{Map, Value};

/// What a file holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum GivenTokens {
    /// Kakao says which kind a token is that stands alone.
    Bare(AccessToken),
    AccessOnly(AccessToken),
    Refreshing(RefreshToken),
}

/// Why nothing was found; never with a part of the text, which may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotGiven {
    None,
    /// The tokens of several people.
    Several,
}

/// Finds the tokens in a text: JSON, YAML, `NAME=value` lines, or one token. Of katok's own files, those under this key.
pub(crate) fn find(text: &str, key: &str) -> Result<GivenTokens, NotGiven> {
    let text = text.trim();
    let value = named_lines(text).or_else(|| structured(text)).ok_or(NotGiven::None)?;
    if let Value::String(token) = &value {
        return is_token(token).then(|| GivenTokens::Bare(AccessToken::new(token))).ok_or(NotGiven::None);
    }
    let own = value.get("accounts").and_then(|accounts| accounts.get(key));
    let mut found = Vec::new();
    collect(own.unwrap_or(&value), &mut found);
    found.dedup();
    match found.len() {
        0 => Err(NotGiven::None),
        1 => Ok(found.remove(0)),
        _ => Err(NotGiven::Several),
    }
}

fn structured(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().or_else(|| serde_saphyr::from_str(text).ok())
}

/// A file of `NAME=value` lines, perhaps for a shell.
fn named_lines(text: &str) -> Option<Value> {
    let mut values = Map::new();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    for line in lines {
        let (name, value) = line.strip_prefix("export ").unwrap_or(line).split_once('=')?;
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        if !name.trim().chars().all(is_name) {
            return None;
        }
        values.insert(name.trim().to_owned(), value.trim().trim_matches(['"', '\'']).into());
    }
    Some(values.into())
}

fn collect(value: &Value, found: &mut Vec<GivenTokens>) {
    match value {
        Value::Object(object) => match of_object(object) {
            Some(tokens) => found.push(tokens),
            None => object.values().for_each(|value| collect(value, found)),
        },
        Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
        _ => {}
    }
}

/// By field names such as `access_token`, `accessToken` and `MY_ACCESS_TOKEN`. With a refresh token the access token
/// is no longer needed.
fn of_object(object: &Map<String, Value>) -> Option<GivenTokens> {
    let token = |ending: &str| {
        let mut fields = object.iter().filter(|(name, _)| {
            let name = name.replace(['_', '-'], "").to_ascii_lowercase();
            name.ends_with(ending)
        });
        fields.find_map(|(_, value)| value.as_str().filter(|token| is_token(token)))
    };
    match (token("refreshtoken"), token("accesstoken")) {
        (Some(refresh), _) => Some(GivenTokens::Refreshing(RefreshToken::new(refresh))),
        (None, Some(access)) => Some(GivenTokens::AccessOnly(AccessToken::new(access))),
        (None, None) => None,
    }
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| letter.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refreshing(token: &str) -> GivenTokens {
        GivenTokens::Refreshing(RefreshToken::new(token))
    }

    #[test]
    fn files_of_other_programs_are_understood() {
        for text in [
            r#"{"access_token": "A", "token_type": "bearer", "refresh_token": "R", "expires_in": 21599}"#,
            r#"{"rest_api_key": "K", "token": {"accessToken": "A", "refreshToken": "R"}}"#,
            r#"[{"app": "shop"}, {"kakao": {"access-token": "A", "refresh-token": "R"}}]"#,
            "kakao:\n  access_token: A\n  refresh_token: R\n",
            "# tokens\nexport KAKAO_ACCESS_TOKEN='A'\nKAKAO_REFRESH_TOKEN=\"R\"\n",
            r#"{"refresh_token": "R"}"#,
        ] {
            assert_eq!(find(text, "key"), Ok(refreshing("R")), "{text}");
        }
    }

    #[test]
    fn without_a_refresh_token_the_access_token_is_taken() {
        for text in [r#"{"access_token": "A", "refresh_token": null}"#, "ACCESS_TOKEN=A"] {
            assert_eq!(find(text, "key"), Ok(GivenTokens::AccessOnly(AccessToken::new("A"))), "{text}");
        }
    }

    #[test]
    fn one_token_alone_may_be_either() {
        assert_eq!(find("xY_z-123\n", "key"), Ok(GivenTokens::Bare(AccessToken::new("xY_z-123"))));
        assert_eq!(find("\"xY\"", "key"), Ok(GivenTokens::Bare(AccessToken::new("xY"))));
    }

    #[test]
    fn of_our_own_file_the_account_in_use_is_taken() {
        let own = r#"{"format": 1, "accounts": {
            "key": {"version": 1, "tokens": {"access_token": "A", "refresh_token": "R"}},
            "other": {"version": 1, "tokens": {"access_token": "B", "refresh_token": "S"}}}}"#;
        assert_eq!(find(own, "key"), Ok(refreshing("R")));
        assert_eq!(find(own, "third"), Err(NotGiven::Several));
    }

    #[test]
    fn what_holds_no_tokens_is_refused() {
        for text in
            ["", "{}", "hello world", "{\"access_token\": \"\"}", "{\"access_token\": 5}", "[1, 2", "A=b\nc"]
        {
            assert_eq!(find(text, "key"), Err(NotGiven::None), "{text}");
        }
    }
}
