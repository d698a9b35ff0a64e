//! The form of each kind, field by field: from this one table the form is drawn, read and told what is wrong with it.

use katok_bubble::Language;

use super::path;

/// A part of the form with a heading.
pub(crate) struct Section {
    ko: &'static str,
    en: &'static str,
    /// Whether the section may be left out, and is folded away as long as nothing is in it.
    pub(crate) is_folded: bool,
    pub(crate) parts: &'static [Part],
}

/// Fields that stand side by side in one object of the template.
pub(crate) struct Part {
    /// Where the object stands in the template.
    at: &'static str,
    /// Whether few need them: then they are folded away.
    pub(crate) is_rare: bool,
    pub(crate) fields: &'static [Field],
}

/// One field.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    ko: &'static str,
    en: &'static str,
    pub(crate) input: Input,
    /// How many characters are shown of it.
    pub(crate) limit: Option<usize>,
    pub(crate) is_required: bool,
    /// What might stand there.
    example: (&'static str, &'static str),
}

/// How a field is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    Line,
    Lines,
    Address,
    /// A whole number.
    Number,
    /// One of these words or numbers: what is written, in Korean, in English.
    Choice(&'static [(&'static str, &'static str, &'static str)]),
}

impl Section {
    pub(crate) fn title(&self, language: Language) -> &'static str {
        language.choose(self.ko, self.en)
    }

    /// Its fields by their paths.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (String, &'static Field)> {
        self.parts.iter().flat_map(Part::paths)
    }

    pub(crate) fn has_rare_fields(&self) -> bool {
        self.parts.iter().any(|part| part.is_rare)
    }

    /// Those of them that few need.
    pub(crate) fn rare_fields(&self) -> impl Iterator<Item = (String, &'static Field)> {
        self.parts.iter().filter(|part| part.is_rare).flat_map(Part::paths)
    }
}

impl Part {
    pub(crate) fn paths(&self) -> impl Iterator<Item = (String, &'static Field)> + use<> {
        let at = self.at;
        self.fields.iter().map(move |field| (path::inside(at, field.name), field))
    }
}

impl Field {
    pub(crate) fn label(&self, language: Language) -> &'static str {
        language.choose(self.ko, self.en)
    }

    pub(crate) fn example(&self, language: Language) -> &'static str {
        language.choose(self.example.0, self.example.1)
    }

    /// Whether it is the whole message.
    pub(crate) fn is_long(&self) -> bool {
        self.input == Input::Lines && self.is_required
    }

    /// Whether its value is a number in the template object.
    pub(super) fn is_number(&self) -> bool {
        match self.input {
            Input::Number => true,
            Input::Choice(choices) => choices.iter().all(|(value, _, _)| value.parse::<i64>().is_ok()),
            _ => false,
        }
    }

    const fn shown(mut self, characters: usize) -> Self {
        self.limit = Some(characters);
        self
    }

    const fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    const fn like(mut self, ko: &'static str, en: &'static str) -> Self {
        self.example = (ko, en);
        self
    }
}

const fn field(name: &'static str, ko: &'static str, en: &'static str, input: Input) -> Field {
    Field { name, ko, en, input, limit: None, is_required: false, example: ("", "") }
}

/// A section that is there, or one that is folded away; a function could not keep its parts.
macro_rules! section {
    ($ko:expr, $en:expr, $parts:expr $(,)?) => {
        Section { ko: $ko, en: $en, is_folded: false, parts: $parts }
    };
}
macro_rules! folded {
    ($ko:expr, $en:expr, $parts:expr $(,)?) => {
        Section { ko: $ko, en: $en, is_folded: true, parts: $parts }
    };
}

const fn part(at: &'static str, fields: &'static [Field]) -> Part {
    Part { at, is_rare: false, fields }
}

const fn rare(at: &'static str, fields: &'static [Field]) -> Part {
    Part { at, is_rare: true, fields }
}

static CONTENT_FIELDS: [Field; 3] = [
    field("title", "제목", "Title", Input::Lines).like("주말 딸기 케이크", "Strawberry cake"),
    field("description", "설명", "Description", Input::Lines).like("#딸기 #생크림", "#strawberry #cream"),
    field("image_url", "이미지 주소", "Image address", Input::Address).like("https://", "https://"),
];

