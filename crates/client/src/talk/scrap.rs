//! A page that Kakao reads and makes a message of.

use url::Url;

use crate::CustomTemplate;
use crate::endpoint::Parameters;

/// A page whose Open Graph tags fill a message; it must be on a domain registered for the app.
///
/// Kakao fetches the page itself and remembers what it found. See [Kakao Docs/Message template, Scrap].
///
/// ```
/// let scrap = katok_client::Scrap::new(&"https://svc.example/posts/3".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scrap {
    request_url: Url,
    template: Option<CustomTemplate>,
}

impl Scrap {
    /// The page in Kakao's own form.
    #[must_use]
    pub fn new(page: &Url) -> Self {
        Self { request_url: page.clone(), template: None }
    }

    /// The page in the form of a custom template of the scrap kind.
    #[must_use]
    pub fn template(mut self, template: CustomTemplate) -> Self {
        self.template = Some(template);
        self
    }

    pub(super) fn among(&self, parameters: Parameters) -> Parameters {
        let parameters = parameters.with("request_url", self.request_url.to_string());
        match &self.template {
            Some(template) => template.among(parameters),
            None => parameters,
        }
    }
}
