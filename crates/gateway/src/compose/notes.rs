//! What is wrong with a message, said at the field where it can be mended.

use std::collections::BTreeMap;

use katok_bubble::Language;
use katok_client::template::{Finding, LintOptions, Rule, Severity, lint};
use serde::Serialize;

use super::composition::{Composition, Variables};
use super::draft::Written;
use super::fields::Section;
use super::path;

/// Something to know about a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Note {
    /// Whether the message cannot be sent like that.
    pub(crate) is_error: bool,
    /// Whether nothing is wrong but that something is not there yet.
    pub(crate) is_missing: bool,
    pub(crate) text: String,
}

/// What is to be known about a message.
#[derive(Default)]
pub(crate) struct Notes {
    /// By the path of the field.
    pub(crate) fields: BTreeMap<String, Vec<Note>>,
    /// What belongs to no field.
    pub(crate) whole: Vec<Note>,
}

impl Notes {
    /// Looks a message over as it will be looked over when it is sent.
    pub(crate) fn of(
        composition: &Composition,
        written: &Written,
        variables: &Variables,
        language: Language,
    ) -> Self {
        let (mut notes, draft) = (Self::default(), &composition.draft);
        if let Some(trouble) = &variables.trouble {
            let text = language.choose(&trouble.ko, &trouble.en).clone();
            notes.whole.push(Note { is_error: true, is_missing: false, text });
        }
        for name in variables.names.iter().filter(|name| !composition.values.contains_key(*name)) {
            let text = language.choose("이 변수에 넣을 값을 적으세요.", "Give a value for this variable.");
            let note = Note { is_error: true, is_missing: true, text: text.to_owned() };
            notes.fields.entry(format!("var.{name}")).or_default().push(note);
        }
        let template = match &written.template {
            Ok(template) => template,
            Err(_) if draft.json.trim().is_empty() => {
                let text = language.choose("JSON을 붙여 넣으세요.", "Paste the JSON here.");
                notes.whole.push(Note { is_error: true, is_missing: true, text: text.to_owned() });
                return notes;
            }
            Err(error) => {
                notes.whole.push(Note {
                    is_error: true,
                    is_missing: false,
                    text: unreadable(error, language),
                });
                return notes;
            }
        };
        let sections = draft.kind.map_or(&[][..], |kind| kind.sections());
        let fields: Vec<String> = sections.iter().flat_map(Section::fields).map(|(path, _)| path).collect();
        for finding in lint(template, &LintOptions::new()) {
            let note = Note::of(&finding, language);
            match field_for(&written.place_in_form(&finding.path), &fields) {
                Some(field) => notes.fields.entry(field.to_owned()).or_default().push(note),
                None if finding.path.is_empty() => notes.whole.push(note),
                None => notes.whole.push(Note { text: format!("{}: {}", finding.path, note.text), ..note }),
            }
        }
        notes
    }

    pub(crate) fn at(&self, field: &str) -> &[Note] {
        self.fields.get(field).map_or(&[], Vec::as_slice)
    }

    /// Whether the message can be sent as it is.
    pub(crate) fn is_sendable(&self) -> bool {
        !self.fields.values().flatten().chain(&self.whole).any(|note| note.is_error)
    }
}

impl Note {
    fn of(finding: &Finding, language: Language) -> Self {
        let (cause, remedy) =
            language.choose((&finding.cause_ko, &finding.remedy_ko), (&finding.cause_en, &finding.remedy_en));
        Self {
            is_error: finding.severity == Severity::Error,
            is_missing: matches!(
                finding.rule,
                Rule::Missing | Rule::Blank | Rule::ContentEmpty | Rule::LinkOpensNothing
            ),
            text: format!("{cause} {remedy}"),
        }
    }
}

/// The field at which to say what is found at a place: itself, the first within it, or the first beside it.
fn field_for<'a>(place: &str, fields: &'a [String]) -> Option<&'a str> {
    let mut whole = Some(place);
    while let Some(place) = whole.filter(|place| !place.is_empty()) {
        let found = fields.iter().find(|field| *field == place || path::is_within(field, place));
        if let Some(field) = found {
            return Some(field);
        }
        whole = path::parent(place);
    }
    None
}

/// Why and where JSON cannot be read.
fn unreadable(error: &serde_json::Error, language: Language) -> String {
    let (line, column) = (error.line(), error.column());
    if error.is_eof() {
        return language.choose(
            "JSON이 끝나지 않았습니다. 닫는 괄호나 따옴표가 빠졌는지 확인하세요.".to_owned(),
            "The JSON does not end. Check for a missing closing bracket or quote.".to_owned(),
        );
    }
    language.choose(
        format!("JSON을 {line}번째 줄 {column}번째 글자에서 읽을 수 없습니다. 그 앞뒤의 쉼표, 따옴표, 괄호를 확인하세요."),
        format!("The JSON cannot be read at line {line}, column {column}. Check commas, quotes and brackets around it."),
    )
}
