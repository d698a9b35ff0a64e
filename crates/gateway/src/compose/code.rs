//! The same message as code: what a program sends to `POST /v1/messages`, in the languages of its people.

use serde_json::Value;

/// A program that sends the message.
pub(crate) struct Sample {
    /// What it is called in addresses and ids.
    pub(crate) word: &'static str,
    pub(crate) name: &'static str,
    pub(crate) code: String,
}

/// Programs that send `body` to this address; each reads its API key from the environment.
pub(crate) fn samples(address: &str, template: &Value, body: &Value) -> Vec<Sample> {
    vec![
        Sample { word: "json", name: "JSON", code: format!("{template:#}") },
        Sample { word: "curl", name: "curl", code: curl(address, body) },
        Sample { word: "rust", name: "Rust", code: rust(address, body) },
        Sample { word: "python", name: "Python", code: python(address, body) },
        Sample { word: "javascript", name: "JavaScript", code: javascript(address, body) },
    ]
}

fn curl(address: &str, body: &Value) -> String {
    let (address, body) = (in_shell(address), in_shell(&format!("{body:#}")));
    format!(
        "curl {address} \\\n  -H \"Authorization: Bearer $KATOK_API_KEY\" \\\n  -H 'Content-Type: application/json' \\\n  --data-raw {body}\n"
    )
}

fn rust(address: &str, body: &Value) -> String {
    let (address, body) = (in_rust(address), in_rust(&format!("{body:#}")));
    format!(
        "// cargo add reqwest --features blocking
fn main() -> Result<(), Box<dyn std::error::Error>> {{
    let message = {body};
    let answer = reqwest::blocking::Client::new()
        .post({address})
        .bearer_auth(std::env::var(\"KATOK_API_KEY\")?)
        .header(\"Content-Type\", \"application/json\")
        .body(message)
        .send()?;
    let (status, said) = (answer.status(), answer.text()?);
    if status.is_success() {{ Ok(()) }} else {{ Err(format!(\"{{status}}: {{said}}\").into()) }}
}}
"
    )
}

fn python(address: &str, body: &Value) -> String {
    let address = Value::from(address);
    let body = literal(body, Language::Python, 0);
    format!(
        "import json, os, urllib.request

message = {body}
request = urllib.request.Request(
    {address},
    data=json.dumps(message).encode(),
    headers={{
        \"Authorization\": \"Bearer \" + os.environ[\"KATOK_API_KEY\"],
        \"Content-Type\": \"application/json\",
    }},
)
with urllib.request.urlopen(request) as answer:
    print(answer.status, answer.read().decode())
"
    )
}

fn javascript(address: &str, body: &Value) -> String {
    let address = Value::from(address);
    let body = literal(body, Language::JavaScript, 0);
    format!(
        "// Node.js 18+
const message = {body};
const answer = await fetch({address}, {{
  method: \"POST\",
  headers: {{
    Authorization: `Bearer ${{process.env.KATOK_API_KEY}}`,
    \"Content-Type\": \"application/json\",
  }},
  body: JSON.stringify(message),
}});
console.log(answer.status, await answer.text());
"
    )
}

/// One word of a POSIX shell.
fn in_shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A raw string, with as many hashes as nothing in it can close.
fn in_rust(text: &str) -> String {
    let after_a_quote = |rest: &str| rest.bytes().take_while(|byte| *byte == b'#').count();
    let longest = text.split('"').skip(1).map(after_a_quote).max();
    let hashes = "#".repeat(longest.map_or(0, |longest| longest + 1));
    let raw = if text.contains(['"', '\\']) { "r" } else { "" };
    format!("{raw}{hashes}\"{text}\"{hashes}")
}

/// Whose literals are written. JSON's strings and numbers are those of both.
#[derive(Clone, Copy, PartialEq)]
enum Language {
    Python,
    JavaScript,
}

fn literal(value: &Value, language: Language, depth: usize) -> String {
    let (inner, outer) = ("    ".repeat(depth + 1), "    ".repeat(depth));
    match value {
        Value::Null if language == Language::Python => "None".to_owned(),
        Value::Bool(true) if language == Language::Python => "True".to_owned(),
        Value::Bool(false) if language == Language::Python => "False".to_owned(),
        Value::Array(rows) if !rows.is_empty() => {
            let rows = rows.iter().map(|row| format!("{inner}{},\n", literal(row, language, depth + 1)));
            format!("[\n{}{outer}]", rows.collect::<String>())
        }
        Value::Object(object) if !object.is_empty() => {
            let field = |(name, value): (&String, &Value)| {
                let name = match (language, name.as_str()) {
                    // Without brackets this is no field in JavaScript but sets the object's prototype.
                    (Language::JavaScript, "__proto__") => "[\"__proto__\"]".to_owned(),
                    (_, name) => Value::from(name).to_string(),
                };
                format!("{inner}{name}: {},\n", literal(value, language, depth + 1))
            };
            format!("{{\n{}{outer}}}", object.iter().map(field).collect::<String>())
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
