//! Contents, alone and as rows of a list, and their pictures.

use std::ops::RangeInclusive;

use serde_json::Value;

use super::reading::{Reading, at, is_given};
use super::{Rule, shape, web_address};

/// How many lines title and description of a content share.
const CONTENT_LINES: usize = 4;
/// The shortest side of a picture.
const IMAGE_SIDE: i64 = 200;
/// How many rows a list has.
const ROWS: RangeInclusive<usize> = 2..=3;

impl Reading<'_> {
    pub(super) fn content(&mut self, value: &Value, path: &str) {
        let Some(content) = self.object(&shape::CONTENT, value, path) else { return };
        let given: Vec<_> = ["title", "description", "image_url"]
            .into_iter()
            .filter(|name| is_given(content, name))
            .collect();
        if given.is_empty() {
            self.found(
                Rule::ContentEmpty,
                path,
                "title, description, image_url이 모두 없습니다.",
                "It has neither title nor description nor image_url.",
            );
        } else if given.iter().all(|name| content[*name].as_str().is_some_and(|text| text.trim().is_empty()))
        {
            self.found(Rule::Blank, path, "내용이 비어 있습니다.", "There is nothing to read or see.");
        }
        let lines =
            |name: &str| content.get(name).and_then(Value::as_str).map_or(0, |text| text.lines().count());
        let count = lines("title") + lines("description");
        if count > CONTENT_LINES {
            self.too_many_lines(count, CONTENT_LINES, path);
        }
    }

    pub(super) fn rows(&mut self, value: &Value, path: &str) {
        let rows = self.array(value, path);
        if value.is_array() && !ROWS.contains(&rows.len()) {
            let count = rows.len();
            self.found(
                Rule::ListRows,
                path,
                format!("항목은 2개나 3개여야 합니다({count}개)."),
                format!("It must have 2 or 3 rows, not {count}."),
            );
        }
        for (index, row) in rows.iter().enumerate() {
            let path = at(path, index);
            self.content(row, &path);
            if let Some(row) = row.as_object()
                && !(is_given(row, "title") && is_given(row, "image_url"))
            {
                self.found(
                    Rule::ListRowIncomplete,
                    &path,
                    "리스트의 항목에는 제목과 이미지가 있어야 합니다.",
                    "A row of a list should have a title and a picture.",
                );
            }
        }
    }

    pub(super) fn image_address(&mut self, value: &Value, path: &str) {
        let Some(address) = self.text(value, path) else { return };
        if !web_address::parse(address).is_some_and(|url| web_address::is_public(&url)) {
            self.found(
                Rule::ImageUnreachable,
                path,
                "카카오가 가져갈 수 없는 주소라 이미지가 보이지 않습니다.",
                "Kakao cannot fetch the image from this address and does not show it.",
            );
        }
    }

    pub(super) fn image_side(&mut self, value: &Value, path: &str) {
        if self.integer(value, path).is_some_and(|side| side < IMAGE_SIDE) {
            self.found(
                Rule::ImageTooSmall,
                path,
                format!("{IMAGE_SIDE}px보다 작은 이미지는 보이지 않을 수 있습니다."),
                format!("An image under {IMAGE_SIDE} px may not be shown."),
            );
        }
    }
}
