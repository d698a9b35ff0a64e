//! Where a tap on a message leads.

use serde::Serialize;
use serde_json::Value;
use url::Url;

/// Where a tap leads, on a computer and on a phone.
///
/// Kakao opens only addresses on domains registered for the app; a message with another address is sent all
/// the same and its link does not work. See [Kakao Docs/Message template, Link].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Link {
    #[serde(skip_serializing_if = "Option::is_none")]
    web_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mobile_web_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    android_execution_params: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ios_execution_params: Option<String>,
}

impl Link {
    /// One page for both.
    #[must_use]
    pub fn web(url: &Url) -> Self {
        Self::web_url(url).mobile_web(url)
    }

    /// A page for computers; a phone opens it too, for want of another.
    #[must_use]
    pub fn web_url(url: &Url) -> Self {
        Self { web_url: Some(url.to_string()), ..Self::default() }
    }

    /// The app, started with this query string on Android and iOS; on a computer the link opens nothing.
    #[must_use]
    pub fn app(params: impl Into<String>) -> Self {
        let params = params.into();
        Self::default().android(params.clone()).ios(params)
    }

    /// Another page on a phone.
    #[must_use]
    pub fn mobile_web(mut self, url: &Url) -> Self {
        self.mobile_web_url = Some(url.to_string());
        self
    }

    /// What the app is started with on Android, as a query string; the app comes before any web page.
    #[must_use]
    pub fn android(mut self, params: impl Into<String>) -> Self {
        self.android_execution_params = Some(params.into());
        self
    }

    /// What the app is started with on iOS, as a query string; the app comes before any web page.
    #[must_use]
    pub fn ios(mut self, params: impl Into<String>) -> Self {
        self.ios_execution_params = Some(params.into());
        self
    }

    /// The link as it was written, unless it leads nowhere.
    pub(super) fn read(json: &Value) -> Option<Self> {
        let text = |name: &str| json[name].as_str().map(str::to_owned);
        let link = Self {
            web_url: text("web_url"),
            mobile_web_url: text("mobile_web_url"),
            android_execution_params: text("android_execution_params"),
            ios_execution_params: text("ios_execution_params"),
        };
        (link != Self::default()).then_some(link)
    }
}
