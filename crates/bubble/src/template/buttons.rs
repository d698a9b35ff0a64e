//! Buttons: the template's own, the default one, and those that KakaoTalk adds. See [Kakao Docs/Message Template/Button].

use super::COLUMNS;
use super::reading::{Field, Reading};
use crate::bubble::{Button, Part, Target};
use crate::mark::Fault;
use crate::text::{Fitted, Limit};

const DEFAULT: &str = "자세히 보기";
const MAP: &str = "위치 보기";
/// What KakaoTalk writes on the button of a calendar message is not documented.
const ADD_EVENT: &str = "일정 추가";
const SUBSCRIBE: &str = "캘린더 구독";
/// Two buttons with labels up to this long stand side by side.
const SHORT: usize = 5;
/// The columns of a label on a button that takes the whole width, and on half a one.
const WHOLE: usize = COLUMNS - 4;
const HALF: usize = 12;

/// A button before it is known how much of its label fits.
struct Wanted<'a> {
    label: &'a str,
    /// Where the label stands in the template, if it does.
    field: Option<Field<'a>>,
    target: Target,
}

impl Reading {
    pub(super) fn buttons(&mut self, root: &Field<'_>, most: usize, target: &Target) {
        let wanted = self.own_or_default(root, most, target);
        let is_short = |wanted: &Wanted<'_>| wanted.label.chars().take(SHORT + 1).count() <= SHORT;
        let side_by_side = wanted.len() == 2 && wanted.iter().all(is_short);
        self.button_part(wanted, side_by_side);
    }

    /// The right one is always KakaoTalk's, which opens its map.
    pub(super) fn location_buttons(&mut self, root: &Field<'_>, target: &Target) {
        let mut wanted = self.own_or_default(root, 1, target);
        wanted.push(Wanted { label: MAP, field: None, target: Target::KakaoTalk });
        self.button_part(wanted, true);
    }

    /// The first one is always KakaoTalk's; there is no default one.
    pub(super) fn calendar_buttons(&mut self, root: &Field<'_>) {
        let label = match root.at("id_type").value.as_str() {
            Some("event") => ADD_EVENT,
            Some("calendar") => SUBSCRIBE,
            _ => {
                self.mark(&root.at("id_type"), Fault::UnknownCalendar);
                ADD_EVENT
            }
        };
        let mut wanted = vec![Wanted { label, field: None, target: Target::KakaoTalk }];
        wanted.extend(self.own(root, 1));
        self.button_part(wanted, false);
    }

    fn own_or_default<'a>(&mut self, root: &Field<'a>, most: usize, target: &Target) -> Vec<Wanted<'a>> {
        let own = self.own(root, most);
        let title = root.at("button_title");
        if !own.is_empty() {
            if title.is_given() {
                self.mark(&title, Fault::NotShown);
            }
            return own;
        }
        let label = title.value.as_str().filter(|_| title.is_text()).unwrap_or(DEFAULT);
        vec![Wanted { label, field: Some(title), target: target.clone() }]
    }

    fn own<'a>(&mut self, root: &Field<'a>, most: usize) -> Vec<Wanted<'a>> {
        let mut wanted = Vec::new();
        for button in self.entries(&root.at("buttons"), most) {
            let title = button.at("title");
            match title.value.as_str() {
                Some(label) if title.is_text() => {
                    let target = self.link(&button.at("link"));
                    wanted.push(Wanted { label, field: Some(title), target });
                }
                _ => self.mark(&title, Fault::Missing),
            }
        }
        wanted
    }

    fn button_part(&mut self, wanted: Vec<Wanted<'_>>, side_by_side: bool) {
        let limit = Limit::line(if side_by_side { HALF } else { WHOLE });
        let mut buttons = Vec::new();
        for Wanted { label, field, target } in wanted {
            let own = field.and_then(|field| self.fitted(&field, limit));
            if let Some(title) = own.or_else(|| Fitted::of(label, limit)) {
                buttons.push(Button { title, target });
            }
        }
        if !buttons.is_empty() {
            self.parts.push(Part::Buttons { buttons, side_by_side });
        }
    }
}
