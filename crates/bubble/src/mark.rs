//! Marks: what is cut, missing or against Kakao's rules, said beside the bubble.

use crate::language::Language;

/// Something that a phone shows otherwise than the sender may think.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The path of the field, such as `content.link`; empty for the whole.
    pub place: String,
    pub(crate) fault: Fault,
}

/// What is the matter with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    NotJson,
    UnknownKind,
    NothingToShow,
    Missing,
    NotText,
    NotNumber,
    NumberAsText,
    NotObject,
    NotList,
    Cut,
    /// Only so many of a list are shown.
    TooMany(usize),
    /// A list has fewer than it must have.
    TooFew(usize),
    /// It has no place in this message, or another field takes its place.
    NotShown,
    /// A row of a list without title or picture.
    RowIncomplete,
    /// A row of items without one of its halves.
    ItemIncomplete,
    NotWeb,
    TooSmall,
    Cropped,
    OpensNothing,
    Blocked,
    BesideRate,
    AbovePrice,
    AboveHundred,
    NotZeroOrOne,
    UnknownCalendar,
    WithoutDiscount,
    Unfilled,
}

impl Mark {
    /// What is the matter, and where, as a line without control characters or anything else of the template's content.
    #[must_use]
    pub fn sentence(&self, language: Language) -> String {
        let what = self.fault.sentence(language);
        if self.place.is_empty() { what } else { format!("{}: {what}", self.place) }
    }
}

impl Fault {
    pub(crate) fn sentence(self, language: Language) -> String {
        let (korean, english) = match self {
            Self::TooMany(most) => {
                return language.choose(
                    format!("앞의 {most}개만 보입니다."),
                    format!("Of these only {most} can be shown."),
                );
            }
            Self::TooFew(least) => {
                return language
                    .choose(format!("{least}개 이상이어야 합니다."), format!("It needs {least} or more."));
            }
            Self::NotJson => ("JSON으로 읽을 수 없습니다.", "It cannot be read as JSON."),
            Self::UnknownKind => (
                "object_type이 feed, list, location, commerce, text, calendar 중 하나가 아닙니다.",
                "object_type is none of feed, list, location, commerce, text and calendar.",
            ),
            Self::NothingToShow => ("보여 줄 내용이 없습니다.", "There is nothing to show."),
            Self::Missing => ("필수 필드가 없습니다.", "A required field is missing."),
            Self::NotText => ("문자열이 아니라 보이지 않습니다.", "It is no string, so it is not shown."),
            Self::NotNumber => (
                "0 이상의 정수가 아니라 보이지 않습니다.",
                "It is no whole number from 0 up, so it is not shown.",
            ),
            Self::NumberAsText => ("숫자가 문자열로 쓰여 있습니다.", "A number is written as a string."),
            Self::NotObject => ("객체가 아니라 보이지 않습니다.", "It is no object, so it is not shown."),
            Self::NotList => ("배열이 아니라 보이지 않습니다.", "It is no array, so it is not shown."),
            Self::Cut => ("뒷부분은 잘려서 보이지 않습니다.", "The end is cut off."),
            Self::NotShown => ("이 메시지에서는 보이지 않습니다.", "It is not shown in this message."),
            Self::RowIncomplete => ("제목이나 이미지가 없습니다.", "It lacks a title or a picture."),
            Self::ItemIncomplete => {
                ("item이나 item_op가 없어 보이지 않습니다.", "Without item or item_op it is not shown.")
            }
            Self::NotWeb => (
                "http나 https 주소가 아니라 보이지 않습니다.",
                "It is no http or https address, so it is not shown.",
            ),
            Self::TooSmall => (
                "200px보다 작은 이미지는 보이지 않을 수 있습니다.",
                "A picture under 200 px may not be shown.",
            ),
            Self::Cropped => (
                "이미지의 비율이 2:1과 3:4 사이가 아니라 잘립니다.",
                "The picture is cropped: its shape is not between 2:1 and 3:4.",
            ),
            Self::OpensNothing => ("아무것도 열지 않습니다.", "It opens nothing."),
            Self::Blocked => (
                "등록되지 않은 도메인이라 열리지 않습니다.",
                "Its domain is not registered, so it does not open.",
            ),
            Self::BesideRate => {
                ("discount_rate와 함께 쓸 수 없습니다.", "It cannot stand beside discount_rate.")
            }
            Self::AbovePrice => ("정가(regular_price)보다 비쌉니다.", "It is more than regular_price."),
            Self::AboveHundred => ("100을 넘어 보이지 않습니다.", "It is above 100, so it is not shown."),
            Self::NotZeroOrOne => ("0이나 1이 아닙니다.", "It is neither 0 nor 1."),
            Self::UnknownCalendar => ("event나 calendar가 아닙니다.", "It is neither event nor calendar."),
            Self::WithoutDiscount => ("없으면 할인이 보이지 않습니다.", "Without it no discount is shown."),
            Self::Unfilled => ("값이 없는 변수가 있습니다.", "A variable has no value."),
        };
        language.choose(korean, english).to_owned()
    }
}
