//! The judge of exchanges: holds what was asked and answered against the `OpenAPI` description.
//!
//! It stands alone, so that the tests of other crates can take it in by its path.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

/// The description, as its readers get it.
pub(crate) static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_saphyr::from_str(include_str!("../../src/openapi/kakao.yaml")).unwrap());

/// A request and its answer.
#[derive(Clone, Debug)]
pub(crate) struct Exchange<'a> {
    /// The name the request was sent to.
    pub(crate) host: &'a str,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    /// What stood in query and form; `None` if the body was of another kind.
    pub(crate) parameters: Option<Vec<(String, String)>>,
    pub(crate) status: u16,
    pub(crate) content_type: &'a str,
    pub(crate) body: &'a Value,
}

/// Says what about an exchange contradicts the description.
pub(crate) fn check_exchange(exchange: &Exchange<'_>) -> Result<(), String> {
    let Exchange { method, path, status, body, .. } = exchange;
    check(exchange)
        .map_err(|what| format!("the OpenAPI description: {method} {path} answered {status}: {what}\n{body}"))
}

fn check(exchange: &Exchange<'_>) -> Result<(), String> {
    let Exchange { host, method, path, status, content_type, body, .. } = exchange;
    // What a browser asks before it calls is of HTTP, not of Kakao's API.
    if is_ours(path) || *method == "OPTIONS" {
        return Ok(());
    }
    let Some(item) = DOCUMENT["paths"].get(path) else {
        // Pages and pictures are for people; an address that is wrong on purpose is not found.
        let is_call = content_type.starts_with("application/json") && *status != 404;
        return if is_call { Err("the path is not described".to_owned()) } else { Ok(()) };
    };
    if !is_host_of(item, host) {
        return if *status == 404 { Ok(()) } else { Err(format!("the path is not one of {host}")) };
    }
    let Some(operation) = item.get(method.to_lowercase()) else {
        return if *status == 405 { Ok(()) } else { Err("the method is not described".to_owned()) };
    };
    if *status == 200 || *status == 302 {
        exchange.parameters.as_ref().map_or(Ok(()), |given| check_parameters(operation, given))?;
    }
    let (pointer, response) = response_of(operation, *status)
        .ok_or_else(|| format!("the status is not one of {:?}", keys(&operation["responses"])))?;
    let Some(content) = response.get("content") else {
        return Ok(());
    };
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let media_type = content
        .get(essence)
        .ok_or_else(|| format!("the content type {content_type} is not one of {:?}", keys(content)))?;
    if essence == "application/json" && !content_type.to_lowercase().ends_with(";charset=utf-8") {
        return Err(format!("the content type {content_type} names no charset"));
    }
    check_value(&format!("{pointer} {essence}"), &media_type["schema"], body)
}

/// The emulator's own: control, overview, and the forms of its sign-in and consent pages.
fn is_ours(path: &str) -> bool {
    path == "/"
        || path == "/_emulator"
        || path.starts_with("/_emulator/")
        || path.starts_with("/oauth/authorize/")
}

/// Under a name of Kakao's a path is only at its own host; any other name stands for both.
fn is_host_of(item: &Value, host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name).to_lowercase();
    !name.ends_with(".kakao.com") || item["servers"][0]["url"] == format!("https://{name}")
}

/// A success had all it needs, in the query or in the body, and each as described. Parameters that nobody describes
/// are ignored, as Kakao does.
fn check_parameters(operation: &Value, given: &[(String, String)]) -> Result<(), String> {
    let in_query = operation["parameters"].as_array().into_iter().flatten().map(resolved);
    let mut described: Vec<(&str, &Value, bool)> = in_query
        .filter_map(|it| Some((it["name"].as_str()?, &it["schema"], it["required"] == true)))
        .collect();
    let body = resolved(&operation["requestBody"]);
    let form = resolved(&body["content"]["application/x-www-form-urlencoded"]["schema"]);
    let required = |name: &str| form["required"].as_array().is_some_and(|names| names.contains(&name.into()));
    let in_form = form["properties"].as_object().into_iter().flatten();
    described.extend(in_form.map(|(name, schema)| (name.as_str(), schema, required(name))));
    for (name, schema, required) in described {
        match given.iter().find(|(given, _)| given == name) {
            Some((_, text)) if required || !text.is_empty() => {
                check_parameter(&format!("{} {name}", operation["operationId"]), schema, text)?;
            }
            None if required => return Err(format!("it was asked without {name}, which is required")),
            _ => {}
        }
    }
    Ok(())
}

fn check_parameter(name: &str, schema: &Value, text: &str) -> Result<(), String> {
    let said = |what| format!("it was asked with {text} as {name}: {what}");
    let as_json = serde_json::from_str::<Value>(text);
    // In a form everything is text; only the description tells a number from digits.
    let value = match (resolved(schema)["type"].as_str(), &as_json) {
        (Some("integer" | "boolean"), Ok(value)) => value.clone(),
        _ => text.into(),
    };
    check_value(name, schema, &value).map_err(said)?;
    match (resolved(schema).get("contentSchema"), as_json) {
        (Some(inside), Ok(value)) => check_value(&format!("{name} inside"), inside, &value).map_err(said),
        (Some(_), Err(error)) => Err(said(error.to_string())),
        (None, _) => Ok(()),
    }
}

/// The response of a status, or of its hundred, and where it is described.
fn response_of(operation: &Value, status: u16) -> Option<(String, &Value)> {
    let hundred = format!("{}XX", status / 100);
    [status.to_string(), hundred].into_iter().find_map(|key| {
        let response = resolved(operation["responses"].get(&key)?);
        Some((format!("{} {key}", operation["operationId"]), response))
    })
}

/// Holds a value against a schema of the description; `name` is the schema's own.
pub(crate) fn check_value(name: &str, schema: &Value, value: &Value) -> Result<(), String> {
    let validator = validator(name, schema);
    let wrong: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ")) }
}

/// Each is built once: thousands of exchanges are held against a few dozen schemas.
fn validator(name: &str, schema: &Value) -> Arc<Validator> {
    static BUILT: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let mut built = BUILT.lock().unwrap();
    let validator = built.entry(name.to_owned()).or_insert_with(|| {
        // References begin at the root of the description.
        let schema = json!({ "allOf": [schema], "components": DOCUMENT["components"] });
        let options = jsonschema::options().with_draft(Draft::Draft202012);
        Arc::new(options.build(&schema).unwrap_or_else(|error| panic!("{name}: {error}")))
    });
    Arc::clone(validator)
}

/// What a reference stands for, or the value itself.
pub(crate) fn resolved(value: &Value) -> &Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => {
            let pointer = reference.strip_prefix('#').unwrap_or(reference);
            resolved(DOCUMENT.pointer(pointer).unwrap_or_else(|| panic!("{reference} leads nowhere")))
        }
        None => value,
    }
}

fn keys(object: &Value) -> Vec<&String> {
    object.as_object().map(Map::keys).into_iter().flatten().collect()
}
