//! Templates against the emulator: what builders make is taken, and the linter and Kakao's stand-in agree.
//!
//! Both are written from Kakao's documents and neither from the other, so that one who misreads them stands alone.

mod built;

use std::collections::BTreeSet;

use katok_client::template::{Finding, LintOptions, Rule, Severity};
use katok_client::{AccessToken, Error, KakaoCode, MessageTemplate, SendToMe};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::service::Service;
use built::template;

const PERSON: &str = "ryan";
const CASES: u32 = 400;

/// What only the linter looks at.
const OF_THE_LINTER: [Rule; 5] = [
    Rule::Blank,
    Rule::TooManyLines,
    Rule::ItemOpCharacters,
    Rule::ListRowIncomplete,
    Rule::ImageUnreachable,
];

/// Somebody signed in at a service, who sends to themselves.
struct Sender {
    runtime: Runtime,
    service: Service,
    token: AccessToken,
    options: LintOptions,
}

impl Sender {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let service = runtime.block_on(Service::start());
        let token = runtime.block_on(service.sign_in(PERSON, &["talk_message"]));
        let domains = service.kakao.world().apps[0].web_domains.clone();
        let options = LintOptions::new().web_domains(domains.iter().map(|domain| domain.parse().unwrap()));
        Self { runtime, service, token, options }
    }

    fn send(&self, template: MessageTemplate) -> Result<(), Error> {
        self.runtime.block_on(self.service.client.call(&SendToMe::new(template), &self.token))
    }

    /// The places that the emulator warned of in the last message.
    fn warned_of(&self) -> BTreeSet<String> {
        let last = self.service.kakao.messages(PERSON).pop().unwrap();
        let place = |warning: &String| warning.split_once(": ").unwrap().0.to_owned();
        last.warnings.iter().map(place).collect()
    }
}

fn check<T: std::fmt::Debug>(
    strategy: impl Strategy<Value = T>,
    test: impl Fn(&Sender, T) -> Result<(), TestCaseError>,
) {
    let sender = Sender::new();
    let mut runner =
        TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(CASES) });
    runner.run(&strategy, |value| test(&sender, value)).unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn what_the_builders_make_is_taken_and_read_back() {
    check(template(), |sender, template| {
        let errors: Vec<_> = template.lint(&sender.options).into_iter().filter(is_error).collect();
        prop_assert_eq!(errors, []);
        prop_assert_eq!(&MessageTemplate::try_from(template.to_json()).unwrap(), &template);
        sender.send(template).map_err(|error| TestCaseError::fail(error.to_string()))
    });
}

#[test]
fn the_linter_and_the_emulator_warn_of_the_same_places() {
    check(template(), |sender, template| {
        let mut findings = template.lint(&sender.options);
        findings.retain(|finding| !OF_THE_LINTER.contains(&finding.rule));
        let json = template.to_json();
        sender.send(template).unwrap();
        prop_assert_eq!(places(&findings, &json), sender.warned_of());
        Ok(())
    });
}

/// The emulator warns of an address once, wherever else it stands.
fn places(findings: &[Finding], template: &Value) -> BTreeSet<String> {
    let mut addresses = BTreeSet::new();
    let is_new = |finding: &&Finding| match finding.rule {
        Rule::LinkNotRegistered | Rule::LinkNotWeb => addresses.insert(at(template, &finding.path)),
        _ => true,
    };
    findings.iter().filter(is_new).map(|finding| finding.path.clone()).collect()
}

fn at<'a>(template: &'a Value, path: &str) -> &'a str {
    let pointer = format!("/{}", path.replace('[', "/").replace(']', "").replace('.', "/"));
    template.pointer(&pointer).unwrap().as_str().unwrap()
}

#[test]
fn an_error_of_the_linter_is_a_refusal_and_nothing_else_is() {
    check((template(), vec(mutation(), 1..4)), |sender, (template, mutations)| {
        let mut json = template.to_json();
        for mutation in mutations {
            mutation.apply(&mut json);
        }
        let template = MessageTemplate::try_from(json.clone()).unwrap();
        let errors: Vec<_> = template.lint(&sender.options).into_iter().filter(is_error).collect();
        match sender.send(template) {
            Ok(()) => prop_assert_eq!(errors, [], "{}", json),
            Err(error) => {
                prop_assert_eq!(error.kakao_code(), Some(KakaoCode::Api(-2)));
                prop_assert_ne!(errors, [], "{}: {}", error, json);
            }
        }
        Ok(())
    });
}

fn is_error(finding: &Finding) -> bool {
    finding.severity == Severity::Error
}

/// Something that goes wrong in a template that is written by hand.
#[derive(Debug, Clone)]
enum Mutation {
    Remove(Index),
    Replace(Index, Value),
    Rename(Index, &'static str),
    Repeat(Index, usize),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let odd = select(vec![
        json!(null),
        json!(true),
        json!(7),
        json!(-1),
        json!(101),
        json!(1.5),
        json!(u64::MAX),
        json!(""),
        json!("7"),
        json!("text"),
        json!("feed"),
        json!("commerce"),
        json!("calendar"),
        json!([]),
        json!([null]),
        json!({}),
        json!({"title": "보기", "link": {}}),
        json!([{"title": "보기", "link": {}}]),
    ]);
    let name = select(vec![
        "buttons",
        "button_title",
        "social",
        "item_content",
        "commerce",
        "content",
        "title",
        "link",
        "web_url",
        "ios_execution_params",
        "item",
        "image_width",
        "like_count",
        "discount_rate",
        "address_title",
        "unknown",
    ]);
    prop_oneof![
        any::<Index>().prop_map(Mutation::Remove),
        (any::<Index>(), odd).prop_map(|(place, value)| Mutation::Replace(place, value)),
        (any::<Index>(), name).prop_map(|(place, name)| Mutation::Rename(place, name)),
        (any::<Index>(), 1..6_usize).prop_map(|(place, times)| Mutation::Repeat(place, times)),
    ]
}

impl Mutation {
    fn apply(self, template: &mut Value) {
        let mut places = Vec::new();
        pointers(template, "", &mut places);
        let (Self::Remove(place) | Self::Replace(place, _) | Self::Rename(place, _) | Self::Repeat(place, _)) =
            &self;
        if places.is_empty() {
            return;
        }
        let pointer = place.get(&places);
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        match (self, template.pointer_mut(parent).unwrap()) {
            (Self::Remove(_), Value::Object(fields)) => drop(fields.remove(name)),
            (Self::Remove(_), Value::Array(items)) => drop(items.remove(name.parse().unwrap())),
            (Self::Replace(_, value), _) => *template.pointer_mut(pointer).unwrap() = value,
            (Self::Rename(_, to), Value::Object(fields)) => {
                let value = fields.remove(name).unwrap();
                fields.insert(to.to_owned(), value);
            }
            (Self::Repeat(_, times), Value::Array(items)) => {
                let item = items[name.parse::<usize>().unwrap()].clone();
                items.extend(std::iter::repeat_n(item, times));
            }
            _ => {}
        }
    }
}

/// Every place below the whole, as JSON pointers.
fn pointers(value: &Value, here: &str, places: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (format!("{here}/{name}"), value)).collect()
        }
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, value)| (format!("{here}/{index}"), value)).collect()
        }
        _ => Vec::new(),
    };
    for (place, child) in children {
        places.push(place.clone());
        pointers(child, &place, places);
    }
}
