//! The row of counts below a content: likes, comments and so on.

use serde::Serialize;
use serde_json::Value;

/// Counts below the content of a feed or a location; KakaoTalk shows the first three in the order of these methods.
///
/// See [Kakao Docs/Message template, Social].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[expect(clippy::struct_field_names, reason = "these are Kakao's names")]
pub struct Social {
    #[serde(skip_serializing_if = "Option::is_none")]
    like_count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment_count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shared_count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    view_count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subscriber_count: Option<u32>,
}

impl Social {
    /// No counts yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many like it.
    #[must_use]
    pub fn like_count(mut self, count: u32) -> Self {
        self.like_count = Some(count);
        self
    }

    /// How many comments it has.
    #[must_use]
    pub fn comment_count(mut self, count: u32) -> Self {
        self.comment_count = Some(count);
        self
    }

    /// How often it was shared.
    #[must_use]
    pub fn shared_count(mut self, count: u32) -> Self {
        self.shared_count = Some(count);
        self
    }

    /// How often it was seen.
    #[must_use]
    pub fn view_count(mut self, count: u32) -> Self {
        self.view_count = Some(count);
        self
    }

    /// How many subscribe to it.
    #[must_use]
    pub fn subscriber_count(mut self, count: u32) -> Self {
        self.subscriber_count = Some(count);
        self
    }

    pub(super) fn read(json: &Value) -> Option<Self> {
        let count = |name: &str| json[name].as_u64()?.try_into().ok();
        json.is_object().then(|| Self {
            like_count: count("like_count"),
            comment_count: count("comment_count"),
            shared_count: count("shared_count"),
            view_count: count("view_count"),
            subscriber_count: count("subscriber_count"),
        })
    }
}
