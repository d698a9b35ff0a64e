//! One reading of a template object, from the whole to its parts.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::shape::{self, Field, Shape};
use super::{Finding, LintOptions, Rule, spelling};

/// The longest title that Kakao recommends for a button.
const BUTTON_TITLE: usize = 8;
/// How many social counts are shown.
const SOCIAL_COUNTS: usize = 3;

type Object = Map<String, Value>;

pub(super) struct Reading<'a> {
    pub(super) options: &'a LintOptions,
    findings: Vec<Finding>,
}

impl<'a> Reading<'a> {
    pub(super) fn of(template: &Value, options: &'a LintOptions) -> Vec<Finding> {
        let mut reading = Self { options, findings: Vec::new() };
        reading.template(template);
        reading.findings
    }

    pub(super) fn found(&mut self, rule: Rule, path: &str, ko: impl Into<String>, en: impl Into<String>) {
        let [remedy_ko, remedy_en] = rule.remedy().map(str::to_owned);
        self.findings.push(Finding {
            severity: rule.severity(),
            rule,
            path: path.to_owned(),
            cause_ko: ko.into(),
            cause_en: en.into(),
            remedy_ko,
            remedy_en,
        });
    }

    fn template(&mut self, json: &Value) {
        let Some(template) = json.as_object() else {
            return self.found(
                Rule::NotAnObject,
                "",
                "템플릿이 JSON 객체가 아닙니다.",
                "The template is no JSON object.",
            );
        };
        let kind = template.get("object_type").and_then(Value::as_str).and_then(shape::template);
        let Some(fields) = kind else {
            return self.field(&shape::OBJECT_TYPE, template, "");
        };
        self.fields(fields, template, "");
        let has_button_title = fields.iter().any(|field| field.name == "button_title");
        if has_button_title && is_given(template, "button_title") && is_given(template, "buttons") {
            self.found(
                Rule::NotShown,
                "button_title",
                "buttons가 있으면 button_title은 무시됩니다.",
                "Beside buttons a button_title is ignored.",
            );
        }
    }

    fn fields(&mut self, fields: &'static [Field], object: &Object, path: &str) {
        for field in fields {
            self.field(field, object, path);
        }
        for name in object.keys() {
            if fields.iter().all(|field| field.name != name) {
                self.foreign(name, fields, path);
            }
        }
    }

    fn field(&mut self, field: &Field, object: &Object, path: &str) {
        let path = inside(path, field.name);
        match object.get(field.name) {
            None | Some(Value::Null) if field.required => {
                self.found(Rule::Missing, &path, "필수 필드가 없습니다.", "A required field is missing.");
            }
            None | Some(Value::Null) => {}
            Some(value) => {
                let is_blank = value.as_str().is_some_and(|text| text.trim().is_empty());
                if field.required && is_blank {
                    self.found(Rule::Blank, &path, "내용이 비어 있습니다.", "There is nothing to read.");
                }
                self.value(&field.shape, value, &path);
            }
        }
    }

    /// A field that does not belong where it stands.
    fn foreign(&mut self, name: &str, siblings: &[Field], path: &str) {
        let place = inside(path, name);
        if path.is_empty() && shape::is_of_some_template(name) {
            return self.found(
                Rule::NotShown,
                &place,
                "이 메시지에서는 보이지 않습니다.",
                "It is not shown in this message.",
            );
        }
        self.found(
            Rule::UnknownField,
            &place,
            "카카오가 모르는 필드입니다.",
            "Kakao does not know this field.",
        );
        self.suggest(name, siblings.iter().map(|field| field.name));
    }

