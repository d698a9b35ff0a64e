//! `katok explain`: what an error of Kakao's means, what to do, and where in Kakao's console.

use std::io::ErrorKind;

use katok_client::codes::Explanation;
use katok_gateway::Sentence;
use serde_json::{Value, json};

use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::pasted::{self, Mention};
use crate::printable::printable;
use crate::standard_input;

pub(super) async fn run(pasted: &[String], output: Output) -> Result<Exit, Failure> {
    let mut told: Vec<Mention> = Vec::new();
    let mut unknown = None;
    for text in pasted {
        let text = if text == "-" { &piped().await? } else { text };
        let mentions = pasted::mentions(text);
        if mentions.is_empty() {
            unknown = unknown.or_else(|| Some(no_code_in(text)));
        }
        for mention in mentions {
            if told.contains(&mention) {
                continue;
            }
            match mention.explanation() {
                Some(explanation) => {
                    let between = if told.is_empty() { "" } else { "\n" };
                    output.data(&as_json(&mention, explanation), || {
                        format!("{between}{}", as_lines(&mention, explanation, output))
                    })?;
                    told.push(mention);
                }
                None => unknown = unknown.or_else(|| Some(no_such_code(&mention.to_string()))),
            }
        }
    }
    unknown.map_or(Ok(Exit::Done), Err)
}

/// All of standard input: a log may hold other bytes than text.
async fn piped() -> Result<String, Failure> {
    standard_input::all_of_a_log().await.map_err(|error| match error.kind() {
        ErrorKind::FileTooLarge => Failure::usage(
            "표준 입력이 64 MiB보다 깁니다. 오류가 있는 부분만 넣으세요.",
            "Standard input is longer than 64 MiB. Pipe in the part with the error alone.",
        ),
        _ => Failure::usage(
            format!("표준 입력을 읽을 수 없습니다({error})."),
            format!("Standard input cannot be read ({error})."),
        ),
    })
}

fn no_code_in(text: &str) -> Failure {
    match pasted::echo(text).filter(|text| !text.is_empty()) {
        Some(word) => no_such_code(word),
        // It may hold a token.
        None => Failure::usage(
            "카카오 코드를 찾지 못했습니다. KOE006, -402, access_denied 같은 코드가 든 오류 전체를 넣으세요.",
            "There is no code of Kakao's in it. Paste the whole error, with a code such as KOE006, -402 or access_denied.",
        ),
    }
}

fn no_such_code(written: &str) -> Failure {
    let code = printable(written);
    let meant = pasted::meant(written);
    let Some(nearest) = meant.first() else {
        return Failure::usage(
            format!("{code}: 알려진 카카오 코드가 아닙니다. KOE006, -402, access_denied처럼 적으세요."),
            format!(
                "{code} is no code of Kakao's that is known. Write it like KOE006, -402 or access_denied."
            ),
        );
    };
    let near = meant.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    Failure::usage(
        format!("{code}: 알려진 카카오 코드가 아닙니다. 비슷한 코드: {near}."),
        format!("{code} is no code of Kakao's that is known. Near to it: {near}."),
    )
    .hint(format!("katok explain {nearest}"))
}

fn as_json(mention: &Mention, explanation: Explanation) -> Value {
    let Explanation {
        status, cause_ko, cause_en, remedy_ko, remedy_en, console_ko, console_en, source, ..
    } = explanation;
    json!({
        "code": mention.to_string(),
        "status": status,
        "cause": {"ko": cause_ko, "en": cause_en},
        "remedy": {"ko": remedy_ko, "en": remedy_en},
        "console": console_ko.zip(console_en).map(|(ko, en)| json!({"ko": ko, "en": en})),
        "source": source,
    })
}

fn as_lines(mention: &Mention, explanation: Explanation, output: Output) -> String {
    let Explanation {
        status, cause_ko, cause_en, remedy_ko, remedy_en, console_ko, console_en, source, ..
    } = explanation;
    let status = status.map(|status| format!(" (HTTP {status})")).unwrap_or_default();
    let line =
        |label: &str, text: Option<&str>| text.map(|text| format!("\n{label}: {text}")).unwrap_or_default();
    let text = Sentence::new(
        format!("원인: {cause_ko}\n해결: {remedy_ko}{}\n출처: {source}", line("콘솔", console_ko)),
        format!("cause: {cause_en}\nremedy: {remedy_en}{}\nsource: {source}", line("console", console_en)),
    );
    format!("{mention}{status}\n{}", output.text(&text))
}
