//! The six kinds of message: what they are called, what they have in common, and an example of each.

use katok_bubble::Language;
use serde_json::{Value, json};

use super::fields::{self, Section};

/// A kind of default template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Feed,
    List,
    Location,
    Commerce,
    Calendar,
}

impl Kind {
    pub(crate) const ALL: [Self; 6] =
        [Self::Text, Self::Feed, Self::List, Self::Location, Self::Commerce, Self::Calendar];

    /// Kakao's word for it, which is its `object_type`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Feed => "feed",
            Self::List => "list",
            Self::Location => "location",
            Self::Commerce => "commerce",
            Self::Calendar => "calendar",
        }
    }

    pub(crate) fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// As Kakao's documents call it.
    pub(crate) fn name(self, language: Language) -> &'static str {
        let (ko, en) = match self {
            Self::Text => ("텍스트", "Text"),
            Self::Feed => ("피드", "Feed"),
            Self::List => ("리스트", "List"),
            Self::Location => ("위치", "Location"),
            Self::Commerce => ("커머스", "Commerce"),
            Self::Calendar => ("캘린더", "Calendar"),
        };
        language.choose(ko, en)
    }

    /// The fields of its form, in sections.
    pub(crate) fn sections(self) -> &'static [Section] {
        match self {
            Self::Text => fields::TEXT,
            Self::Feed => fields::FEED,
            Self::List => fields::LIST,
            Self::Location => fields::LOCATION,
            Self::Commerce => fields::COMMERCE,
            Self::Calendar => fields::CALENDAR,
        }
    }

    /// Where the words stand that are read first.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::List => "header_title",
            _ => "content.title",
        }
    }

    /// Where the link stands that opens with the message itself.
    pub(crate) fn link(self) -> &'static str {
        match self {
            Self::Text => "link",
            Self::List => "header_link",
            _ => "content.link",
        }
    }

    /// Where its content stands, or the first of them.
    pub(super) fn content(self) -> Option<&'static str> {
        match self {
            Self::Text => None,
            Self::List => Some("contents[0]"),
            _ => Some("content"),
        }
    }

    /// A message to begin with; `home` is where its links lead, for those must be on a registered domain.
    pub(crate) fn example(self, home: &str, language: Language) -> Value {
        let say = |ko, en| language.choose(ko, en);
        let link = json!({"web_url": home, "mobile_web_url": home});
        match self {
            Self::Text => json!({
                "object_type": "text",
                "text": say("주문하신 딸기 케이크가 준비됐어요.\n오늘 저녁 8시까지 찾으러 오세요!", "Your strawberry cake is ready.\nPlease pick it up by 8 this evening!"),
                "link": link,
                "button_title": say("주문 보기", "See the order"),
            }),
            Self::Feed => json!({
                "object_type": "feed",
                "content": {"title": say("주말 딸기 케이크", "Strawberry cake for the weekend"), "description": say("#딸기 #생크림 #주말한정", "#strawberry #cream #weekend"), "link": link},
                "item_content": {
                    "profile_text": say("과일가게", "The fruit shop"),
                    "items": [
                        {"item": say("케이크", "Cake"), "item_op": say("32,000원", "₩32,000")},
                        {"item": say("커피", "Coffee"), "item_op": say("9,000원", "₩9,000")},
                    ],
                    "sum": say("합계", "Total"),
                    "sum_op": say("41,000원", "₩41,000"),
                },
                "social": {"like_count": 286, "comment_count": 45, "shared_count": 12},
                "buttons": [{"title": say("주문하기", "Order"), "link": link}, {"title": say("매장 찾기", "Find a shop"), "link": link}],
            }),
            Self::List => json!({
                "object_type": "list",
                "header_title": say("이번 주 모임", "This week"),
                "header_link": link,
                "contents": [
                    {"title": say("탁구 동호회", "Table tennis club"), "description": say("화요일 저녁 7시", "Tuesday, 7 p.m."), "link": link},
                    {"title": say("커피 수업", "Coffee class"), "description": say("목요일 저녁 8시", "Thursday, 8 p.m."), "link": link},
                ],
                "button_title": say("모두 보기", "See all"),
            }),
            Self::Location => json!({
                "object_type": "location",
                "address": say("경기 성남시 분당구 판교역로 235", "235 Pangyoyeok-ro, Bundang-gu, Seongnam-si"),
                "address_title": say("판교 사무실", "Pangyo office"),
                "content": {"title": say("수요일 점심 모임", "Lunch on Wednesday"), "description": say("1층 로비에서 만나요", "See you in the lobby"), "link": link},
                "button_title": say("모임 보기", "See the meeting"),
            }),
            Self::Commerce => json!({
                "object_type": "commerce",
                "content": {"title": say("여름 원피스를 미리 만나 보세요", "A first look at the summer dresses"), "link": link},
                "commerce": {
                    "product_name": say("아이보리 롱 원피스", "Ivory long dress"),
                    "regular_price": 208_800,
                    "discount_price": 146_160,
                    "discount_rate": 30,
                },
                "button_title": say("구매하기", "Buy"),
            }),
            Self::Calendar => json!({
                "object_type": "calendar",
                "id_type": "event",
                "id": "63996425afcec577cce8f3a9",
                "content": {"title": say("신작 공개", "New release"), "description": say("금요일 저녁 8시", "Friday, 8 p.m."), "link": link},
                "buttons": [{"title": say("예고편", "Trailer"), "link": link}],
            }),
        }
    }
}
