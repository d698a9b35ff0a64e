//! A bubble as lines of a terminal. Nothing of the template steers it: the model holds no control characters.

use crate::bubble::{Bubble, Button, Part, Picture};
use crate::language::Language;
use crate::template::COLUMNS;
use crate::text::{Fitted, Limit, columns};

/// Stands where a small picture is.
const THUMBNAIL: [&str; 2] = ["▒▒▒", "▒▒▒"];

pub(crate) fn write(bubble: &Bubble, language: Language) -> String {
    let mut sheet = Sheet { lines: Vec::new(), language };
    sheet.rule('┌', '┐');
    for (index, part) in bubble.parts.iter().enumerate() {
        if index > 0 && (part.is_set_off() || matches!(part, Part::Buttons { .. })) {
            sheet.rule('├', '┤');
        }
        sheet.part(part);
    }
    sheet.rule('└', '┘');
    let marks = bubble.marks.iter().map(|mark| format!("⚠ {}", mark.sentence(language)));
    sheet.lines.into_iter().chain(marks).map(|line| line + "\n").collect()
}

struct Sheet {
    lines: Vec<String>,
    language: Language,
}

impl Sheet {
    fn rule(&mut self, left: char, right: char) {
        self.lines.push(format!("{left}{}{right}", "─".repeat(COLUMNS + 2)));
    }

    fn line(&mut self, text: &str) {
        self.lines.push(format!("│ {} │", padded(text, COLUMNS)));
    }

    fn text(&mut self, text: &Fitted) {
        for line in &text.lines {
            self.line(line);
        }
    }

    /// Words of our own or several of the model's in one, which may need more than a line.
    fn wrapped(&mut self, text: &str) {
        if let Some(text) = Fitted::of(text, Limit::lines(4, COLUMNS)) {
            self.text(&text);
        }
    }

    fn picture(&mut self, picture: &Picture) {
        let name = match (&picture.source, self.language) {
            (Some(_), Language::Korean) => " 이미지 ",
            (Some(_), Language::English) => " image ",
            (None, Language::Korean) => " 이미지 없음 ",
            (None, Language::English) => " no image ",
        };
        let around = COLUMNS - columns(name);
        let shade = |width| "▒".repeat(width);
        self.line(&shade(COLUMNS));
        self.line(&format!("{}{name}{}", shade(around / 2), shade(around - around / 2)));
        self.line(&shade(COLUMNS));
    }

    /// Texts with a small picture at their right.
    fn beside(&mut self, texts: [Option<&Fitted>; 2], picture: bool) {
        let lines: Vec<&str> =
            texts.into_iter().flatten().flat_map(|text| &text.lines).map(String::as_str).collect();
        let thumbnail = if picture { &THUMBNAIL[..] } else { &[] };
        for index in 0..lines.len().max(thumbnail.len()) {
            self.ends(lines.get(index).unwrap_or(&""), thumbnail.get(index).unwrap_or(&""));
        }
    }

    /// A label at the left, and the lines of an amount at the right.
    fn row(&mut self, label: Option<&Fitted>, amount: Option<&Fitted>) {
        let label = label.map_or("", |label| &label.lines[0]);
        let amounts = amount.map_or(&[][..], |amount| &amount.lines);
        for index in 0..amounts.len().max(1) {
            let label = if index == 0 { label } else { "" };
            self.ends(label, amounts.get(index).map_or("", String::as_str));
        }
    }

    fn ends(&mut self, left: &str, right: &str) {
        self.line(&format!("{}{right}", padded(left, COLUMNS.saturating_sub(columns(right)))));
    }

    fn buttons(&mut self, buttons: &[Button], side_by_side: bool) {
        let labels = buttons.iter().map(|button| format!("[ {} ]", button.title.lines[0]));
        if side_by_side {
            self.line(&labels.map(|label| centred(&label, COLUMNS / 2)).collect::<String>());
        } else {
            labels.for_each(|label| self.line(&centred(&label, COLUMNS)));
        }
    }

    fn part(&mut self, part: &Part) {
        match part {
            Part::Unshowable(fault) => {
                self.line(self.language.choose("보여 줄 수 없는 메시지", "A message that cannot be shown"));
                self.wrapped(&fault.sentence(self.language));
            }
            Part::Text(words) | Part::Header(words) => self.text(&words.text),
            Part::Picture(picture) => self.picture(picture),
            Part::Profile { name, picture } => {
                let face = if picture.is_some() { "● " } else { "" };
                let name = name.as_ref().map_or("", |name| &name.shown);
                self.wrapped(&format!("{face}{name}"));
            }
            Part::ImageItem { title, category, picture } => {
                self.beside([title.as_ref(), category.as_ref()], picture.is_some());
            }
            Part::Items(items) => {
                for (item, amount) in items {
                    self.row(Some(item), Some(amount));
                }
            }
            Part::Sum { label, amount } => self.row(label.as_ref(), amount.as_ref()),
            Part::Words { title, description } => {
                for words in [title, description].into_iter().flatten() {
                    self.text(&words.text);
                }
            }
            Part::Row { title, description, picture } => {
                let words = [title, description].map(|words| words.as_ref().map(|words| &words.text));
                self.beside(words, picture.is_some());
            }
            Part::Social(counts) => {
                let counts =
                    counts.iter().map(|(count, number)| format!("{} {number}", count.name(self.language)));
                self.wrapped(&counts.collect::<Vec<_>>().join("  "));
            }
            Part::ProductName(name) => self.text(name),
            Part::Price { now, before, badge } => {
                let badge = badge.as_ref().map(|badge| format!(" [{badge}]")).unwrap_or_default();
                self.wrapped(&format!("{now}{badge}"));
                if let Some(before) = before {
                    self.wrapped(&format!("{} {before}", self.language.choose("정가", "was")));
                }
            }
            Part::Buttons { buttons, side_by_side } => self.buttons(buttons, *side_by_side),
        }
    }
}

fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

fn centred(text: &str, width: usize) -> String {
    let left = width.saturating_sub(columns(text)) / 2;
    padded(&format!("{}{text}", " ".repeat(left)), width)
}
