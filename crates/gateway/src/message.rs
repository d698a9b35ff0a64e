//! What a person asks to send: reads text, link, template and receivers from a request, strictly.

use katok_client::{FriendUuid, Link, MessageTemplate, Receivers, Text};
use serde::Deserialize;
use url::Url;

use crate::sentence::Sentence;

/// The text of Kakao's own sample, sent when a request brings none.
const SAMPLE_TEXT: &str = "Hello, world!";
const SAMPLE_LINK: &str = "https://developers.kakao.com";

/// What a request to send may bring, as JSON or as a form.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Draft {
    text: Option<String>,
    /// Where a tap on the message leads.
    link: Option<String>,
    /// Kakao's template object, as JSON text (in a form) or as an object (in JSON).
    template_object: Option<serde_json::Value>,
    /// Receivers, as the sample takes them.
    uuid: Option<serde_json::Value>,
}

impl Draft {
    /// The template to send; `home` is the link of a text that names none.
    pub(crate) fn template(&self, home: &Url) -> Result<MessageTemplate, Sentence> {
        match (&self.text, &self.template_object) {
            (Some(_), Some(_)) => Err(Sentence::new(
                "text와 template_object 중 하나만 보내세요.",
                "Send either text or template_object, not both.",
            )),
            (None, Some(object)) => raw_template(object),
            (Some(text), None) => text_template(text, self.link.as_deref().unwrap_or(home.as_str())),
            (None, None) => text_template(SAMPLE_TEXT, self.link.as_deref().unwrap_or(SAMPLE_LINK)),
        }
    }

    /// The receivers: those of the body, or else those of the query.
    pub(crate) fn receivers(&self, query: Option<&str>) -> Result<Receivers, Sentence> {
        let uuids = match &self.uuid {
            Some(serde_json::Value::String(text)) => uuids(text)?,
            Some(serde_json::Value::Array(list)) => list
                .iter()
                .map(|uuid| uuid.as_str().map(FriendUuid::new))
                .collect::<Option<_>>()
                .ok_or_else(malformed)?,
            Some(_) => return Err(malformed()),
            None => uuids(query.unwrap_or_default())?,
        };
        Receivers::try_from(uuids).map_err(|error| {
            Sentence::new(
                format!(
                    "받는 사람을 확인하세요: 한 번에 1명부터 {}명까지, 같은 사람은 한 번만 보낼 수 있습니다.",
                    Receivers::MAX
                ),
                format!("Check the receivers: {error}."),
            )
        })
    }
}

pub(crate) fn text_template(text: &str, link: &str) -> Result<MessageTemplate, Sentence> {
    let link = Url::parse(link).ok().filter(|link| matches!(link.scheme(), "http" | "https"));
    let link = link.ok_or_else(|| {
        Sentence::new(
            "링크는 http:// 또는 https:// 주소여야 합니다.",
            "The link must be an http:// or https:// address.",
        )
    })?;
    let text = Text::new(text, Link::web(&link)).map_err(|_| {
        Sentence::new(
            "보낼 내용을 입력하세요. 빈 메시지는 보낼 수 없습니다.",
            "Write a text: an empty message cannot be sent.",
        )
    })?;
    Ok(MessageTemplate::Text(text))
}

pub(crate) fn raw_template(object: &serde_json::Value) -> Result<MessageTemplate, Sentence> {
    let object = match object {
        serde_json::Value::String(text) => serde_json::from_str(text).ok(),
        other => Some(other.clone()),
    };
    match object {
        Some(serde_json::Value::Object(object)) => Ok(MessageTemplate::Raw(object)),
        _ => Err(Sentence::new(
            "template_object는 JSON 객체여야 합니다.",
            "template_object must be a JSON object.",
        )),
    }
}

/// Reads `"a","b"` as the sample's page sends it, `["a","b"]` as Kakao takes it, or plain `a,b`.
fn uuids(text: &str) -> Result<Vec<FriendUuid>, Sentence> {
    let text = text.trim();
    let list = if text.starts_with('[') { text.to_owned() } else { format!("[{text}]") };
    if let Ok(quoted) = serde_json::from_str::<Vec<String>>(&list) {
        return Ok(quoted.into_iter().map(FriendUuid::new).collect());
    }
    let plain = |uuid: &str| {
        let uuid = uuid.trim();
        let readable = !uuid.is_empty()
            && uuid.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'='));
        readable.then(|| FriendUuid::new(uuid))
    };
    text.split(',').map(plain).collect::<Option<_>>().ok_or_else(malformed)
}

fn malformed() -> Sentence {
    Sentence::new(
        r#"uuid를 읽을 수 없습니다. 친구 목록의 uuid를 "…","…" 형식으로 적으세요."#,
        r#"The uuid parameter cannot be read. Give uuids of the friends list in the form "…","…"."#,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<String>, Sentence> {
        Ok(uuids(text)?.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn receivers_are_read_in_the_samples_form_in_kakaos_form_and_plain() {
        for text in [r#""a-1","b_2""#, r#"["a-1","b_2"]"#, "a-1,b_2", r#" "a-1" , "b_2" "#] {
            assert_eq!(read(text).unwrap(), ["a-1", "b_2"], "{text}");
        }
    }

    #[test]
    fn malformed_receivers_are_refused_not_guessed() {
        for text in [r#""a"#, r#"a","b"#, "[a,b]", "a,,b", r#"{"a":1}"#, "a b", "[1,2]", r#""a",2"#] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn nobody_more_than_five_and_the_same_twice_are_refused() {
        let draft = Draft::default();
        assert!(draft.receivers(None).is_err());
        assert!(draft.receivers(Some("")).is_err());
        assert!(draft.receivers(Some("a,b,c,d,e")).is_ok());
        assert!(draft.receivers(Some("a,b,c,d,e,f")).is_err());
        assert!(draft.receivers(Some("a,a")).is_err());
    }

    #[test]
    fn an_empty_text_a_foreign_link_and_a_broken_template_are_refused() {
        let home = Url::parse("http://localhost:4000").unwrap();
        let draft = |json: serde_json::Value| serde_json::from_value::<Draft>(json).unwrap().template(&home);
        assert!(draft(serde_json::json!({"text": " \n"})).is_err());
        assert!(draft(serde_json::json!({"text": "안녕", "link": "javascript:alert(1)"})).is_err());
        assert!(draft(serde_json::json!({"template_object": "{\"object_type\":"})).is_err());
        assert!(draft(serde_json::json!({"template_object": "{}", "text": "안녕"})).is_err());
        assert!(draft(serde_json::json!({"text": "안녕"})).is_ok());
        assert!(draft(serde_json::json!({})).is_ok());
    }
}
