//! What makes a feed one of type B: header or profile, an item with its picture, rows of items and their sum.
//! See [Kakao Docs/Message Template/Item content].

use super::COLUMNS;
use super::content::BESIDE_PICTURE;
use super::reading::{Field, Reading};
use crate::bubble::Part;
use crate::mark::Fault;
use crate::text::Limit;

const ITEMS: usize = 5;

// Of what is limited in characters a line holds as many syllables and an ellipsis.
const PROFILE: Limit = Limit { characters: 16, lines: 1, columns: COLUMNS + 1 };
const IMAGE_ITEM: Limit = Limit { characters: 24, lines: 2, columns: BESIDE_PICTURE };
/// In smaller letters.
const CATEGORY: Limit = Limit { characters: 14, lines: 1, columns: 29 };
const ITEM: Limit = Limit { characters: 6, lines: 1, columns: 13 };
const AMOUNT: Limit = Limit { characters: 25, lines: 2, columns: 18 };
const SUM: Limit = Limit { characters: 6, lines: 1, columns: 13 };
const TOTAL: Limit = Limit { characters: 11, lines: 1, columns: 18 };

impl Reading {
    pub(super) fn item_content(&mut self, block: &Field<'_>) {
        if !self.is_object(block) {
            return;
        }
        let name = self.fitted(&block.at("profile_text"), PROFILE);
        let picture = self.picture(&block.at("profile_image_url"), 100);
        if name.is_some() || picture.is_some() {
            self.parts.push(Part::Profile { name, picture });
        }
        let title = self.fitted(&block.at("title_image_text"), IMAGE_ITEM);
        let category = self.fitted(&block.at("title_image_category"), CATEGORY);
        let picture = self.picture(&block.at("title_image_url"), 100);
        if title.is_some() || category.is_some() || picture.is_some() {
            self.parts.push(Part::ImageItem { title, category, picture });
        }
        self.items(&block.at("items"));
        let label = self.fitted(&block.at("sum"), SUM);
        let amount = self.fitted(&block.at("sum_op"), TOTAL);
        if label.is_some() || amount.is_some() {
            self.parts.push(Part::Sum { label, amount });
        }
    }

    fn items(&mut self, items: &Field<'_>) {
        let mut shown = Vec::new();
        for row in self.entries(items, ITEMS) {
            let item = self.fitted(&row.at("item"), ITEM);
            let amount = self.fitted(&row.at("item_op"), AMOUNT);
            match (item, amount) {
                (Some(item), Some(amount)) => shown.push((item, amount)),
                _ => self.mark(&row, Fault::ItemIncomplete),
            }
        }
        if !shown.is_empty() {
            self.parts.push(Part::Items(shown));
        }
    }
}
