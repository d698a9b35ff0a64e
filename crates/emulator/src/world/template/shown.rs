//! What a phone shows otherwise than the sender may think: Kakao takes it all the same.

use std::fmt;

use url::Url;

use super::part::Part;
use crate::fault::ApiFault;

/// The shortest side of a picture that is drawn.
const SMALLEST_IMAGE: i64 = 200;
/// The longest label that fits on a button.
const BUTTON_LABEL: usize = 8;
/// The most counts in the social row.
const SOCIAL_COUNTS: usize = 3;

/// Something that is shown otherwise than it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Warning {
    /// The path of the field, such as `content.link.web_url`.
    pub(crate) place: String,
    korean: String,
    english: String,
}

impl Warning {
    pub(crate) fn new(place: &str, korean: String, english: String) -> Self {
        Self { place: place.to_owned(), korean, english }
    }

    /// What is the matter, without the place.
    pub(crate) fn text(&self) -> String {
        format!("{} {}", self.korean, self.english)
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        write!(f, "{} {}", self.korean, self.english)
    }
}

/// One reading of a template object, and what struck us.
pub(super) struct Reading<'a> {
    web_domains: &'a [String],
    /// Made in the template tool or from a page, not by the caller.
    pub(super) of_kakaos_own: bool,
    pub(super) warnings: Vec<Warning>,
    /// The addresses warned of: one often stands in both fields of a link and in several links.
    foreign: Vec<String>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(web_domains: &'a [String]) -> Self {
        Self { web_domains, of_kakaos_own: false, warnings: Vec::new(), foreign: Vec::new() }
    }

    pub(super) fn of_kakaos_own(web_domains: &'a [String]) -> Self {
        Self { of_kakaos_own: true, ..Self::new(web_domains) }
    }

    pub(super) fn warn(&mut self, place: String, korean: String, english: String) {
        self.warnings.push(Warning { place, korean, english });
    }

    fn say(&mut self, place: String, korean: &str, english: &str) {
        self.warn(place, korean.to_owned(), english.to_owned());
    }

    /// A text of which only the beginning is shown.
    pub(super) fn shorten(&mut self, part: &Part<'_>, name: &str, most: usize) {
        let length = part.string(name).map_or(0, |text| text.chars().count());
        if length > most {
            self.warn(
                part.field(name),
                format!("{length}자 중 앞 {most}자만 보입니다."),
                format!("Only the first {most} of {length} characters are shown."),
            );
        }
    }

    pub(super) fn button_label(&mut self, part: &Part<'_>, name: &str) {
        let length = part.string(name).map_or(0, |text| text.chars().count());
        if length > BUTTON_LABEL {
            self.warn(
                part.field(name),
                format!("버튼 이름은 {BUTTON_LABEL}자까지 권장합니다({length}자)."),
                format!("Kakao recommends at most {BUTTON_LABEL} characters on a button, not {length}."),
            );
        }
    }

    /// A whole number. Kakao's SDK for browsers refuses one written as a string; Kakao itself is more forgiving.
    pub(super) fn number(&mut self, part: &Part<'_>, name: &str) -> Result<Option<i64>, ApiFault> {
        let Some(value) = part.get(name).filter(|value| !value.is_null()) else {
            return Ok(None);
        };
        if let Some(number) = value.as_str().and_then(|text| text.parse().ok()) {
            // The arguments of a template are strings, so its numbers are.
            if !self.of_kakaos_own {
                self.say(
                    part.field(name),
                    "숫자를 문자열로 보냈습니다. 카카오 JavaScript SDK는 거절합니다.",
                    "A number was sent as a string; Kakao's JavaScript SDK refuses that.",
                );
            }
            return Ok(Some(number));
        }
        value.as_i64().map(Some).ok_or_else(|| part.must_be(name, "an integer"))
    }

    pub(super) fn image_size(&mut self, content: &Part<'_>) -> Result<(), ApiFault> {
        for side in ["image_width", "image_height"] {
            if self.number(content, side)?.is_some_and(|length| length < SMALLEST_IMAGE) {
                self.warn(
                    content.field(side),
                    format!("{SMALLEST_IMAGE}px보다 작은 이미지는 보이지 않을 수 있습니다."),
                    format!("An image under {SMALLEST_IMAGE} px may not be shown."),
                );
            }
        }
        Ok(())
    }

    pub(super) fn social(&mut self, root: &Part<'_>) -> Result<(), ApiFault> {
        if root.leaves_out("social") {
            return Ok(());
        }
        let social = root.part("social")?;
        let mut counts = 0;
        for name in ["like_count", "comment_count", "shared_count", "view_count", "subscriber_count"] {
            if self.number(&social, name)?.is_none() {
                continue;
            }
            counts += 1;
            if counts > SOCIAL_COUNTS {
                self.say(
                    social.field(name),
                    "소셜 정보는 앞의 세 개만 보입니다.",
                    "Only the first three social counts are shown.",
                );
            }
        }
        Ok(())
    }

    pub(super) fn item_content_lengths(&mut self, item_content: &Part<'_>, items: &[Part<'_>]) {
        let lengths = [
            ("profile_text", 16),
            ("title_image_text", 24),
            ("title_image_category", 14),
            ("sum", 6),
            ("sum_op", 11),
        ];
        for (name, most) in lengths {
            self.shorten(item_content, name, most);
        }
        for item in items {
            self.shorten(item, "item", 6);
            self.shorten(item, "item_op", 25);
            if item.string("item").is_none() || item.string("item_op").is_none() {
                self.say(
                    item.path.clone(),
                    "item과 item_op가 모두 없으면 보이지 않습니다.",
                    "A row without both item and item_op is not shown.",
                );
            }
        }
    }

    pub(super) fn contradictions(
        &mut self,
        commerce: &Part<'_>,
        regular: i64,
        discount: Option<i64>,
        rate_and_fixed: bool,
    ) {
        if rate_and_fixed {
            self.say(
                commerce.field("fixed_discount_price"),
                "discount_rate와 함께 쓸 수 없습니다.",
                "It cannot stand beside discount_rate.",
            );
        }
        if discount.is_some_and(|discount| discount > regular) {
            self.say(
                commerce.field("discount_price"),
                "정가(regular_price)보다 비쌉니다.",
                "It is more than regular_price.",
            );
        }
    }

    /// Fields that this kind of template has no place for.
    pub(super) fn not_drawn(&mut self, root: &Part<'_>, kind: &str) {
        let drawn = |name: &str| match name {
            "social" => matches!(kind, "feed" | "location"),
            "item_content" => kind == "feed",
            // Buttons of one's own take the place of the default one; a calendar has no default one.
            "button_title" => root.leaves_out("buttons") && kind != "calendar",
            _ => false,
        };
        let deprecated = ["header_image_url", "header_image_width", "header_image_height"];
        for name in ["social", "item_content", "button_title"].into_iter().chain(deprecated) {
            if !root.leaves_out(name) && !drawn(name) {
                self.say(
                    root.field(name),
                    "이 메시지에서는 보이지 않습니다.",
                    "It is not shown in this message.",
                );
            }
        }
    }

    pub(super) fn link(&mut self, part: &Part<'_>, name: &str) -> Result<(), ApiFault> {
        let link = part.part(name)?;
        let apps = ["android_execution_params", "ios_execution_params"];
        link.optional_texts(&apps)?;
        let given = |name: &str| !link.leaves_out(name) && link.string(name) != Some("");
        for name in ["web_url", "mobile_web_url"] {
            if given(name) {
                self.address(&link, name, link.text(name)?);
            }
        }
        if given("web_url") {
            return Ok(());
        }
        if given("mobile_web_url") || apps.into_iter().any(given) {
            self.say(
                link.path,
                "web_url이 없어 PC에서는 열리지 않습니다.",
                "Without web_url it does not open on PCs.",
            );
        } else {
            self.say(
                link.path,
                "링크에 주소가 없어 아무것도 열리지 않습니다.",
                "The link has no address and opens nothing.",
            );
        }
        Ok(())
    }

    /// Kakao sends the message all the same, but a link to an unregistered domain does not open.
    fn address(&mut self, link: &Part<'_>, field: &str, url: &str) {
        if is_registered(url, self.web_domains) || self.foreign.iter().any(|foreign| foreign == url) {
            return;
        }
        self.foreign.push(url.to_owned());
        self.warn(
            link.field(field),
            "등록되지 않은 도메인이라 링크가 열리지 않습니다.".to_owned(),
            format!("The link does not open, its domain is not registered: {url}"),
        );
    }
}

/// Whether the domain of an address is one that the app registered for its links.
pub(crate) fn is_registered(url: &str, web_domains: &[String]) -> bool {
    let origin = |url: &str| Url::parse(url).ok().map(|url| url.origin());
    let Some(wanted) = origin(url).filter(url::Origin::is_tuple) else {
        return false;
    };
    web_domains.iter().any(|domain| origin(domain).as_ref() == Some(&wanted))
}
