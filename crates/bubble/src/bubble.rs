//! The model of a bubble: what is shown, from top to bottom, with all rules applied. The writers only write it down.

use serde_json::Value;
use url::Url;

use crate::language::Language;
use crate::mark::{Fault, Mark};
use crate::text::Fitted;
use crate::{html, svg, template, terminal};

/// What a phone shows of a template object, however broken the object is.
#[derive(Clone, Debug, PartialEq)]
pub struct Bubble {
    pub(crate) parts: Vec<Part>,
    pub(crate) marks: Vec<Mark>,
}

/// A part of a bubble.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Part {
    /// An object no phone could show, and why.
    Unshowable(Fault),
    /// The text of a text message.
    Text(Words),
    /// The header of a list.
    Header(Words),
    Picture(Picture),
    /// With a picture a name beside it, without one a bold header.
    Profile {
        name: Option<Fitted>,
        picture: Option<Picture>,
    },
    ImageItem {
        title: Option<Fitted>,
        category: Option<Fitted>,
        picture: Option<Picture>,
    },
    Items(Vec<(Fitted, Fitted)>),
    Sum {
        label: Option<Fitted>,
        amount: Option<Fitted>,
    },
    Words {
        title: Option<Words>,
        description: Option<Words>,
    },
    Social(Vec<(Count, String)>),
    ProductName(Fitted),
    Price {
        now: String,
        before: Option<String>,
        badge: Option<String>,
    },
    Row {
        title: Option<Words>,
        description: Option<Words>,
        picture: Option<Picture>,
    },
    Buttons {
        buttons: Vec<Button>,
        side_by_side: bool,
    },
}

/// Words that can be tapped.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Words {
    pub(crate) text: Fitted,
    pub(crate) target: Target,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Button {
    pub(crate) title: Fitted,
    pub(crate) target: Target,
}

/// Where something leads that is tapped.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Target {
    Opens {
        url: Url,
        place: String,
    },
    /// The address is on a domain that the app may not send people to.
    Blocked,
    /// The sender's app, on a phone that has it.
    App,
    /// KakaoTalk itself does what the button says.
    KakaoTalk,
    Nowhere,
}

/// A picture; without a source it is an empty place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Picture {
    pub(crate) source: Option<Url>,
    /// Its height in hundredths of its width: a multiple of five from 50 to 135.
    pub(crate) ratio: u32,
}

/// The counts of the social row in Kakao's order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Count {
    Likes,
    Comments,
    Shares,
    Views,
    Subscribers,
}

impl Count {
    pub(crate) fn name(self, language: Language) -> &'static str {
        match self {
            Self::Likes => language.choose("좋아요", "Likes"),
            Self::Comments => language.choose("댓글", "Comments"),
            Self::Shares => language.choose("공유", "Shares"),
            Self::Views => language.choose("조회", "Views"),
            Self::Subscribers => language.choose("구독", "Subscribers"),
        }
    }
}

impl Bubble {
    /// Reads a default template, or what Kakao made of a page (scrap), as forgivingly as a phone would. One that has a
    /// type becomes JSON by `serde_json::to_value`.
    #[must_use]
    pub fn of(template_object: &Value) -> Self {
        template::read(template_object, template::Source::Default)
    }

    /// Reads a custom template whose arguments are filled in: its lists may be longer, its numbers strings, and a
    /// `${name}` that is left has no value.
    #[must_use]
    pub fn of_custom(template_object: &Value) -> Self {
        template::read(template_object, template::Source::Custom)
    }

    /// Reads the JSON of a default template, which may be none.
    #[must_use]
    pub fn of_json(template_object: &str) -> Self {
        serde_json::from_str(template_object)
            .map_or_else(|_| Self::unshowable(Fault::NotJson, Vec::new()), |object| Self::of(&object))
    }

    pub(crate) fn unshowable(fault: Fault, marks: Vec<Mark>) -> Self {
        Self { parts: vec![Part::Unshowable(fault)], marks }
    }

    /// Takes their targets from links whose addresses do not open, and marks them.
    #[must_use]
    pub fn block_links(mut self, opens: impl Fn(&str) -> bool) -> Self {
        for target in self.parts.iter_mut().flat_map(Part::targets) {
            if let Target::Opens { url, place } = target
                && !opens(url.as_str())
            {
                let mark = Mark { place: std::mem::take(place), fault: Fault::Blocked };
                // The default button opens the content's link, and so do the words above it.
                if !self.marks.contains(&mark) {
                    self.marks.push(mark);
                }
                *target = Target::Blocked;
            }
        }
        self
    }

    /// Leaves the marks out, for who says elsewhere what is wrong with the template.
    #[must_use]
    pub fn without_marks(self) -> Self {
        Self { marks: Vec::new(), ..self }
    }

    /// What is cut, missing or against Kakao's rules.
    #[must_use]
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// Writes a fragment that is safe to put on a page as it is, beside [`STYLESHEET`](crate::STYLESHEET).
    ///
    /// It asks for pictures at the addresses the template names, as far as the page's policy lets it.
    #[must_use]
    pub fn html(&self, language: Language) -> String {
        html::write(self, language)
    }

    /// Writes a picture that stands alone: it names no address, so where a picture belongs it has an empty place.
    #[must_use]
    pub fn svg(&self, language: Language, shade: Shade) -> String {
        svg::write(self, language, shade)
    }

    /// Writes a box for a terminal, 36 columns wide, with its marks below.
    #[must_use]
    pub fn terminal(&self, language: Language) -> String {
        terminal::write(self, language)
    }
}

impl Part {
    /// A line parts it from what is above.
    pub(crate) fn is_set_off(&self) -> bool {
        matches!(self, Self::Row { .. } | Self::ImageItem { .. } | Self::Items(_) | Self::Sum { .. })
    }

    fn targets(&mut self) -> Vec<&mut Target> {
        match self {
            Self::Text(words) | Self::Header(words) => vec![&mut words.target],
            Self::Words { title, description } | Self::Row { title, description, .. } => {
                [title, description].into_iter().flatten().map(|words| &mut words.target).collect()
            }
            Self::Buttons { buttons, .. } => buttons.iter_mut().map(|button| &mut button.target).collect(),
            _ => Vec::new(),
        }
    }
}

/// Whether a picture is light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shade {
    /// Black on white.
    Light,
    /// White on black.
    Dark,
}
