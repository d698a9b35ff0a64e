//! Where a tap on a message leads.

use serde::Serialize;
use url::Url;

/// Where a tap leads, on a computer and on a phone.
///
/// Kakao opens only addresses on domains registered for the app; a message with another address is sent all
/// the same and its link does not work. See [Kakao Docs/Message template, Link].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    #[serde(skip_serializing_if = "Option::is_none")]
    web_url: Option<Url>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mobile_web_url: Option<Url>,
    #[serde(skip_serializing_if = "Option::is_none")]
    android_execution_params: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ios_execution_params: Option<String>,
}

impl Link {
    /// One page for both.
    #[must_use]
    pub fn web(url: &Url) -> Self {
        Self {
            web_url: Some(url.clone()),
            mobile_web_url: Some(url.clone()),
            android_execution_params: None,
            ios_execution_params: None,
        }
    }

    /// Another page on a phone.
    #[must_use]
    pub fn mobile_web(mut self, url: &Url) -> Self {
        self.mobile_web_url = Some(url.clone());
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
}
