//! The social row. See [Kakao Docs/Message Template/Social].

use super::reading::{Field, Reading};
use crate::bubble::{Count, Part};
use crate::mark::Fault;
use crate::number;

/// In Kakao's order, of which the first ones that are given are shown.
const ORDER: [(&str, Count); 5] = [
    ("like_count", Count::Likes),
    ("comment_count", Count::Comments),
    ("shared_count", Count::Shares),
    ("view_count", Count::Views),
    ("subscriber_count", Count::Subscribers),
];
const SHOWN: usize = 3;

impl Reading {
    pub(super) fn social(&mut self, social: &Field<'_>) {
        if !self.is_object(social) {
            return;
        }
        let mut counts = Vec::new();
        for (name, count) in ORDER {
            let Some(number) = self.number(&social.at(name)) else { continue };
            if counts.len() == SHOWN {
                self.mark(social, Fault::TooMany(SHOWN));
                break;
            }
            counts.push((count, number::count(number)));
        }
        if !counts.is_empty() {
            self.parts.push(Part::Social(counts));
        }
    }
}
