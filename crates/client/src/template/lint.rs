//! What Kakao refuses in a template, and what it takes but shows otherwise than it was written.

mod content;
mod items;
mod link;
mod reading;
mod rule;
mod shape;
mod spelling;
#[cfg(test)]
mod tests;
mod web_address;

pub use rule::{Rule, Severity};

use serde::Serialize;
use serde_json::Value;
use url::{Origin, Url};

use crate::template::MessageTemplate;
use reading::Reading;

/// Says what is wrong with a template object, however broken it is; nothing if all of it arrives and is seen.
///
/// Characters are counted as Unicode scalar values (`char`s): Kakao does not say how it counts. What stands here is
/// what Kakao's documents and SDKs say; where they leave open what the server does, it is a warning.
/// See [Kakao Docs/Message template: Default].
///
/// ```
/// use katok_client::template::{LintOptions, Severity, lint};
/// use serde_json::json;
///
/// let template = json!({
///     "object_type": "text",
///     "text": "주문이 도착했어요",
///     "link": {"web_url": "https://elsewhere.example/orders/7"},
///     "buttonTitle": "주문 보기",
/// });
/// let options = LintOptions::new().web_domains(["https://svc.example".parse()?]);
/// let findings = lint(&template, &options);
///
/// assert!(findings.iter().all(|finding| finding.severity == Severity::Warning));
/// assert_eq!(findings[0].path, "link.web_url");
/// assert_eq!(findings[1].remedy_en, "Write button_title.");
/// # Ok::<(), url::ParseError>(())
/// ```
#[must_use]
pub fn lint(template: &Value, options: &LintOptions) -> Vec<Finding> {
    Reading::of(template, options)
}

impl MessageTemplate {
    /// Says what is wrong with this template, as [`lint`] does.
    #[must_use]
    pub fn lint(&self, options: &LintOptions) -> Vec<Finding> {
        lint(&self.to_json(), options)
    }
}

/// What the linter knows beyond the template.
#[derive(Debug, Clone, Default)]
pub struct LintOptions {
    web_domains: Option<Vec<Origin>>,
}

impl LintOptions {
    /// Nothing: any web address will do.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The web domains registered for the app, such as `https://shop.example.com`: links elsewhere do not open.
    ///
    /// Scheme, sub-domain and port count, as Kakao says of pages that call it; of links it only says "the domain".
    #[must_use]
    pub fn web_domains(mut self, domains: impl IntoIterator<Item = Url>) -> Self {
        self.web_domains = Some(domains.into_iter().map(|domain| domain.origin()).collect());
        self
    }
}

/// Something in a template that will not arrive as it was meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// Whether Kakao refuses the whole message or only shows it otherwise.
    pub severity: Severity,
    /// What it breaks.
    pub rule: Rule,
    /// Where it stands, such as `buttons[1].link.web_url`; empty for the whole.
    pub path: String,
    /// What is the matter, in Korean.
    pub cause_ko: String,
    /// What is the matter, in English.
    pub cause_en: String,
    /// What to do, in Korean.
    pub remedy_ko: String,
    /// What to do, in English.
    pub remedy_en: String,
}
