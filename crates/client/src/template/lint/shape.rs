//! Kakao's template objects as their documents describe them: the fields of each object and what stands in them.
//!
//! See [Kakao Docs/Message template: Default].

use std::ops::RangeInclusive;

use crate::template::Text;

/// A field of an object.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) required: bool,
    pub(super) shape: Shape,
}

/// What stands in a field.
#[derive(Clone)]
pub(super) enum Shape {
    /// Text of which so many characters on so many lines are shown.
    Text {
        characters: usize,
        lines: usize,
    },
    /// One of these words.
    Word(&'static [&'static str]),
    /// The amount at the right of a row, for which not every character is allowed.
    ItemOp,
    ButtonTitle,
    ImageAddress,
    WebAddress,
    Integer(RangeInclusive<i64>),
    /// The width or height of a picture.
    ImageSide,
    Link,
    Content,
    Rows,
    /// At most so many buttons.
    Buttons(usize),
    Social,
    Commerce,
    ItemContent,
    Items,
}

/// Text that is shown whole, as far as is known.
const TEXT: Shape = Shape::Text { characters: usize::MAX, lines: usize::MAX };
const NUMBER: Shape = Shape::Integer(i64::MIN..=i64::MAX);

const fn shown(characters: usize, lines: usize) -> Shape {
    Shape::Text { characters, lines }
}

const fn required(name: &'static str, shape: Shape) -> Field {
    Field { name, required: true, shape }
}

const fn optional(name: &'static str, shape: Shape) -> Field {
    Field { name, required: false, shape }
}

pub(super) const OBJECT_TYPE: Field =
    required("object_type", Shape::Word(&["feed", "list", "location", "commerce", "text", "calendar"]));
const BUTTON_TITLE: Field = optional("button_title", Shape::ButtonTitle);

const fn buttons(most: usize) -> Field {
    optional("buttons", Shape::Buttons(most))
}

/// The fields of a template by its `object_type`.
pub(super) fn template(object_type: &str) -> Option<&'static [Field]> {
    KINDS.iter().find(|(name, _)| *name == object_type).map(|(_, fields)| *fields)
}

/// Whether some kind of template has or had this field, even if it has no place in others.
pub(super) fn is_of_some_template(name: &str) -> bool {
    let deprecated = ["header_image_url", "header_image_width", "header_image_height"];
    deprecated.contains(&name)
        || KINDS.iter().any(|(_, fields)| fields.iter().any(|field| field.name == name))
}

static KINDS: [(&str, &[Field]); 6] = [
    (
        "feed",
        &[
            OBJECT_TYPE,
            required("content", Shape::Content),
            optional("item_content", Shape::ItemContent),
            optional("social", Shape::Social),
            BUTTON_TITLE,
            buttons(2),
        ],
    ),
    (
        "list",
        &[
            OBJECT_TYPE,
            required("header_title", shown(200, usize::MAX)),
            required("header_link", Shape::Link),
            required("contents", Shape::Rows),
            BUTTON_TITLE,
            buttons(2),
        ],
    ),
    (
        "location",
        &[
            OBJECT_TYPE,
            required("address", TEXT),
            optional("address_title", TEXT),
            required("content", Shape::Content),
            optional("social", Shape::Social),
            BUTTON_TITLE,
            // The button on the right, which opens the map, is Kakao's.
            buttons(1),
        ],
    ),
    (
        "commerce",
        &[
            OBJECT_TYPE,
            required("content", Shape::Content),
            required("commerce", Shape::Commerce),
            BUTTON_TITLE,
            buttons(2),
        ],
    ),
    (
        "text",
        &[
            OBJECT_TYPE,
            required("text", shown(Text::SHOWN, usize::MAX)),
            required("link", Shape::Link),
            BUTTON_TITLE,
            buttons(2),
        ],
    ),
    (
        "calendar",
        &[
            OBJECT_TYPE,
            required("id_type", Shape::Word(&["event", "calendar"])),
            required("id", TEXT),
            required("content", Shape::Content),
            // The button that adds the event or subscribes is Kakao's.
            buttons(1),
        ],
    ),
];

pub(super) static CONTENT: [Field; 6] = [
    optional("title", TEXT),
    optional("description", TEXT),
    optional("image_url", Shape::ImageAddress),
    optional("image_width", Shape::ImageSide),
    optional("image_height", Shape::ImageSide),
    required("link", Shape::Link),
];

pub(super) static LINK: [Field; 4] = [
    optional("web_url", Shape::WebAddress),
    optional("mobile_web_url", Shape::WebAddress),
    optional("android_execution_params", TEXT),
    optional("ios_execution_params", TEXT),
];

pub(super) static BUTTON: [Field; 2] = [required("title", Shape::ButtonTitle), required("link", Shape::Link)];

/// In the order in which KakaoTalk shows the first three.
pub(super) static SOCIAL: [Field; 5] = [
    optional("like_count", NUMBER),
    optional("comment_count", NUMBER),
    optional("shared_count", NUMBER),
    optional("view_count", NUMBER),
    optional("subscriber_count", NUMBER),
];

pub(super) static COMMERCE: [Field; 7] = [
    required("regular_price", NUMBER),
    optional("discount_price", NUMBER),
    optional("discount_rate", Shape::Integer(0..=100)),
    optional("fixed_discount_price", NUMBER),
    optional("product_name", TEXT),
    optional("currency_unit", TEXT),
    optional("currency_unit_position", Shape::Integer(0..=1)),
];

pub(super) static ITEM_CONTENT: [Field; 8] = [
    optional("profile_text", shown(16, usize::MAX)),
    optional("profile_image_url", Shape::ImageAddress),
    optional("title_image_text", shown(24, 2)),
    optional("title_image_url", Shape::ImageAddress),
    optional("title_image_category", shown(14, 1)),
    optional("items", Shape::Items),
    optional("sum", shown(6, usize::MAX)),
    optional("sum_op", shown(11, usize::MAX)),
];

/// Both are required, but a row without them is hidden and the message sent.
pub(super) static ITEM_INFO: [Field; 2] =
    [optional("item", shown(6, usize::MAX)), optional("item_op", Shape::ItemOp)];