    /// Says in the last finding what was probably meant.
    fn suggest<'n>(&mut self, written: &str, known: impl Iterator<Item = &'n str>) {
        if let (Some(meant), Some(finding)) = (spelling::nearest(written, known), self.findings.last_mut()) {
            finding.remedy_ko = format!("{meant}(으)로 쓰세요.");
            finding.remedy_en = format!("Write {meant}.");
        }
    }

    fn value(&mut self, shape: &Shape, value: &Value, path: &str) {
        match shape {
            Shape::Text { characters, lines } => {
                if let Some(text) = self.text(value, path) {
                    self.shown(text, *characters, *lines, path);
                }
            }
            Shape::Word(known) => self.word(known, value, path),
            Shape::ItemOp => self.item_op(value, path),
            Shape::ButtonTitle => self.button_title(value, path),
            Shape::ImageAddress => self.image_address(value, path),
            Shape::WebAddress => self.web_address(value, path),
            Shape::Integer(range) => self.number(range, value, path),
            Shape::ImageSide => self.image_side(value, path),
            Shape::Link => self.link(value, path),
            Shape::Content => self.content(value, path),
            Shape::Rows => self.rows(value, path),
            Shape::Buttons(most) => self.buttons(*most, value, path),
            Shape::Social => self.social(value, path),
            Shape::Commerce => self.commerce(value, path),
            Shape::ItemContent => {
                self.object(&shape::ITEM_CONTENT, value, path);
            }
            Shape::Items => self.items(value, path),
        }
    }

    pub(super) fn text<'v>(&mut self, value: &'v Value, path: &str) -> Option<&'v str> {
        let text = value.as_str();
        if text.is_none() {
            self.found(Rule::WrongType, path, "문자열이어야 합니다.", "It must be a string.");
        }
        text
    }

    pub(super) fn object<'v>(
        &mut self,
        fields: &'static [Field],
        value: &'v Value,
        path: &str,
    ) -> Option<&'v Object> {
        match value.as_object() {
            Some(object) => self.fields(fields, object, path),
            None => self.found(Rule::WrongType, path, "객체여야 합니다.", "It must be an object."),
        }
        value.as_object()
    }

    pub(super) fn array<'v>(&mut self, value: &'v Value, path: &str) -> &'v [Value] {
        let array = value.as_array();
        if array.is_none() {
            self.found(Rule::WrongType, path, "배열이어야 합니다.", "It must be an array.");
        }
        array.map_or(&[], Vec::as_slice)
    }

    /// A whole number. Kakao's JavaScript SDK refuses one that is a string; what the server does was not read.
    pub(super) fn integer(&mut self, value: &Value, path: &str) -> Option<i64> {
        let number = whole_number(value);
        if number.is_none() {
            self.found(Rule::WrongType, path, "정수여야 합니다.", "It must be an integer.");
        } else if value.is_string() {
            self.found(
                Rule::NumberAsString,
                path,
                "숫자가 문자열로 쓰여 있습니다. 카카오 JavaScript SDK는 거절합니다.",
                "A number is written as a string; Kakao's JavaScript SDK refuses that.",
            );
        }
        number
    }

    pub(super) fn shown(&mut self, text: &str, characters: usize, lines: usize, path: &str) {
        let count = text.chars().count();
        if count > characters {
            self.found(
                Rule::TextTooLong,
                path,
                format!("{count}자 중 앞 {characters}자만 보입니다."),
                format!("Only the first {characters} of {count} characters are shown."),
            );
        }
        let count = text.lines().count();
        if count > lines {
            self.too_many_lines(count, lines, path);
        }
    }

    pub(super) fn too_many_lines(&mut self, count: usize, shown: usize, path: &str) {
        self.found(
            Rule::TooManyLines,
            path,
            format!("{count}줄 중 {shown}줄만 보입니다."),
            format!("Only {shown} of {count} lines are shown."),
        );
    }

    fn word(&mut self, known: &[&str], value: &Value, path: &str) {
        let Some(word) = self.text(value, path) else { return };
        if !known.contains(&word) {
            let list = known.join(", ");
            self.found(
                Rule::UnknownValue,
                path,
                format!("{list} 중 하나여야 합니다."),
                format!("It must be one of {list}."),
            );
            self.suggest(word, known.iter().copied());
        }
    }

    fn button_title(&mut self, value: &Value, path: &str) {
        let Some(title) = self.text(value, path) else { return };
        let count = title.chars().count();
        if count > BUTTON_TITLE {
            self.found(
                Rule::ButtonTitleTooLong,
                path,
                format!("버튼 이름은 {BUTTON_TITLE}자까지 권장합니다({count}자)."),
                format!("Kakao recommends at most {BUTTON_TITLE} characters on a button, not {count}."),
            );
        }
    }

    fn number(&mut self, range: &RangeInclusive<i64>, value: &Value, path: &str) {
        if self.integer(value, path).is_some_and(|number| !range.contains(&number)) {
            let (least, most) = (range.start(), range.end());
            self.found(
                Rule::OutOfRange,
                path,
                format!("{least}부터 {most}까지여야 합니다."),
                format!("It must be between {least} and {most}."),
            );
        }
    }

    fn buttons(&mut self, most: usize, value: &Value, path: &str) {
        let buttons = self.array(value, path);
        if buttons.len() > most {
            let count = buttons.len();
            self.found(
                Rule::TooManyButtons,
                path,
                format!("버튼은 {most}개까지입니다({count}개)."),
                format!("It can have {most} buttons at most, not {count}."),
            );
        }
        for (index, button) in buttons.iter().enumerate() {
            self.object(&shape::BUTTON, button, &at(path, index));
        }
    }

    fn social(&mut self, value: &Value, path: &str) {
        let Some(social) = self.object(&shape::SOCIAL, value, path) else { return };
        let given = shape::SOCIAL.iter().filter(|field| is_given(social, field.name));
        for field in given.skip(SOCIAL_COUNTS) {
            self.found(
                Rule::SocialHidden,
                &inside(path, field.name),
                format!("소셜 정보는 앞의 {SOCIAL_COUNTS}개만 보입니다."),
                format!("Only the first {SOCIAL_COUNTS} social counts are shown."),
            );
        }
    }

    fn commerce(&mut self, value: &Value, path: &str) {
        let Some(commerce) = self.object(&shape::COMMERCE, value, path) else { return };
        if is_given(commerce, "discount_rate") && is_given(commerce, "fixed_discount_price") {
            self.found(
                Rule::DiscountsContradict,
                &inside(path, "fixed_discount_price"),
                "discount_rate와 함께 쓸 수 없습니다.",
                "It cannot stand beside discount_rate.",
            );
        }
        let number = |name: &str| commerce.get(name).and_then(whole_number);
        if let (Some(regular), Some(discount)) = (number("regular_price"), number("discount_price"))
            && discount > regular
        {
            self.found(
                Rule::DiscountPriceHigher,
                &inside(path, "discount_price"),
                "정가(regular_price)보다 비쌉니다.",
                "It is more than regular_price.",
            );
        }
    }
}

/// An optional field may be null instead of missing.
pub(super) fn is_given(object: &Object, name: &str) -> bool {
    object.get(name).is_some_and(|value| !value.is_null())
}

fn whole_number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

pub(super) fn inside(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

pub(super) fn at(path: &str, index: usize) -> String {
    format!("{path}[{index}]")
}
