//! The description of Kakao's API in `OpenAPI` 3.1, for people and their tools.
//!
//! It is written by hand in `openapi/kakao.yaml`. No answer is made from it: the tests hold every exchange against
//! it, so a mistake on one side shows.

use std::sync::LazyLock;

use serde_json::Value;

/// The description as it is written.
pub(crate) const YAML: &str = include_str!("openapi/kakao.yaml");

/// The same in JSON, for tools that read nothing else.
pub(crate) static JSON: LazyLock<String> = LazyLock::new(|| {
    let document: Value = serde_saphyr::from_str(YAML).expect("the description is read in every test");
    document.to_string()
});