static IMAGE_SIZE: [Field; 2] = [
    field("image_width", "이미지 너비(px)", "Image width (px)", Input::Number).like("640", "640"),
    field("image_height", "이미지 높이(px)", "Image height (px)", Input::Number).like("640", "640"),
];

static WEB_LINK: [Field; 2] = [
    field("web_url", "PC 웹 링크", "Web link on computers", Input::Address).like("https://", "https://"),
    field("mobile_web_url", "모바일 웹 링크", "Web link on phones", Input::Address)
        .like("https://", "https://"),
];

static APP_LINK: [Field; 2] = [
    field("android_execution_params", "안드로이드 앱 파라미터", "Android app parameters", Input::Line)
        .like("id=1&from=talk", "id=1&from=talk"),
    field("ios_execution_params", "iOS 앱 파라미터", "iOS app parameters", Input::Line)
        .like("id=1&from=talk", "id=1&from=talk"),
];

static BUTTON: [Field; 1] =
    [field("title", "버튼 이름", "Button label", Input::Line).shown(8).like("자세히 보기", "More")];

static BUTTON_TITLE: [Field; 1] =
    [field("button_title", "기본 버튼의 이름", "Label of the default button", Input::Line)
        .shown(8)
        .like("자세히 보기", "More")];

static SOCIAL: [Field; 5] = [
    field("like_count", "좋아요 수", "Likes", Input::Number),
    field("comment_count", "댓글 수", "Comments", Input::Number),
    field("shared_count", "공유 수", "Shares", Input::Number),
    field("view_count", "조회 수", "Views", Input::Number),
    field("subscriber_count", "구독 수", "Subscribers", Input::Number),
];

static PROFILE: [Field; 2] = [
    field("profile_text", "헤더 또는 프로필 이름", "Header or profile name", Input::Line).shown(16),
    field("profile_image_url", "프로필 이미지 주소", "Profile image address", Input::Address)
        .like("https://", "https://"),
];

static TITLE_IMAGE: [Field; 3] = [
    field("title_image_text", "이미지 아이템 제목", "Image item title", Input::Lines).shown(24),
    field("title_image_url", "이미지 아이템 주소", "Image item address", Input::Address)
        .like("https://", "https://"),
    field("title_image_category", "이미지 아이템 분류", "Image item category", Input::Line).shown(14),
];

static ITEM: [Field; 2] = [
    field("item", "이름", "Item", Input::Line).shown(6),
    field("item_op", "금액", "Amount", Input::Line).shown(25).like("1,000원", "$ 1.00"),
];

static SUM: [Field; 2] = [
    field("sum", "합계의 이름", "Label of the sum", Input::Line).shown(6).like("합계", "Total"),
    field("sum_op", "합계 금액", "Sum", Input::Line).shown(11).like("3,000원", "$ 3.00"),
];

static PLACE: [Field; 2] = [
    field("address", "주소", "Address", Input::Line)
        .required()
        .like("경기 성남시 분당구 판교역로 235", "235 Pangyoyeok-ro, Seongnam"),
    field("address_title", "지도에 보일 이름", "Name on the map", Input::Line)
        .like("판교 사무실", "Pangyo office"),
];

static PRICE: [Field; 7] = [
    field("product_name", "상품명", "Product name", Input::Line),
    field("regular_price", "정가", "Regular price", Input::Number).required(),
    field("discount_price", "할인된 가격", "Discounted price", Input::Number),
    field("discount_rate", "할인율(%)", "Discount in percent", Input::Number),
    field("fixed_discount_price", "정액 할인 금액", "Discount as an amount", Input::Number),
    field("currency_unit", "화폐 단위", "Currency", Input::Line).like("원", "$"),
    field(
        "currency_unit_position",
        "화폐 단위의 위치",
        "Place of the currency",
        Input::Choice(&[("0", "가격 뒤", "After the price"), ("1", "가격 앞", "Before the price")]),
    ),
];

static EVENT: [Field; 2] = [
    field(
        "id_type",
        "종류",
        "What it is",
        Input::Choice(&[
            ("event", "공개 일정", "A public event"),
            ("calendar", "구독 캘린더", "A calendar to subscribe to"),
        ]),
    )
    .required(),
    field("id", "일정이나 캘린더의 ID", "Id of the event or calendar", Input::Line).required(),
];

