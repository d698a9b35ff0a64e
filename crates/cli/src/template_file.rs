//! A template in a file, or piped in: a Kakao template object as JSON or YAML.

use std::io::ErrorKind;
use std::path::Path;

use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::standard_input;

/// Reads it; `-` is standard input.
pub(crate) async fn read(path: &Path) -> Result<Map<String, Value>, Failure> {
    let shown = path.display();
    let text =
        if path == Path::new("-") { standard_input::all().await } else { std::fs::read_to_string(path) };
    let text = text.map_err(|error| match error.kind() {
        ErrorKind::FileTooLarge => Failure::usage(
            "표준 입력이 2 MiB보다 깁니다. 템플릿 하나만 넣으세요.",
            "Standard input is longer than 2 MiB. Pipe in one template alone.",
        ),
        _ => Failure::usage(
            format!("템플릿을 읽을 수 없습니다: {shown} ({error})"),
            format!("The template cannot be read: {shown} ({error})"),
        ),
    })?;
    match parse(&text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Failure::usage(
            format!("템플릿은 객체여야 합니다: {shown}. {{\"object_type\": \"text\", …}}처럼 쓰세요."),
            format!("A template is an object: {shown}. Write it like {{\"object_type\": \"text\", …}}."),
        )),
        Err(mistake) => Err(Failure::usage(
            format!("템플릿에 잘못이 있습니다: {shown}: {mistake}"),
            format!("The template has a mistake: {shown}: {mistake}"),
        )),
    }
}

/// JSON is told of in the words of JSON.
fn parse(text: &str) -> Result<Value, String> {
    if text.trim_start().starts_with('{') {
        serde_json::from_str(text).map_err(|error| error.to_string())
    } else {
        serde_saphyr::from_str(text).map_err(|error| error.to_string())
    }
}
