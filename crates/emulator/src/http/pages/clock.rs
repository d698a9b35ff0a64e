//! The clock, which anybody may turn, and the way back to where the world began.

use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use jiff::civil::DateTime;
use jiff::{SignedDuration, Span};

use super::form::{Filled, Problem};
use super::frame::{Frame, Section, done, show};
use super::language::Language;
use super::words::Words;
use crate::live::LiveWorld;
use crate::world::quota::korean_time;

#[derive(Template)]
#[template(path = "clock.html")]
struct ClockPage {
    frame: Frame,
    t: &'static Words,
    now: String,
    /// As the browser's field for a date and time holds it.
    set: String,
    /// How far the clock has been turned from the real time, if at all.
    turned: Option<String>,
    is_behind: bool,
    problem: Option<Problem>,
}

impl ClockPage {
    fn new(live: &LiveWorld, language: Language) -> Self {
        let now = korean_time(live.clock().now());
        let offset = live.clock().offset();
        Self {
            frame: Frame::new(language, Section::Clock),
            t: language.words(),
            now: now.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            set: now.strftime("%Y-%m-%dT%H:%M").to_string(),
            turned: (offset != SignedDuration::ZERO).then(|| language.duration(offset.abs())),
            is_behind: offset.is_negative(),
            problem: None,
        }
    }
}

pub(super) async fn look(
    State(live): State<Arc<LiveWorld>>,
    language: Language,
    RawQuery(query): RawQuery,
) -> Response {
    let mut page = ClockPage::new(&live, language);
    page.frame = page.frame.saying_done(query.as_deref());
    show(&page)
}

pub(super) async fn turn(State(live): State<Arc<LiveWorld>>, language: Language, filled: Filled) -> Response {
    let set = filled.text("set").to_owned();
    let turned = live.turn_clock(|clock| {
        let now = korean_time(clock.now());
        let to = match filled.text("by") {
            "hour" => now.checked_add(Span::new().hours(1)).ok(),
            "day" => now.checked_add(Span::new().days(1)).ok(),
            "month" => now.checked_add(Span::new().months(1)).ok(),
            "set" => set.parse::<DateTime>().ok().and_then(|at| at.to_zoned(now.time_zone().clone()).ok()),
            "real" => {
                clock.set_offset(SignedDuration::ZERO);
                return true;
            }
            _ => None,
        };
        to.is_some_and(|to| clock.set(to.timestamp()).is_ok())
    });
    if turned {
        return done("/_emulator/clock");
    }
    let problem = Some(Problem::new("set", language.words().not_a_time));
    show(&ClockPage { set, problem, ..ClockPage::new(&live, language) })
}

pub(super) async fn reset(State(live): State<Arc<LiveWorld>>) -> Response {
    live.begin_again();
    done("/_emulator/")
}
