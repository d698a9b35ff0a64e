//! The rules of the linter: their names, how bad a breach is, and what to do about it.

use std::fmt;

use serde::{Serialize, Serializer};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Kakao sends the message, but cuts, hides or drops something of it.
    Warning,
    /// Kakao refuses the whole message (-2).
    Error,
}

/// What a template can break. The names do not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// The template is no JSON object.
    NotAnObject,
    /// A required field is missing or null.
    Missing,
    /// A value of another type than documented.
    WrongType,
    /// A word that is none of those Kakao knows for this field.
    UnknownValue,
    /// A number that is too small or too large.
    OutOfRange,
    /// A content without title, description and picture.
    ContentEmpty,
    /// More buttons than this kind of template has.
    TooManyButtons,
    /// A list of fewer than 2 or more than 3 rows.
    ListRows,
    /// More than 5 rows of text.
    TooManyItems,
    /// A required text in which there is nothing to read.
    Blank,
    /// More characters than are shown.
    TextTooLong,
    /// More lines than are shown.
    TooManyLines,
    /// A longer button title than recommended.
    ButtonTitleTooLong,
    /// A character that is not allowed in an amount.
    ItemOpCharacters,
    /// A row of text without name or amount, which is not shown.
    ItemIncomplete,
    /// A row of a list without title or picture.
    ListRowIncomplete,
    /// A social count after the first three, which is not shown.
    SocialHidden,
    /// A picture of less than 200 pixels.
    ImageTooSmall,
    /// A picture that Kakao cannot fetch.
    ImageUnreachable,
    /// A link without any address.
    LinkOpensNothing,
    /// A link that does not open on a computer.
    LinkWithoutWebUrl,
    /// A link to what is no web page.
    LinkNotWeb,
    /// A link outside the domains registered for the app.
    LinkNotRegistered,
    /// A whole number written as a string.
    NumberAsString,
    /// A discount both in percent and in money.
    DiscountsContradict,
    /// A discount price above the regular price.
    DiscountPriceHigher,
    /// A field of Kakao's that this template has no place for.
    NotShown,
    /// A field that Kakao does not know.
    UnknownField,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 28] = [
        Self::NotAnObject,
        Self::Missing,
        Self::WrongType,
        Self::UnknownValue,
        Self::OutOfRange,
        Self::ContentEmpty,
        Self::TooManyButtons,
        Self::ListRows,
        Self::TooManyItems,
        Self::Blank,
        Self::TextTooLong,
        Self::TooManyLines,
        Self::ButtonTitleTooLong,
        Self::ItemOpCharacters,
        Self::ItemIncomplete,
        Self::ListRowIncomplete,
        Self::SocialHidden,
        Self::ImageTooSmall,
        Self::ImageUnreachable,
        Self::LinkOpensNothing,
        Self::LinkWithoutWebUrl,
        Self::LinkNotWeb,
        Self::LinkNotRegistered,
        Self::NumberAsString,
        Self::DiscountsContradict,
        Self::DiscountPriceHigher,
        Self::NotShown,
        Self::UnknownField,
    ];

    /// Its name, such as `text_too_long`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.entry().0
    }

    /// How bad a breach of it is.
    #[must_use]
    pub fn severity(self) -> Severity {
        self.entry().1
    }

    /// What to do about it, in Korean and English.
    pub(super) fn remedy(self) -> [&'static str; 2] {
        self.entry().2
    }

    #[expect(clippy::too_many_lines, reason = "a table of the rules, one after the other")]
    fn entry(self) -> (&'static str, Severity, [&'static str; 2]) {
        use Severity::{Error, Warning};
        match self {
            Self::NotAnObject => (
                "not_an_object",
                Error,
                [
                    "{\"object_type\": …} 모양의 JSON 객체로 쓰세요.",
                    "Write a JSON object: {\"object_type\": …}.",
                ],
            ),
            Self::Missing => ("missing", Error, ["이 필드를 채우세요.", "Fill this field in."]),
            Self::WrongType => {
                ("wrong_type", Error, ["문서에 적힌 타입으로 쓰세요.", "Write it in the documented type."])
            }
            Self::UnknownValue => (
                "unknown_value",
                Error,
                ["문서에 적힌 값 중 하나로 쓰세요.", "Write one of the documented values."],
            ),
            Self::OutOfRange => {
                ("out_of_range", Error, ["범위 안의 값으로 쓰세요.", "Write a number within the range."])
            }
            Self::ContentEmpty => (
                "content_empty",
                Error,
                [
                    "title, description, image_url 중 하나는 넣으세요.",
                    "Give at least one of title, description and image_url.",
                ],
            ),
            Self::TooManyButtons => {
                ("too_many_buttons", Error, ["버튼을 줄이세요.", "Leave some buttons out."])
            }
            Self::ListRows => ("list_rows", Error, ["항목을 2개나 3개로 맞추세요.", "Give 2 or 3 rows."]),
            Self::TooManyItems => (
                "too_many_items",
                Error,
                ["아이템을 빼거나 합치세요.", "Leave some rows out or add them up."],
            ),
            Self::Blank => ("blank", Warning, ["보여 줄 내용을 쓰세요.", "Write something to read."]),
            Self::TextTooLong => ("text_too_long", Warning, ["더 짧게 쓰세요.", "Write less."]),
            Self::TooManyLines => ("too_many_lines", Warning, ["줄 수를 줄이세요.", "Write fewer lines."]),
            Self::ButtonTitleTooLong => {
                ("button_title_too_long", Warning, ["버튼 이름을 줄이세요.", "Shorten the title."])
            }
            Self::ItemOpCharacters => (
                "item_op_characters",
                Warning,
                [
                    "숫자, 통화 기호, 쉼표, 마침표, 공백만 쓰세요.",
                    "Write digits, currency signs, commas, full stops and spaces only.",
                ],
            ),
            Self::ItemIncomplete => {
                ("item_incomplete", Warning, ["item과 item_op를 모두 쓰세요.", "Give both item and item_op."])
            }
            Self::ListRowIncomplete => (
                "list_row_incomplete",
                Warning,
                ["title과 image_url을 모두 쓰세요.", "Give both title and image_url."],
            ),
            Self::SocialHidden => {
                ("social_hidden", Warning, ["꼭 보여 줄 세 개만 남기세요.", "Keep the three that matter."])
            }
            Self::ImageTooSmall => (
                "image_too_small",
                Warning,
                ["200x200px 이상의 이미지를 쓰세요.", "Take an image of 200x200 px or more."],
            ),
            Self::ImageUnreachable => (
                "image_unreachable",
                Warning,
                [
                    "인터넷 어디서나 열리는 http:// 또는 https:// 주소를 쓰세요.",
                    "Write an http:// or https:// address that opens from everywhere on the internet.",
                ],
            ),
            Self::LinkOpensNothing => {
                ("link_opens_nothing", Warning, ["web_url을 넣으세요.", "Give a web_url."])
            }
            Self::LinkWithoutWebUrl => (
                "link_without_web_url",
                Warning,
                [
                    "PC에서도 열려야 하면 web_url을 넣으세요.",
                    "Give a web_url if it shall open on computers too.",
                ],
            ),
            Self::LinkNotWeb => (
                "link_not_web",
                Warning,
                ["http:// 또는 https:// 주소를 쓰세요.", "Write an http:// or https:// address."],
            ),
            Self::LinkNotRegistered => (
                "link_not_registered",
                Warning,
                [
                    "[앱] > [제품 링크 관리] > [웹 도메인]에 이 도메인을 등록하거나 등록된 도메인의 주소를 쓰세요.",
                    "Register the domain in [App] > [Product Link] > [Web domain], or link to a registered one.",
                ],
            ),
            Self::NumberAsString => {
                ("number_as_string", Warning, ["따옴표를 빼세요.", "Leave the quotation marks out."])
            }
            Self::DiscountsContradict => (
                "discounts_contradict",
                Warning,
                [
                    "discount_rate와 fixed_discount_price 중 하나만 쓰세요.",
                    "Give either discount_rate or fixed_discount_price.",
                ],
            ),
            Self::DiscountPriceHigher => (
                "discount_price_higher",
                Warning,
                ["정가와 할인가를 확인하세요.", "Check the regular and the discount price."],
            ),
            Self::NotShown => ("not_shown", Warning, ["이 필드를 지우세요.", "Leave this field out."]),
            Self::UnknownField => {
                ("unknown_field", Warning, ["필드 이름을 확인하세요.", "Check the name of the field."])
            }
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
