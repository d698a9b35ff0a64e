//! `/history`: what became of one's messages, and what can still be done about them. Plain forms; a script follows.

mod card;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query, State};
use axum::response::{Redirect, Response};
use axum::routing::{get, post};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use url::form_urlencoded;

use self::card::Card;
use super::language::Reader;
use super::pages::{Frame, render};
use super::refusal::Refusal;
use super::signed_in::{Acting, SignedIn};
use super::v1::messages as v1;
use crate::app::App;
use crate::outbox::{self, State as DeliveryState};
use crate::sentence::Sentence;
use crate::store::{HistoryWish, LOOKED_THROUGH, MessageId};

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/history", get(history))
        .route("/history/{id}", get(one))
        .route("/history/{id}/cancel", post(cancel))
        .route("/history/{id}/resend", post(resend))
        .route("/history/{id}/tomorrow", post(tomorrow))
}

/// So many messages stand on a page.
const ON_A_PAGE: i64 = 10;

/// What somebody looks for, as the form and the links of the page say it; what makes no sense narrows nothing.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Filter {
    state: String,
    to: String,
    period: String,
    cursor: String,
}

impl Filter {
    fn states(&self) -> &'static [DeliveryState] {
        use DeliveryState::{
            Cancelled, Delivered, Expired, Queued, Refused, Scheduled, Sending, Unconfirmed, WaitingConsent,
            WaitingQuota,
        };
        match self.state.as_str() {
            "delivered" => &[Delivered],
            "under_way" => &[Queued, Sending, Scheduled],
            "waiting" => &[WaitingConsent, WaitingQuota],
            "trouble" => &[Refused, Unconfirmed, Expired],
            "cancelled" => &[Cancelled],
            _ => &[],
        }
    }

    fn is_to_me(&self) -> Option<bool> {
        match self.to.as_str() {
            "me" => Some(true),
            "friends" => Some(false),
            _ => None,
        }
    }

    fn since(&self, now: Timestamp) -> Option<Timestamp> {
        let days = match self.period.as_str() {
            "day" => 1,
            "week" => 7,
            "month" => 30,
            _ => return None,
        };
        now.checked_sub(SignedDuration::from_hours(days * 24)).ok()
    }

    fn narrows(&self) -> bool {
        !self.states().is_empty() || self.is_to_me().is_some() || !self.period.is_empty()
    }

    /// Where the list goes on after a message, or the same page again without one.
    fn address(&self, cursor: &str) -> String {
        let fields =
            [("state", &*self.state), ("to", &self.to), ("period", &self.period), ("cursor", cursor)];
        let filled = fields.into_iter().filter(|(_, value)| !value.is_empty());
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(filled).finish();
        if query.is_empty() { "/history".to_owned() } else { format!("/history?{query}") }
    }
}

#[derive(Template)]
#[template(path = "history.html")]
struct HistoryPage<'a> {
    frame: &'a Frame,
    filter: Filter,
    cards: Vec<Card<'a>>,
    /// Where older messages stand.
    older: Option<String>,
    /// How many were looked through, if that is all there is to say.
    looked_through: Option<i64>,
}

/// `GET /history?state=&to=&period=&cursor=`
async fn history(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Reader(language): Reader,
    filter: Result<Query<Filter>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(filter) = filter.unwrap_or_default();
    let after = MessageId::presented(&filter.cursor);
    let wish = HistoryWish {
        after: after.as_ref(),
        states: filter.states(),
        is_to_me: filter.is_to_me(),
        since: filter.since(app.clock.now()),
    };
    let (messages, next) = app.store.history(&session.account, &wish, ON_A_PAGE).await?;
    let attempts = app.store.attempts(&messages).await?;
    let key = app.tokens.data_key(&session.account).await?;
    let here = filter.address(&filter.cursor);
    let frame = Frame::of_person(&app, language, "/history").at(&here);
    let cards = messages
        .iter()
        .map(|message| Card::new(&frame, message, &attempts, key.as_ref(), (&here, false)))
        .collect::<Vec<_>>();
    Ok(render(&HistoryPage {
        frame: &frame,
        looked_through: (cards.is_empty() && next.is_some()).then_some(LOOKED_THROUGH),
        cards,
        older: next.map(|next| filter.address(next.as_str())),
        filter,
    }))
}

#[derive(Template)]
#[template(path = "history_message.html")]
struct MessagePage<'a> {
    frame: &'a Frame,
    card: Card<'a>,
    /// What was sent, as JSON.
    template: Option<String>,
}

/// `GET /history/{id}`: one message, with nothing left out.
async fn one(
    State(app): State<Arc<App>>,
    SignedIn(session): SignedIn,
    Reader(language): Reader,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let message = v1::find(&app, &session.account, &id).await?;
    let attempts = app.store.attempts(std::slice::from_ref(&message)).await?;
    let key = app.tokens.data_key(&session.account).await?;
    let here = format!("/history/{}", message.id);
    let frame = Frame::of_person(&app, language, "/history").at(&here);
    let content = key.as_ref().and_then(|key| outbox::opened(&message, key).ok().flatten());
    Ok(render(&MessagePage {
        frame: &frame,
        card: Card::new(&frame, &message, &attempts, key.as_ref(), (&here, true)),
        template: content.map(|content| format!("{:#}", content.template.to_json())),
    }))
}

/// Which page a button stood on.
#[derive(Default, Deserialize)]
struct Pressed {
    #[serde(default)]
    back: String,
}

impl Pressed {
    /// Back to the message on that page, which must be one of these.
    fn back_to(&self, id: &MessageId) -> Redirect {
        let is_ours = self.back == "/history"
            || self.back.starts_with("/history?")
            || self.back.starts_with("/history/");
        Redirect::to(&format!("{}#{id}", if is_ours { &self.back } else { "/history" }))
    }
}

/// `POST /history/{id}/cancel`
async fn cancel(
    State(app): State<Arc<App>>,
    Acting(session): Acting,
    Path(id): Path<String>,
    form: Result<Form<Pressed>, FormRejection>,
) -> Result<Redirect, Refusal> {
    let message = v1::find(&app, &session.account, &id).await?;
    v1::take_back(&app, &message).await?;
    Ok(form.unwrap_or_default().0.back_to(&message.id))
}

/// `POST /history/{id}/resend`
async fn resend(
    State(app): State<Arc<App>>,
    Acting(session): Acting,
    Path(id): Path<String>,
    form: Result<Form<Pressed>, FormRejection>,
) -> Result<Redirect, Refusal> {
    let message = v1::find(&app, &session.account, &id).await?;
    v1::send_again(&app, &message).await?;
    Ok(form.unwrap_or_default().0.back_to(&message.id))
}

/// `POST /history/{id}/tomorrow`
async fn tomorrow(
    State(app): State<Arc<App>>,
    Acting(session): Acting,
    Path(id): Path<String>,
    form: Result<Form<Pressed>, FormRejection>,
) -> Result<Redirect, Refusal> {
    let message = v1::find(&app, &session.account, &id).await?;
    if !outbox::put_off(&app, &message).await? {
        return Err(Refusal::too_late(Sentence::new(
            "내일로 미룰 것이 없습니다. 하루 한도 때문에 보내지 못한 메시지만 미룰 수 있습니다.",
            "There is nothing to put off: only what Kakao's daily quota held up can wait for tomorrow.",
        )));
    }
    Ok(form.unwrap_or_default().0.back_to(&message.id))
}
