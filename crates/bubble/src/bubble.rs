//! The model of a bubble: what a template object says, read as forgivingly as a phone reads it.

use serde_json::Value;
use url::Url;

use crate::text::shown_text;

/// The label of the button that a template without buttons gets. See [Kakao Docs/Message Template/Button].
const DEFAULT_BUTTON: &str = "자세히 보기";
/// Two buttons with labels up to this long stand side by side.
const SHORT_LABEL: usize = 5;
/// A list has at most three rows. See [Kakao Docs/Message Template/List].
const ROWS: usize = 3;

/// Everything a bubble shows, from top to bottom.
#[derive(Debug, PartialEq)]
pub(crate) struct Bubble {
    pub(crate) body: Body,
    pub(crate) buttons: Vec<Button>,
}

/// The part of a bubble above its buttons.
#[derive(Debug, PartialEq)]
pub(crate) enum Body {
    /// A text, which opens its link when tapped.
    Text { text: String, link: Option<Link> },
    /// The words of a template whose pictures and layout we do not draw.
    Words { kind: &'static str, words: Vec<String> },
    /// An object no phone could show, and why, in Korean and in English.
    Unshowable { korean: &'static str, english: &'static str },
}

/// A button; without a link we may follow it is a label that does nothing.
#[derive(Debug, PartialEq)]
pub(crate) struct Button {
    pub(crate) title: String,
    pub(crate) link: Option<Link>,
}

/// Where something leads that is tapped.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Link {
    Opens(Url),
    /// Nowhere: the app may not send people there.
    Blocked,
}

impl Bubble {
    pub(crate) fn of(object: &Value) -> Self {
        match object["object_type"].as_str() {
            Some("text") => Self::text(object),
            Some("feed") => Self::words(object, "피드", buttons(object, &object["content"]["link"], 2)),
            Some("list") => Self::words(object, "리스트", buttons(object, &object["header_link"], 2)),
            // The second button of a location is KakaoTalk's own `위치 보기`.
            Some("location") => Self::words(object, "위치", buttons(object, &object["content"]["link"], 1)),
            Some("commerce") => Self::words(object, "커머스", buttons(object, &object["content"]["link"], 2)),
            // A calendar has no default button: KakaoTalk puts its own first.
            Some("calendar") => Self::words(object, "캘린더", own_buttons(object, 1)),
            _ => Self::unshowable(
                "object_type이 feed, list, location, commerce, text, calendar 중 하나가 아닙니다.",
                "object_type is none of feed, list, location, commerce, text and calendar.",
            ),
        }
    }

    fn text(object: &Value) -> Self {
        match shown(&object["text"]) {
            Some(text) => Self {
                body: Body::Text { text, link: link(&object["link"]) },
                buttons: buttons(object, &object["link"], 2),
            },
            None => Self::unshowable("text에 보여 줄 글이 없습니다.", "text holds nothing to show."),
        }
    }

    fn words(object: &Value, kind: &'static str, buttons: Vec<Button>) -> Self {
        let content = &object["content"];
        let rows = object["contents"].as_array().into_iter().flatten().take(ROWS);
        let words: Vec<_> = std::iter::once(&object["header_title"])
            .chain([&content["title"], &content["description"]])
            .chain(rows.flat_map(|row| [&row["title"], &row["description"]]))
            .chain([&object["address_title"], &object["address"]])
            .filter_map(shown)
            .collect();
        Self { body: Body::Words { kind, words }, buttons }
    }

    fn unshowable(korean: &'static str, english: &'static str) -> Self {
        Self { body: Body::Unshowable { korean, english }, buttons: Vec::new() }
    }

    /// Takes their targets from links that do not open.
    pub(crate) fn block_links(&mut self, opens: impl Fn(&str) -> bool) {
        let of_text = match &mut self.body {
            Body::Text { link, .. } => link.as_mut(),
            Body::Words { .. } | Body::Unshowable { .. } => None,
        };
        let of_buttons = self.buttons.iter_mut().filter_map(|button| button.link.as_mut());
        for link in of_buttons.chain(of_text) {
            if matches!(link, Link::Opens(url) if !opens(url.as_str())) {
                *link = Link::Blocked;
            }
        }
    }

    pub(crate) fn buttons_stand_side_by_side(&self) -> bool {
        self.buttons.len() == 2
            && self.buttons.iter().all(|button| button.title.chars().count() <= SHORT_LABEL)
    }
}

/// The template's own buttons, or else the default one, which opens the content's link.
fn buttons(object: &Value, content_link: &Value, most: usize) -> Vec<Button> {
    let own = own_buttons(object, most);
    if !own.is_empty() {
        return own;
    }
    let title = shown(&object["button_title"]).unwrap_or_else(|| DEFAULT_BUTTON.to_owned());
    vec![Button { title, link: link(content_link) }]
}

fn own_buttons(object: &Value, most: usize) -> Vec<Button> {
    let all = object["buttons"].as_array().into_iter().flatten();
    all.filter_map(|button| Some(Button { title: shown(&button["title"])?, link: link(&button["link"]) }))
        .take(most)
        .collect()
}

