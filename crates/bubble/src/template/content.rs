//! Contents, alone and as the rows of a list. See [Kakao Docs/Message Template/Content].

use super::reading::{Field, Reading};
use super::{COLUMNS, CONTENT_LINES, Source};
use crate::bubble::{Part, Target, Words};
use crate::mark::Fault;
use crate::text::Limit;

/// The columns beside the picture of a row.
pub(super) const BESIDE_PICTURE: usize = 24;
/// The shortest side of a picture.
const SIDE: u64 = 200;
/// The shapes a picture may have, in hundredths of its width: 2:1 to about 3:4. It is wide where it does not say.
const FLATTEST: u32 = 50;
const TALLEST: u32 = 135;
/// How many rows a list has; those of the template tool may have more, how many is not documented.
const FEWEST_ROWS: usize = 2;
const ROWS: usize = 3;
const CUSTOM_ROWS: usize = 5;

impl Reading {
    pub(super) fn content_link(&mut self, content: &Field<'_>) -> Target {
        if !content.is_given() {
            self.mark(content, Fault::Missing);
        }
        if self.is_object(content) { self.link(&content.at("link")) } else { Target::Nowhere }
    }

    pub(super) fn picture_part(&mut self, content: &Field<'_>) {
        let ratio = self.ratio(content);
        if let Some(picture) = self.picture(&content.at("image_url"), ratio) {
            self.parts.push(Part::Picture(picture));
        }
    }

    fn ratio(&mut self, content: &Field<'_>) -> u32 {
        let [width, height] = ["image_width", "image_height"].map(|name| {
            let side = self.number(&content.at(name));
            if side.is_some_and(|side| side < SIDE) {
                self.mark(&content.at(name), Fault::TooSmall);
            }
            side
        });
        let (Some(width @ 1..), Some(height @ 1..)) = (width, height) else { return FLATTEST };
        // In steps, so that a page needs a class for each and no style of its own.
        let steps = (u128::from(height) * 20 + u128::from(width) / 2) / u128::from(width);
        let ratio = u32::try_from(steps * 5).unwrap_or(u32::MAX);
        if !(FLATTEST..=TALLEST).contains(&ratio) {
            self.mark(&content.at("image_url"), Fault::Cropped);
        }
        ratio.clamp(FLATTEST, TALLEST)
    }

    pub(super) fn content_words(&mut self, content: &Field<'_>, lines: usize, target: &Target) {
        let (title, description) = self.title_and_description(content, lines, COLUMNS, target);
        if title.is_some() || description.is_some() {
            self.parts.push(Part::Words { title, description });
        }
    }

    /// They share their lines; beside a description the title takes half of them at most.
    fn title_and_description(
        &mut self,
        content: &Field<'_>,
        lines: usize,
        columns: usize,
        target: &Target,
    ) -> (Option<Words>, Option<Words>) {
        let of_title = if content.at("description").is_text() { lines / 2 } else { lines };
        let title = self.words(&content.at("title"), Limit::lines(of_title, columns), target);
        let left = lines - title.as_ref().map_or(0, |title| title.text.lines.len());
        let description = self.words(&content.at("description"), Limit::lines(left, columns), target);
        (title, description)
    }

    pub(super) fn rows(&mut self, contents: &Field<'_>) {
        let most = if self.source == Source::Custom { CUSTOM_ROWS } else { ROWS };
        let rows = self.entries(contents, most);
        if rows.len() < FEWEST_ROWS {
            self.mark(contents, Fault::TooFew(FEWEST_ROWS));
        }
        for row in rows {
            if !self.is_object(&row) {
                continue;
            }
            let target = self.link(&row.at("link"));
            let picture = self.picture(&row.at("image_url"), 100);
            let (title, description) =
                self.title_and_description(&row, CONTENT_LINES, BESIDE_PICTURE, &target);
            if title.is_none() || picture.is_none() {
                self.mark(&row, Fault::RowIncomplete);
            }
            if title.is_some() || description.is_some() || picture.is_some() {
                self.parts.push(Part::Row { title, description, picture });
            }
        }
    }
}
