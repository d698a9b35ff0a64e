//! Forms: the fields of something, as inputs of a page and back again.

use std::sync::Arc;

use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, Uri};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::words::Words;
use crate::http::control::ControlFault;
use crate::http::parameters::{Parameters, UnreadableBody};
use crate::live::LiveWorld;
use crate::seed::SeedError;

/// What somebody filled in.
pub(super) struct Filled(pub(super) Parameters);

impl Filled {
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.get(name).unwrap_or_default().trim()
    }

    pub(super) fn is_ticked(&self, name: &str) -> bool {
        self.0.get(name).is_some()
    }
}

impl FromRequest<Arc<LiveWorld>> for Filled {
    type Rejection = ControlFault;

    async fn from_request(mut request: Request, live: &Arc<LiveWorld>) -> Result<Self, ControlFault> {
        // Whoever makes a link must not be able to fill anything in.
        *request.uri_mut() = Uri::default();
        let parameters = Parameters::read(request, live).await;
        parameters.map(Self).map_err(|UnreadableBody| ControlFault {
            status: StatusCode::BAD_REQUEST,
            error: "bad_request",
            description: "본문을 읽을 수 없습니다. The body cannot be read.".to_owned(),
            code: None,
        })
    }
}

/// A word of the page's language.
pub(super) type Word = fn(&'static Words) -> &'static str;

/// Fields that belong together.
pub(super) struct Group {
    pub(super) title: Word,
    pub(super) fields: &'static [Field],
}

/// A field of a seed's app or person: its name as in the seed document, dots leading inwards.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) label: Word,
    pub(super) kind: Kind,
}

/// How a field is filled in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Line,
    /// Left empty, it is null.
    OptionalLine,
    /// One value a line.
    Lines,
    Number,
    Tick,
    /// One of these; the empty one is null.
    Choice(&'static [&'static str]),
    /// Any of what the page offers.
    Choices,
    /// Consent items, each with its level; without one it is not asked for.
    ConsentItems,
    /// An address and a method; without an address it is null.
    Webhook,
    Json,
}

/// A field as the page shows it.
pub(super) struct Input {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) kind: Kind,
    pub(super) value: String,
    pub(super) ticked: bool,
    pub(super) options: Vec<Choice>,
    pub(super) problem: Option<String>,
}

/// Something to choose.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) chosen: bool,
    /// The level of a consent item; empty for one that is not asked for.
    pub(super) level: String,
}

/// Fields as the page shows them, under a title.
pub(super) struct Inputs {
    pub(super) title: &'static str,
    pub(super) inputs: Vec<Input>,
}

/// What is the matter with a field, or with all of them when it names none.
pub(super) struct Problem {
    pub(super) field: String,
    pub(super) text: String,
}

impl Problem {
    pub(super) fn new(field: &str, text: impl Into<String>) -> Self {
        Self { field: field.to_owned(), text: text.into() }
    }
}

impl From<SeedError> for Problem {
    fn from(error: SeedError) -> Self {
        let field = match &error {
            // Behind the field stands whose it is.
            SeedError::Wrong { place, .. } => place.split(' ').next().unwrap_or_default(),
            SeedError::Unreadable(_) => "",
        };
        let text = match &error {
            SeedError::Wrong { problem, .. } => problem.clone(),
            SeedError::Unreadable(_) => error.detail(),
        };
        Self { field: field.to_owned(), text }
    }
}

fn pointer(name: &str) -> String {
    format!("/{}", name.replace('.', "/"))
}

impl Kind {
    /// What the inputs of this name say, as the seed document would.
    fn read(self, name: &str, filled: &Filled, t: &'static Words) -> Result<Value, Problem> {
        let text = filled.text(name);
        let wrong = |problem: String| Problem::new(name, problem);
        Ok(match self {
            Self::Line => json!(text),
            Self::OptionalLine | Self::Choice(_) => json!((!text.is_empty()).then_some(text)),
            Self::Lines => {
                json!(text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>())
            }
            Self::Number => json!(text.parse::<u32>().map_err(|_| wrong(t.not_a_number.to_owned()))?),
            Self::Tick => json!(filled.is_ticked(name)),
            Self::Choices => json!(filled.0.all(name).collect::<Vec<_>>()),
            Self::ConsentItems => {
                let level = |id: &str| filled.text(&format!("{name}.{id}")).to_owned();
                let items =
                    filled.0.all(name).map(|id| (id, level(id))).filter(|(_, level)| !level.is_empty());
                items.map(|(id, level)| json!({ "id": id, "level": level })).collect()
            }
            Self::Webhook if text.is_empty() => Value::Null,
            Self::Webhook => json!({ "url": text, "method": filled.text(&format!("{name}.method")) }),
            Self::Json => serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?,
        })
    }

