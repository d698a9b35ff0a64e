//! Holds whatever `/v1` answers in any test against the description that `/openapi.json` gives.

use std::sync::LazyLock;

use jsonschema::Draft;
use reqwest::Method;
use serde_json::{Value, json};

use crate::browser::Page;
use crate::house::House;

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_saphyr::from_str(include_str!("../../src/web/openapi/katok.yaml")).unwrap());

/// Panics when an answer contradicts the description.
pub(crate) fn check(method: &Method, path: &str, page: &Page) {
    if !path.starts_with("/v1/") {
        return;
    }
    let problem = "#/components/responses/Problem";
    let described = operation(method, path).map(|operation| {
        let responses = &operation["responses"];
        responses.get(page.status.as_str()).unwrap_or(&responses["default"])
    });
    let Some(response) = described else {
        assert!([404, 405].contains(&page.status.as_u16()), "{method} {path} is not described");
        return hold(&json!({ "$ref": problem }), method, path, page);
    };
    hold(response, method, path, page);
}

fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let fits = |template: &str| {
        let (asked, described): (Vec<&str>, Vec<&str>) =
            (path.split('/').collect(), template.split('/').collect());
        asked.len() == described.len()
            && asked
                .iter()
                .zip(described)
                .all(|(asked, described)| described.starts_with('{') || *asked == described)
    };
    let (_, item) = DOCUMENT["paths"].as_object().unwrap().iter().find(|(template, _)| fits(template))?;
    item.get(method.as_str().to_lowercase())
}

fn hold(response: &Value, method: &Method, path: &str, page: &Page) {
    let response = match response["$ref"].as_str() {
        Some(reference) => DOCUMENT.pointer(&reference[1..]).unwrap(),
        None => response,
    };
    let Some(content) = response["content"].as_object() else {
        assert!(page.body.is_empty(), "{method} {path}: {}", page.body);
        return;
    };
    let kind = page.headers["content-type"].to_str().unwrap();
    let schema = &content.get(kind).unwrap_or_else(|| panic!("{method} {path} answers {kind}"))["schema"];
    let (body, wrong) = (page.json(), faults(schema, &page.json()));
    assert!(wrong.is_empty(), "{method} {path} answered {}: {}\n{body}", page.status, wrong.join("; "));
}

/// Panics when something that is no answer contradicts the schema of this name.
pub(crate) fn check_is_a(schema: &str, value: &Value) {
    let wrong = faults(&json!({ "$ref": format!("#/components/schemas/{schema}") }), value);
    assert!(wrong.is_empty(), "{}\n{value}", wrong.join("; "));
}

fn faults(schema: &Value, value: &Value) -> Vec<String> {
    let schema = json!({ "allOf": [schema], "components": DOCUMENT["components"] });
    let validator = jsonschema::options().with_draft(Draft::Draft202012).build(&schema).unwrap();
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[tokio::test]
async fn the_description_is_served_as_json_and_all_that_it_describes_is_there() {
    let house = House::open().await;
    let browser = house.visitor();
    let served = browser.get("/openapi.json").await.is(200);
    assert_eq!(served, *DOCUMENT);
    for (path, item) in served["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let answer = browser.request_with(method.clone(), &path.replace("{id}", "x"), &[]).await;
            assert!(![404, 405].contains(&answer.status.as_u16()), "{method} {path}: {}", answer.status);
        }
    }
}
