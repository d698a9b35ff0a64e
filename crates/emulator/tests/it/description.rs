//! The `OpenAPI` description itself: sound, complete, served, and at one with the samples in `contract/`.

use std::collections::BTreeSet;
use std::path::Path;

use reqwest::Method;
use serde_json::Value;

use crate::contract::samples;
use crate::openapi::{DOCUMENT, Exchange, check_exchange, check_value, resolved};
use crate::support::{Answer, Kakao, text};

/// The methods and operations of a path.
fn operations(item: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let fields = item.as_object().unwrap().iter();
    fields.filter(|(name, _)| ["get", "post", "delete"].contains(&name.as_str()))
}

fn paths() -> impl Iterator<Item = (&'static String, &'static Value)> {
    DOCUMENT["paths"].as_object().unwrap().iter()
}

fn strings_of<'a>(value: &'a Value, key: &str, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get(key).and_then(Value::as_str));
            fields.values().for_each(|field| strings_of(field, key, found));
        }
        Value::Array(items) => items.iter().for_each(|item| strings_of(item, key, found)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let mut references = Vec::new();
    strings_of(&DOCUMENT, "$ref", &mut references);
    assert!(references.len() > 100);
    for reference in references {
        let pointer = reference.strip_prefix('#');
        assert!(pointer.and_then(|pointer| DOCUMENT.pointer(pointer)).is_some(), "{reference}");
    }
}

#[test]
fn every_component_is_used() {
    let mut references = Vec::new();
    strings_of(&DOCUMENT, "$ref", &mut references);
    for kind in ["parameters", "requestBodies", "responses", "schemas"] {
        for name in DOCUMENT["components"][kind].as_object().unwrap().keys() {
            let reference = format!("#/components/{kind}/{name}");
            assert!(references.iter().any(|used| used.starts_with(&reference)), "{reference}");
        }
    }
}

#[test]
fn every_path_has_its_host_and_every_operation_what_its_reader_needs() {
    let mut ids = BTreeSet::new();
    let schemes = DOCUMENT["components"]["securitySchemes"].as_object().unwrap();
    let webhooks = DOCUMENT["webhooks"].as_object().unwrap();
    for (path, item) in paths().chain(webhooks) {
        if path.starts_with('/') {
            let is_login = path.starts_with("/oauth/") || path.starts_with("/.well-known/");
            let host = if is_login { "https://kauth.kakao.com" } else { "https://kapi.kakao.com" };
            assert_eq!(item["servers"][0]["url"], host, "{path}");
        }
        assert!(operations(item).next().is_some(), "{path}");
        for (method, operation) in operations(item) {
            let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{method} {path}"));
            assert!(ids.insert(id), "{id} stands twice");
            let summary = operation["summary"].as_str().unwrap();
            assert!(!summary.is_ascii(), "{id} has no Korean summary");
            assert!(!operation["responses"].as_object().unwrap().is_empty(), "{id}");
            for requirement in operation["security"].as_array().unwrap() {
                assert!(
                    requirement.as_object().unwrap().keys().all(|name| schemes.contains_key(name)),
                    "{id}"
                );
            }
        }
    }
}

#[test]
fn evidence_is_of_three_kinds() {
    let mut marks = Vec::new();
    strings_of(&DOCUMENT, "x-katok-evidence", &mut marks);
    assert!(!marks.is_empty());
    assert!(marks.iter().all(|mark| ["documented", "observed", "inferred"].contains(mark)), "{marks:?}");
}

#[test]
fn every_example_is_valid() {
    let mut checked = 0;
    for (path, item) in paths() {
        for (method, operation) in operations(item) {
            let body = resolved(&operation["requestBody"]);
            let form = &body["content"]["application/x-www-form-urlencoded"];
            if let Some(example) = form.get("example") {
                let name = format!("{method} {path} form");
                check_value(&name, &form["schema"], example).unwrap_or_else(|what| panic!("{name}: {what}"));
            }
            for (status, response) in operation["responses"].as_object().unwrap() {
                let json = &resolved(response)["content"]["application/json"];
                let several = json["examples"].as_object().into_iter().flatten();
                let examples = several.map(|(_, example)| &example["value"]).chain(json.get("example"));
                for example in examples {
                    let name = format!("{method} {path} {status}");
                    check_value(&name, &json["schema"], example)
                        .unwrap_or_else(|what| panic!("{name}: {what}"));
                    checked += 1;
                }
            }
        }
    }
    for (name, schema) in DOCUMENT["components"]["schemas"].as_object().unwrap() {
        for example in schema["examples"].as_array().into_iter().flatten() {
            check_value(name, schema, example).unwrap_or_else(|what| panic!("{name}: {what}"));
            checked += 1;
        }
    }
    assert!(checked > 100, "{checked}");
}