    /// What the input holds for this value.
    fn write(self, value: &Value) -> String {
        match (self, value) {
            (Self::Lines, Value::Array(lines)) => {
                lines.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
            }
            (Self::Json, value) => serde_json::to_string_pretty(value).expect("JSON can be written"),
            (Self::Webhook, value) => value["url"].as_str().unwrap_or_default().to_owned(),
            (_, Value::String(text)) => text.clone(),
            (_, Value::Number(number)) => number.to_string(),
            _ => String::new(),
        }
    }
}

/// The thing with its fields as filled in, or what is the matter with one of them.
pub(super) fn fill<T: Serialize + DeserializeOwned>(
    thing: &T,
    groups: &[Group],
    filled: &Filled,
    t: &'static Words,
) -> Result<T, Problem> {
    let mut document = serde_json::to_value(thing).expect("seeds are plain data");
    for field in groups.iter().flat_map(|group| group.fields) {
        let value = field.kind.read(field.name, filled, t)?;
        let place = document.pointer_mut(&pointer(field.name)).expect("the fields are those of the seed");
        *place = value;
        // Field by field, because serde does not say which one it cannot take.
        let fits = serde_json::from_value::<T>(document.clone());
        fits.map_err(|error| Problem::new(field.name, error.to_string()))?;
    }
    Ok(serde_json::from_value(document).expect("it was read a moment ago"))
}

/// The fields of a thing as inputs; `offered` says what there is to choose for those of [`Kind::Choices`].
pub(super) fn inputs(
    thing: &impl Serialize,
    groups: &[Group],
    offered: &dyn Fn(&str) -> Vec<(String, String)>,
    t: &'static Words,
) -> Vec<Inputs> {
    let document = serde_json::to_value(thing).expect("seeds are plain data");
    let input = |field: &Field| {
        let value = document.pointer(&pointer(field.name)).unwrap_or(&Value::Null);
        let options = match field.kind {
            Kind::Choice(values) => {
                values.iter().map(|value| ((*value).to_owned(), choice_name(value, t))).collect()
            }
            Kind::Choices | Kind::ConsentItems => offered(field.name),
            Kind::Webhook => ["POST", "GET"].map(|method| (method.to_owned(), method.to_owned())).into(),
            _ => Vec::new(),
        };
        let is_chosen = |option: &str| match field.kind {
            Kind::Choices => {
                value.as_array().is_some_and(|values| values.iter().any(|value| value == option))
            }
            Kind::Webhook => value["method"] == option,
            _ => value.as_str().unwrap_or_default() == option,
        };
        let level = |option: &str| {
            let mut items = value.as_array().into_iter().flatten();
            let item = items.find(|item| item["id"] == option)?;
            Some(item["level"].as_str()?.to_owned())
        };
        Input {
            name: field.name,
            label: (field.label)(t),
            kind: field.kind,
            value: field.kind.write(value),
            ticked: *value == true,
            options: options
                .into_iter()
                .map(|(value, label)| Choice {
                    chosen: is_chosen(&value),
                    level: level(&value).unwrap_or_default(),
                    value,
                    label,
                })
                .collect(),
            problem: None,
        }
    };
    groups
        .iter()
        .map(|group| Inputs { title: (group.title)(t), inputs: group.fields.iter().map(input).collect() })
        .collect()
}

fn choice_name(value: &str, t: &'static Words) -> String {
    let name = match value {
        "" => t.unknown,
        "female" => t.female,
        "male" => t.male,
        "SOLAR" => t.solar,
        "LUNAR" => t.lunar,
        other => other,
    };
    name.to_owned()
}

/// Shows again what somebody filled in, and what is the matter with it.
pub(super) fn show_again(groups: &mut [Inputs], filled: &Filled, problem: &Problem) {
    for input in groups.iter_mut().flat_map(|group| &mut group.inputs) {
        filled.text(input.name).clone_into(&mut input.value);
        input.ticked = filled.is_ticked(input.name);
        let name = match input.kind {
            Kind::Webhook => format!("{}.method", input.name),
            _ => input.name.to_owned(),
        };
        for option in &mut input.options {
            option.chosen = filled.0.all(&name).any(|value| value == option.value);
            filled.text(&format!("{name}.{}", option.value)).clone_into(&mut option.level);
        }
        input.problem = (input.name == problem.field).then(|| problem.text.clone());
    }
}
