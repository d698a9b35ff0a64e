//! The composer's page, drawn from what stands in it.

use askama::Template;
use axum::response::Response;
use katok_bubble::{Bubble, Language};
use serde_json::{Value, json};

use super::friends::{self, Shown};
use super::saved::{self, Saved};
use crate::app::App;
use crate::compose::{Composition, Field, Input, JSON, Kind, Notes, Sample, Section, local_time, samples};
use crate::digest::fingerprint;
use crate::outbox::quota::{Forecast, Standing};
use crate::store::AccountId;
use crate::web::pages::{Frame, render};

/// What a phone shows of a message, and what there is to say about it.
pub(super) struct Seen {
    pub(super) bubble: String,
    pub(super) notes: Notes,
    pub(super) samples: Vec<Sample>,
    /// The names of its variables.
    pub(super) variables: Vec<String>,
}

impl Seen {
    pub(super) fn of(app: &App, composition: &Composition, language: Language) -> Self {
        let (written, variables) = composition.written();
        let notes = Notes::of(composition, &written, &variables, language);
        let template = written.template.as_ref().ok();
        let bubble = template.map_or_else(|| Bubble::of_json(&composition.draft.json), Bubble::of);
        let nothing = json!({});
        let template: &Value = template.unwrap_or(&nothing);
        let mut address = app.settings.public_url.clone();
        address.set_path("/v1/messages");
        Self {
            bubble: bubble.without_marks().html(language),
            notes,
            samples: samples(address.as_str(), template, &composition.body(template)),
            variables: variables.names,
        }
    }
}

/// What the page says beside what stands in it.
#[derive(Default)]
pub(super) struct Said {
    /// Whether it says what is wrong: not before somebody had a chance to write.
    pub(super) is_judged: bool,
    /// Whether nothing has been written yet.
    pub(super) is_new: bool,
    /// What became of what somebody wanted.
    pub(super) told: Option<Told>,
}

/// Whether it went well, and a sentence.
pub(super) struct Told {
    is_good: bool,
    text: String,
}

impl Told {
    pub(super) fn well(text: impl Into<String>) -> Self {
        Self { is_good: true, text: text.into() }
    }

    pub(super) fn badly(text: impl Into<String>) -> Self {
        Self { is_good: false, text: text.into() }
    }
}

#[derive(Template)]
#[template(path = "compose.html")]
struct ComposePage<'a> {
    frame: Frame,
    composition: &'a Composition,
    sections: &'static [Section],
    notes: Notes,
    bubble: String,
    samples: Vec<Sample>,
    variables: Vec<String>,
    is_new: bool,
    told: Option<Told>,
    saved: Vec<Saved>,
    friends: Option<Shown>,
    quota: Option<Forecast>,
    /// Under what name a browser keeps this person's draft; none when nobody is signed in any more.
    draft_name: Option<String>,
    /// Who is chosen and stands nowhere in the list.
    unlisted: Vec<&'a str>,
    /// Before it nothing can be sent any more.
    now: String,
}

impl ComposePage<'_> {
    fn say<'a>(&self, korean: &'a str, english: &'a str) -> &'a str {
        self.frame.say(korean, english)
    }

    fn language(&self) -> &Language {
        &self.frame.language
    }

    fn kinds(&self) -> Vec<(&'static str, &'static str, bool)> {
        let name = |kind: Kind| {
            (kind.word(), kind.name(self.frame.language), self.composition.draft.kind == Some(kind))
        };
        let json = (JSON, "JSON", self.composition.draft.kind.is_none());
        Kind::ALL.into_iter().map(name).chain([json]).collect()
    }

    fn kind(&self) -> &'static str {
        self.composition.draft.kind.map_or(JSON, Kind::word)
    }

    /// Whether something stands in these fields, or is to be said about them.
    fn is_in_use(&self, mut fields: impl Iterator<Item = (String, &'static Field)>) -> bool {
        fields.any(|(path, _)| {
            !self.composition.draft.value(&path).is_empty() || !self.notes.at(&path).is_empty()
        })
    }

    /// What a field is called; those of rows are called alike, so these are numbered.
    fn label(&self, path: &str, field: &Field) -> String {
        let label = field.label(self.frame.language);
        let row =
            path.split_once(".items[").and_then(|(_, rest)| rest.split_once(']')?.0.parse::<usize>().ok());
        row.map_or_else(|| label.to_owned(), |row| format!("{label} {}", row + 1))
    }

    fn value_of(&self, variable: &str) -> &str {
        self.composition.values.get(variable).map_or("", String::as_str)
    }

    /// Values of variables that are not written now: they come back with their variable.
    fn unused_values(&self) -> impl Iterator<Item = (&String, &String)> {
        self.composition.values.iter().filter(|(name, _)| !self.variables.contains(name))
    }

    fn is_bad(&self, path: &str) -> bool {
        self.notes.at(path).iter().any(|note| note.is_error)
    }

    #[expect(clippy::unused_self, reason = "the template calls what belongs to its page")]
    fn left(&self, standing: &Standing) -> i64 {
        standing.left_after.max(0)
    }

    #[expect(clippy::unused_self, reason = "the template calls what belongs to its page")]
    fn count(&self, text: &str) -> usize {
        text.chars().count()
    }
}

/// What a page calls an account.
pub(super) fn name_of(account: &AccountId) -> String {
    fingerprint(account.as_str())
}

/// The page for this account, or for one who is signed in no more.
pub(super) async fn page(
    app: &App,
    language: Language,
    account: Option<&AccountId>,
    composition: &Composition,
    said: Said,
) -> Response {
    let Seen { bubble, notes, samples, variables } = Seen::of(app, composition, language);
    let (friends, quota, saved) = match account {
        Some(account) => (
            friends::shown(app, account, composition, language).await,
            Forecast::of(app, account).await.ok(),
            saved::all(app, account).await,
        ),
        None => (None, None, Vec::new()),
    };
    let is_listed = |uuid: &str| friends.as_ref().is_some_and(|shown| shown.lists(uuid));
    let unlisted = composition.friends.iter().map(String::as_str).filter(|uuid| !is_listed(uuid)).collect();
    render(&ComposePage {
        frame: Frame::of_person(app, language, "/"),
        composition,
        sections: composition.draft.kind.map_or(&[], Kind::sections),
        notes: if said.is_judged { notes } else { Notes::default() },
        bubble,
        samples,
        variables,
        is_new: said.is_new,
        told: said.told,
        saved,
        unlisted,
        friends,
        quota,
        draft_name: account.map(name_of),
        now: local_time(app.clock.now()),
    })
}
