//! What the samples send is what was composed, whatever stands in it.

use std::process::Command;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::json;

use super::*;

const ADDRESS: &str = "http://localhost:4000/v1/messages";

fn anything() -> impl Strategy<Value = Value> {
    let text =
        || prop_oneof![any::<String>(), "['\"\\\\#$`{}\n\r\u{2028} ]{0,8}", Just("__proto__".to_owned())];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(text(), inner, 0..4)
                .prop_map(|object| Value::Object(object.into_iter().collect())),
        ]
    })
    // No shell holds a zero.
    .prop_filter("zeros", |value| !value.to_string().contains("\\u0000"))
}

/// Many of them, for programs that take long to start.
fn many() -> Vec<Value> {
    let mut runner = TestRunner::deterministic();
    (0..200).map(|_| anything().new_tree(&mut runner).unwrap().current()).collect()
}

/// What a program prints, if it is installed here.
fn run(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

/// A raw or plain string of Rust, read by its rules.
fn rust_string(literal: &str) -> String {
    let Some(raw) = literal.strip_prefix('r') else {
        return literal.trim_matches('"').to_owned();
    };
    let hashes = raw.len() - raw.trim_start_matches('#').len();
    let (open, close) = (format!("{}\"", "#".repeat(hashes)), format!("\"{}", "#".repeat(hashes)));
    let rest = raw.strip_prefix(&open).unwrap();
    // The first place where it closes must be its end.
    let (inside, after) = rest.split_once(&close).unwrap();
    assert_eq!(after, "");
    inside.to_owned()
}

#[test]
fn as_many_hashes_are_written_as_are_needed_however_many_that_are() {
    for text in ["", "plain", "a\"b", "\"#", "\"##\"#", "\\ #"] {
        assert_eq!(rust_string(&in_rust(text)), text);
    }
    let hashes = "#".repeat(200_000);
    assert_eq!(in_rust(&format!("\"{hashes}")).len(), 2 * 200_001 + 200_000 + 4);
}

proptest! {
    #[test]
    fn a_string_of_rust_holds_the_json(value in anything()) {
        let json = format!("{value:#}");
        prop_assert!(!json.contains('\r'), "a raw string cannot hold it");
        prop_assert_eq!(rust_string(&in_rust(&json)), json);
    }
}

#[test]
fn a_word_of_the_shell_holds_the_json() {
    for value in many().chunks(20) {
        let words: Vec<String> = value.iter().map(|value| in_shell(&value.to_string())).collect();
        let script = format!("printf '%s\\n' {}", words.join(" "));
        let lines: Vec<String> = value.iter().map(|value| format!("{value}\n")).collect();
        assert_eq!(run("sh", &["-c", &script]).unwrap(), lines.concat());
    }
}

#[test]
fn a_literal_of_python_is_the_json() {
    let values = Value::from(many());
    let script = format!("import json\nprint(json.dumps({}))", literal(&values, Language::Python, 0));
    let Some(printed) = run("python3", &["-c", &script]) else { return };
    assert_eq!(serde_json::from_str::<Value>(&printed).unwrap(), values);
}

#[test]
fn a_literal_of_javascript_is_the_json() {
    let values = Value::from(many());
    let script = format!("console.log(JSON.stringify({}))", literal(&values, Language::JavaScript, 0));
    let Some(printed) = run("node", &["-e", &script]) else { return };
    assert_eq!(serde_json::from_str::<Value>(&printed).unwrap(), values);
}

#[test]
fn no_sample_holds_a_key_and_each_names_where_it_is_read() {
    for sample in samples(ADDRESS, &json!({"text": "안녕"}), &json!({"to": "me"})).iter().skip(1) {
        assert!(sample.code.contains("KATOK_API_KEY") && sample.code.contains(ADDRESS), "{}", sample.code);
    }
}
