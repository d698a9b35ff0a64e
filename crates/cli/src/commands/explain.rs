//! `katok explain`: what a code of Kakao's means, what to do, and where in Kakao's console.

use katok_client::KakaoCode;
use katok_client::codes::{self, Explanation};
use katok_gateway::Sentence;
use serde_json::json;

use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::printable::printable;

pub(super) fn run(code: &str, output: Output) -> Result<Exit, Failure> {
    let known = match KakaoCode::parse(code) {
        Some(code) => codes::explain(&code).map(|explanation| (code.to_string(), explanation)),
        None => codes::explain_redirect(code).map(|explanation| (code.to_owned(), explanation)),
    };
    let Some((code, explanation)) = known else {
        let code = printable(code);
        return Err(Failure::usage(
            format!("{code}: 알려진 카카오 코드가 아닙니다. KOE006, -402, access_denied처럼 적으세요."),
            format!(
                "{code} is no code of Kakao's that is known. Write it like KOE006, -402 or access_denied."
            ),
        ));
    };
    let Explanation {
        status, cause_ko, cause_en, remedy_ko, remedy_en, console_ko, console_en, source, ..
    } = explanation;
    let data = json!({
        "code": code,
        "status": status,
        "cause": {"ko": cause_ko, "en": cause_en},
        "remedy": {"ko": remedy_ko, "en": remedy_en},
        "console": console_ko.zip(console_en).map(|(ko, en)| json!({"ko": ko, "en": en})),
        "source": source,
    });
    output.data(&data, || {
        let status = status.map(|status| format!(" (HTTP {status})")).unwrap_or_default();
        let line = |label: &str, text: Option<&str>| {
            text.map(|text| format!("\n{label}: {text}")).unwrap_or_default()
        };
        let text = Sentence::new(
            format!("원인: {cause_ko}\n해결: {remedy_ko}{}\n출처: {source}", line("콘솔", console_ko)),
            format!(
                "cause: {cause_en}\nremedy: {remedy_en}{}\nsource: {source}",
                line("console", console_en)
            ),
        );
        format!("{code}{status}\n{}", output.text(&text))
    })?;
    Ok(Exit::Done)
}
