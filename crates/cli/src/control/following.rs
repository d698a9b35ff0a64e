//! Following a list of the emulator's that grows, though the world begins anew or the emulator restarts.

use std::ops::ControlFlow;
use std::time::Duration;

use katok_gateway::Sentence;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::{Control, ControlError};
use crate::failure::Failure;
use crate::output::Output;

/// How long is waited between two looks.
const PAUSE: Duration = Duration::from_millis(200);
/// How long an emulator may be away: longer than a restart takes.
const ABSENCE: Duration = Duration::from_mins(1);

/// How far a list has been read.
///
/// Numbers begin again with a new world or a new emulator. So the newest element that was seen is asked for once more
/// each time: where another stands in its place, it is another list.
#[derive(Debug, PartialEq)]
pub(crate) struct Tail {
    since: u64,
    newest: Option<Value>,
}

impl Tail {
    /// All after this number is still to be read.
    pub(crate) fn after(since: u64) -> Self {
        Self { since, newest: None }
    }

    /// After which number to ask.
    fn since(&self) -> u64 {
        let number = |newest: &Value| newest["id"].as_u64().map(|id| id.saturating_sub(1));
        self.newest.as_ref().and_then(number).unwrap_or(self.since)
    }

    /// What is new in the answer; none if the list has begun anew and has to be asked for again.
    fn take(&mut self, mut elements: Vec<Value>) -> Option<Vec<Value>> {
        if let Some(newest) = &self.newest {
            if elements.first() != Some(newest) {
                *self = Self::after(0);
                return None;
            }
            elements.remove(0);
        }
        if let Some(newest) = elements.last() {
            self.newest = Some(newest.clone());
        }
        Some(elements)
    }

    /// Reads what there is by now.
    pub(crate) async fn read(
        &mut self,
        control: &Control,
        list: &[&str],
    ) -> Result<Vec<Value>, ControlError> {
        let elements = control.get_since(list, self.since()).await?;
        Ok(self.take(elements).unwrap_or_default())
    }
}

/// Hands on what is new, until nobody wants more of it.
pub(crate) async fn follow(
    control: &mut Control,
    list: &[&str],
    mut tail: Tail,
    output: Output,
    mut shown: impl AsyncFnMut(&Control, Vec<Value>) -> Result<ControlFlow<()>, Failure>,
) -> Result<(), Failure> {
    let mut away_since: Option<Instant> = None;
    loop {
        let elements = match control.get_since(list, tail.since()).await {
            // Another world need not have this person.
            Err(ControlError::Refused(refusal)) if refusal.error == "no_such_person" => Ok(Vec::new()),
            elements => elements,
        };
        match elements {
            Ok(elements) => {
                away_since = None;
                let Some(new) = tail.take(elements) else {
                    output.say(&Sentence::new("(처음부터 다시 시작했습니다)", "(it began anew)"));
                    continue;
                };
                if shown(control, new).await?.is_break() {
                    return Ok(());
                }
            }
            Err(error @ (ControlError::Unanswered(_) | ControlError::NoEmulator(_))) => {
                if away_since.is_none() {
                    output.say(&Sentence::new(
                        "(에뮬레이터의 응답이 없어 기다립니다)",
                        "(the emulator does not answer; waiting for it)",
                    ));
                }
                if away_since.get_or_insert_with(Instant::now).elapsed() > ABSENCE {
                    return Err(error.into());
                }
                control.look_again();
            }
            Err(error) => return Err(error.into()),
        }
        sleep(PAUSE).await;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(id: u64, text: &str) -> Value {
        json!({"id": id, "text": text})
    }

    #[test]
    fn each_element_is_told_once() {
        let mut tail = Tail::after(0);
        let (one, two) = (message(1, "one"), message(2, "two"));
        assert_eq!(tail.take(vec![one.clone(), two.clone()]), Some(vec![one, two.clone()]));
        assert_eq!(tail.since(), 1);
        assert_eq!(tail.take(vec![two.clone()]), Some(vec![]));
        let five = message(5, "five");
        assert_eq!(tail.take(vec![two, five.clone()]), Some(vec![five]));
        assert_eq!(tail.since(), 4);
    }

    #[test]
    fn a_new_list_is_read_from_its_beginning() {
        for answer in [vec![], vec![message(7, "of the new one")], vec![message(9, "later")]] {
            let mut tail = Tail::after(0);
            tail.take(vec![message(7, "of the old one")]);
            assert_eq!(tail.take(answer), None);
            assert_eq!(tail, Tail::after(0));
        }
    }

    #[test]
    fn an_empty_list_is_asked_for_after_the_number_it_was_asked_for() {
        let mut tail = Tail::after(12);
        assert_eq!(tail.take(vec![]), Some(vec![]));
        assert_eq!(tail.since(), 12);
    }
}
