//! `katok template`: what Kakao would make of a template, before anything is sent.

use katok_bubble::{Bubble, STYLESHEET, Shade};
use katok_client::template::{Finding, LintOptions, Severity, lint};
use katok_gateway::Sentence;
use serde_json::{Value, json};

use crate::args::{Drawing, TemplateCommand};
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::printable::printable;
use crate::template_file;

pub(super) async fn run(command: &TemplateCommand, output: Output) -> Result<Exit, Failure> {
    match command {
        TemplateCommand::Lint { file, domains } => {
            let template = Value::Object(template_file::read(file).await?);
            let options = LintOptions::new();
            let options =
                if domains.is_empty() { options } else { options.web_domains(domains.iter().cloned()) };
            told(&lint(&template, &options), output)
        }
        TemplateCommand::Preview { file, drawing, dark } => {
            let template = Value::Object(template_file::read(file).await?);
            preview(&template, *drawing, *dark, output)?;
            Ok(Exit::Done)
        }
    }
}

fn told(findings: &[Finding], output: Output) -> Result<Exit, Failure> {
    let refused = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    output.data(&json!({"is_sendable": refused == 0, "findings": findings}), || {
        if findings.is_empty() {
            return output.text(&Sentence::new("고칠 것이 없습니다.", "Nothing to mend."));
        }
        findings.iter().map(|finding| line(finding, output)).collect::<Vec<_>>().join("\n")
    })?;
    Ok(if refused == 0 { Exit::Done } else { Exit::Refused })
}

/// `error: buttons[2]: what is the matter. What to do.`
pub(super) fn line(finding: &Finding, output: Output) -> String {
    let Finding { severity, path, cause_ko, cause_en, remedy_ko, remedy_en, .. } = finding;
    let kind = match severity {
        Severity::Error => output.words("오류", "error"),
        Severity::Warning => output.words("경고", "warning"),
    };
    let path = if path.is_empty() { String::new() } else { format!(" {}:", printable(path)) };
    let told = output.words(&format!("{cause_ko} {remedy_ko}"), &format!("{cause_en} {remedy_en}"));
    format!("{kind}:{path} {}", printable(&told))
}

fn preview(template: &Value, drawing: Drawing, dark: bool, output: Output) -> Result<(), Failure> {
    let bubble = Bubble::of(template);
    let language = output.one_language();
    let drawn = || match drawing {
        Drawing::Terminal => bubble.terminal(language),
        Drawing::Svg => bubble.svg(language, if dark { Shade::Dark } else { Shade::Light }),
        Drawing::Html => page(&bubble.html(language), language.code(), dark),
    };
    let marks: Vec<String> = bubble.marks().iter().map(|mark| mark.sentence(language)).collect();
    output.data(&json!({"drawing": drawn(), "marks": marks}), || drawn().trim_end().to_owned())
}

/// A page of its own, to be opened as a file.
fn page(bubble: &str, language: &str, dark: bool) -> String {
    let shade = if dark { "ktb-dark" } else { "ktb-light" };
    format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<meta charset=\"utf-8\">\n<title>katok</title>\n\
         <style>\n{STYLESHEET}</style>\n<body class=\"{shade}\">\n{bubble}\n</body>\n</html>"
    )
}