/// What of a string is shown, unless that is nothing.
fn shown(value: &Value) -> Option<String> {
    let text = value.as_str().filter(|text| !text.trim().is_empty())?;
    Some(shown_text(text).into_owned())
}

/// Where a link leads on a phone, as far as a web page may follow it: never to `javascript:` and the like.
/// See [Kakao Docs/Message Template/Link].
fn link(link: &Value) -> Option<Link> {
    let addresses = [&link["mobile_web_url"], &link["web_url"]].into_iter().filter_map(Value::as_str);
    addresses
        .filter_map(|address| Url::parse(address).ok())
        .find(|url| matches!(url.scheme(), "http" | "https"))
        .map(Link::Opens)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn labels(object: &Value) -> Vec<String> {
        Bubble::of(object).buttons.into_iter().map(|button| button.title).collect()
    }

    fn opened(link: &Value) -> Option<String> {
        match super::link(link)? {
            Link::Opens(url) => Some(url.into()),
            Link::Blocked => None,
        }
    }

    #[test]
    fn text_without_buttons_gets_the_default_one_with_its_link() {
        let bubble = Bubble::of(
            &json!({"object_type": "text", "text": "안녕", "link": {"web_url": "https://a.example/"}}),
        );
        let link = Some(Link::Opens(Url::parse("https://a.example/").unwrap()));
        assert_eq!(
            bubble,
            Bubble {
                body: Body::Text { text: "안녕".into(), link: link.clone() },
                buttons: vec![Button { title: "자세히 보기".into(), link }],
            }
        );
    }

    #[test]
    fn button_title_renames_the_default_button() {
        assert_eq!(labels(&json!({"object_type": "text", "text": "안녕", "button_title": "열기"})), ["열기"]);
    }

    #[test]
    fn own_buttons_win_over_button_title() {
        let buttons = json!([{"title": "하나"}]);
        let object =
            json!({"object_type": "text", "text": "안녕", "button_title": "열기", "buttons": buttons});
        assert_eq!(labels(&object), ["하나"]);
    }

    #[test]
    fn third_button_is_not_shown_and_neither_is_one_without_a_title() {
        let buttons = json!([{"title": "하나"}, {"link": {}}, 7, {"title": "둘"}, {"title": "셋"}]);
        assert_eq!(
            labels(&json!({"object_type": "text", "text": "안녕", "buttons": buttons})),
            ["하나", "둘"]
        );
    }

    #[test]
    fn location_and_calendar_show_one_button() {
        let buttons = json!([{"title": "하나"}, {"title": "둘"}]);
        assert_eq!(labels(&json!({"object_type": "location", "buttons": buttons})), ["하나"]);
        assert_eq!(labels(&json!({"object_type": "calendar", "buttons": buttons})), ["하나"]);
        assert_eq!(labels(&json!({"object_type": "calendar"})), [""; 0]);
    }

    #[test]
    fn phone_prefers_the_mobile_address() {
        let both = json!({"web_url": "https://a.example/", "mobile_web_url": "https://m.a.example/"});
        assert_eq!(opened(&both).as_deref(), Some("https://m.a.example/"));
        let web = json!({"web_url": "https://a.example/", "mobile_web_url": ""});
        assert_eq!(opened(&web).as_deref(), Some("https://a.example/"));
    }

    #[test]
    fn only_web_addresses_become_links() {
        for address in [
            "javascript:alert(1)",
            " java\nscript:alert(1)",
            "data:text/html,hi",
            "kakao1://x",
            "//a.example",
            "",
        ] {
            assert_eq!(opened(&json!({"web_url": address})), None, "{address}");
        }
        assert_eq!(opened(&json!({"android_execution_params": "a=1"})), None);
    }

    #[test]
    fn words_of_the_other_kinds_are_shown_in_order() {
        let object = json!({"object_type": "list", "header_title": "소식", "header_link": {"web_url": "https://n.example/"},
            "contents": [{"title": "탁구", "description": "스포츠"}, {"title": "커피"}, {"title": "차"}, {"title": "넷째"}]});
        let bubble = Bubble::of(&object);
        let words = ["소식", "탁구", "스포츠", "커피", "차"].map(String::from).to_vec();
        assert_eq!(bubble.body, Body::Words { kind: "리스트", words });
        assert!(bubble.buttons[0].link.is_some());
    }

    #[test]
    fn what_is_no_template_says_so() {
        for object in [json!(null), json!([]), json!("text"), json!({}), json!({"object_type": "Text"})] {
            assert!(matches!(Bubble::of(&object).body, Body::Unshowable { .. }), "{object}");
        }
        for text in [json!(null), json!(7), json!(""), json!(" \n")] {
            let body = Bubble::of(&json!({"object_type": "text", "text": text})).body;
            assert!(matches!(body, Body::Unshowable { .. }), "{text}");
        }
    }
}
