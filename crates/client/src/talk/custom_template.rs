//! A template made in Kakao's template tool, and what stands in its placeholders.

use serde_json::{Map, Value};

use crate::TemplateId;
use crate::endpoint::Parameters;

/// A custom template (사용자 정의 템플릿) of this app, filled in.
///
/// See [Kakao Docs/Message template, Custom].
///
/// ```
/// use katok_client::{CustomTemplate, TemplateId};
///
/// let template = CustomTemplate::new(TemplateId::new(90_001)).arg("name", "딸기 케이크").arg("path", "p/1");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomTemplate {
    id: TemplateId,
    args: Map<String, Value>,
}

impl CustomTemplate {
    /// The template as it is, with nothing filled in.
    #[must_use]
    pub fn new(id: TemplateId) -> Self {
        Self { id, args: Map::new() }
    }

    /// What stands in the place of `${key}`.
    #[must_use]
    pub fn arg(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.args.insert(key.into(), Value::String(value.into()));
        self
    }

    pub(super) fn among(&self, parameters: Parameters) -> Parameters {
        let args = (!self.args.is_empty()).then(|| Value::Object(self.args.clone()).to_string());
        parameters.with("template_id", self.id.to_string()).with_some("template_args", args)
    }
}