static WORDS: [Field; 1] =
    [field("text", "내용", "Text", Input::Lines).shown(200).required().like("안녕하세요!", "Hello!")];

static HEADER: [Field; 1] =
    [field("header_title", "리스트 제목", "Title of the list", Input::Line).shown(200).required()];

const CONTENT: Section = section!(
    "내용",
    "Content",
    &[
        part("content", &CONTENT_FIELDS),
        part("content.link", &WEB_LINK),
        rare("content", &IMAGE_SIZE),
        rare("content.link", &APP_LINK),
    ],
);

const FIRST_BUTTON: &[Part] =
    &[part("buttons[0]", &BUTTON), part("buttons[0].link", &WEB_LINK), rare("buttons[0].link", &APP_LINK)];

const BUTTON_ONE: Section = folded!("버튼", "Button", FIRST_BUTTON);
const BUTTON_LABEL: Section = folded!("기본 버튼", "Default button", &[part("", &BUTTON_TITLE)]);
const BUTTON_ONE_OF_TWO: Section = folded!("버튼 1", "Button 1", FIRST_BUTTON);
const BUTTON_TWO: Section = folded!(
    "버튼 2",
    "Button 2",
    &[part("buttons[1]", &BUTTON), part("buttons[1].link", &WEB_LINK), rare("buttons[1].link", &APP_LINK),],
);
const SOCIAL_COUNTS: Section =
    folded!("소셜 수(3개까지 보임)", "Social counts (3 are shown)", &[part("social", &SOCIAL)]);

pub(super) static TEXT: &[Section] = &[
    section!("내용", "Content", &[part("", &WORDS), part("link", &WEB_LINK), rare("link", &APP_LINK)]),
    BUTTON_LABEL,
    BUTTON_ONE_OF_TWO,
    BUTTON_TWO,
];

pub(super) static FEED: &[Section] = &[
    CONTENT,
    folded!(
        "아이템 목록(피드 B형)",
        "Items (feed type B)",
        &[
            part("item_content", &PROFILE),
            part("item_content", &TITLE_IMAGE),
            part("item_content.items[0]", &ITEM),
            part("item_content.items[1]", &ITEM),
            part("item_content.items[2]", &ITEM),
            part("item_content.items[3]", &ITEM),
            part("item_content.items[4]", &ITEM),
            part("item_content", &SUM),
        ],
    ),
    SOCIAL_COUNTS,
    BUTTON_LABEL,
    BUTTON_ONE_OF_TWO,
    BUTTON_TWO,
];

pub(super) static LIST: &[Section] = &[
    section!(
        "제목",
        "Title",
        &[part("", &HEADER), part("header_link", &WEB_LINK), rare("header_link", &APP_LINK)],
    ),
    section!(
        "항목 1",
        "Row 1",
        &[
            part("contents[0]", &CONTENT_FIELDS),
            part("contents[0].link", &WEB_LINK),
            rare("contents[0]", &IMAGE_SIZE),
            rare("contents[0].link", &APP_LINK),
        ],
    ),
    section!(
        "항목 2",
        "Row 2",
        &[
            part("contents[1]", &CONTENT_FIELDS),
            part("contents[1].link", &WEB_LINK),
            rare("contents[1]", &IMAGE_SIZE),
            rare("contents[1].link", &APP_LINK),
        ],
    ),
    folded!(
        "항목 3",
        "Row 3",
        &[
            part("contents[2]", &CONTENT_FIELDS),
            part("contents[2].link", &WEB_LINK),
            rare("contents[2]", &IMAGE_SIZE),
            rare("contents[2].link", &APP_LINK),
        ],
    ),
    BUTTON_LABEL,
    BUTTON_ONE_OF_TWO,
    BUTTON_TWO,
];

pub(super) static LOCATION: &[Section] =
    &[section!("위치", "Place", &[part("", &PLACE)]), CONTENT, SOCIAL_COUNTS, BUTTON_LABEL, BUTTON_ONE];

pub(super) static COMMERCE: &[Section] = &[
    CONTENT,
    section!("상품과 가격", "Product and price", &[part("commerce", &PRICE)]),
    BUTTON_LABEL,
    BUTTON_ONE_OF_TWO,
    BUTTON_TWO,
];

pub(super) static CALENDAR: &[Section] =
    &[section!("일정", "Event", &[part("", &EVENT)]), CONTENT, BUTTON_ONE];
