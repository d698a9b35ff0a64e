//! Rows of text in a feed.

use std::ops::RangeInclusive;

use serde_json::Value;

use super::reading::{Reading, at, is_given};
use super::{Rule, shape};
use crate::template::Items;

/// What an amount may hold besides digits and Unicode's block of currency signs.
const AMOUNT: &str = "원$¢£¤¥￠￡￥￦., ";
const CURRENCY_SIGNS: RangeInclusive<char> = '\u{20a0}'..='\u{20cf}';

impl Reading<'_> {
    pub(super) fn items(&mut self, value: &Value, path: &str) {
        let items = self.array(value, path);
        if items.len() > Items::MAX {
            let (most, count) = (Items::MAX, items.len());
            self.found(
                Rule::TooManyItems,
                path,
                format!("아이템은 {most}개까지입니다({count}개)."),
                format!("It can have {most} rows at most, not {count}."),
            );
        }
        for (index, item) in items.iter().enumerate() {
            let path = at(path, index);
            if let Some(item) = self.object(&shape::ITEM_INFO, item, &path)
                && !(is_given(item, "item") && is_given(item, "item_op"))
            {
                self.found(
                    Rule::ItemIncomplete,
                    &path,
                    "item이나 item_op가 없어 보이지 않습니다.",
                    "Without item or item_op it is not shown.",
                );
            }
        }
    }

    pub(super) fn item_op(&mut self, value: &Value, path: &str) {
        let Some(amount) = self.text(value, path) else { return };
        self.shown(amount, 25, 2, path);
        let is_allowed =
            |c: char| c.is_ascii_digit() || c == '\n' || AMOUNT.contains(c) || CURRENCY_SIGNS.contains(&c);
        if let Some(other) = amount.chars().find(|c| !is_allowed(*c)) {
            self.found(
                Rule::ItemOpCharacters,
                path,
                format!("금액에 쓸 수 없는 글자가 있습니다: {other}"),
                format!("A character is not allowed in an amount: {other}"),
            );
        }
    }
}