#[test]
fn a_template_is_of_one_kind() {
    let kind = |name: &str| &DOCUMENT["components"]["schemas"][name];
    for name in ["FeedTemplate", "ListTemplate", "LocationTemplate", "CommerceTemplate", "CalendarTemplate"] {
        let example = &kind(name)["examples"][0];
        check_value("TemplateObject", kind("TemplateObject"), example)
            .unwrap_or_else(|what| panic!("{name}: {what}"));
        assert!(check_value("TextTemplate", kind("TextTemplate"), example).is_err(), "{name}");
    }
}

#[test]
fn the_samples_are_as_described() {
    for (case, sample) in samples() {
        let (request, response) = (&sample["request"], &sample["response"]);
        let given = ["query", "form"].iter().filter_map(|kind| request[kind].as_object()).flatten();
        let status = response["status"].as_u64().unwrap().try_into().unwrap();
        let exchange = Exchange {
            host: &format!("k{}.kakao.com", request["host"].as_str().unwrap()),
            method: request["method"].as_str().unwrap(),
            path: request["path"].as_str().unwrap(),
            parameters: Some(given.map(|(name, value)| (name.clone(), text(value))).collect()),
            status,
            content_type: "application/json;charset=UTF-8",
            body: &response["body"],
        };
        check_exchange(&exchange).unwrap_or_else(|what| panic!("{case}: {what}"));
    }
}

#[test]
fn what_contradicts_the_description_is_found() {
    let body = serde_json::json!({ "id": 4_820_000_001_i64 });
    let logout = Exchange {
        host: "kapi.kakao.com",
        method: "POST",
        path: "/v1/user/logout",
        parameters: Some(Vec::new()),
        status: 200,
        content_type: "application/json;charset=UTF-8",
        body: &body,
    };
    check_exchange(&logout).unwrap();
    let digits = serde_json::json!({ "id": "4820000001" });
    let more = serde_json::json!({ "id": 4_820_000_001_i64, "name": "Lee" });
    let wrong_code = serde_json::json!({ "msg": "", "code": -402 });
    for (wrong, named) in [
        (Exchange { body: &digits, ..logout.clone() }, "/id: "),
        (Exchange { body: &more, ..logout.clone() }, "'name'"),
        (Exchange { status: 201, ..logout.clone() }, "status"),
        (Exchange { status: 400, body: &wrong_code, ..logout.clone() }, "/code: "),
        (Exchange { content_type: "text/html", ..logout.clone() }, "content type"),
        (Exchange { content_type: "application/json", ..logout.clone() }, "charset"),
        (Exchange { method: "GET", ..logout.clone() }, "method"),
        (Exchange { path: "/v1/user/logouts", ..logout.clone() }, "path"),
        (Exchange { host: "kauth.kakao.com", ..logout.clone() }, "kauth.kakao.com"),
        (Exchange { path: "/v1/user/update_profile", ..logout.clone() }, "without properties"),
    ] {
        let what = check_exchange(&wrong).expect_err(named);
        assert!(what.contains(named), "{named}: {what}");
    }
}

#[tokio::test]
async fn every_described_path_is_answered() {
    let kakao = Kakao::start().await;
    for (path, item) in paths() {
        for (method, _) in operations(item) {
            let method: Method = method.to_uppercase().parse().unwrap();
            let request = kakao.client.request(method.clone(), kakao.url(path));
            let status = request.send().await.unwrap().status().as_u16();
            assert!(!matches!(status, 404 | 405), "{method} {path} answers {status}");
        }
    }
}

#[test]
fn every_route_of_kakaos_hosts_is_described() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http")];
    let mut described = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let source = std::fs::read_to_string(&entry).unwrap();
            let routes = source.split(".route(").skip(1).filter_map(|route| route.split('"').nth(1));
            for route in routes.filter(|route| is_of_kakaos_calls(route)) {
                assert!(DOCUMENT["paths"].get(route).is_some(), "{route} in {}", entry.display());
                described += 1;
            }
        }
    }
    assert_eq!(described, paths().count());
}

/// Pictures and pages of people are no calls.
fn is_of_kakaos_calls(route: &str) -> bool {
    let calls = ["/oauth/", "/.well-known/", "/v1/", "/v2/"];
    let forms = ["/oauth/authorize/", "/oauth/logout/"];
    let begins = |with: &[&str]| with.iter().any(|with| route.starts_with(with));
    begins(&calls) && !begins(&forms)
}

#[tokio::test]
async fn the_description_can_be_fetched_in_both_languages() {
    let kakao = Kakao::start().await;
    let yaml = Answer::of(kakao.get("/_emulator/openapi.yaml")).await;
    assert_eq!(yaml.headers["content-type"], "application/yaml");
    let read: Value = serde_saphyr::from_str(yaml.ok().as_str().unwrap()).unwrap();
    assert_eq!(read, *DOCUMENT);
    let json = Answer::of(kakao.get("/_emulator/openapi.json")).await;
    assert_eq!(json.headers["content-type"], "application/json");
    assert_eq!(json.ok(), *DOCUMENT);
}
