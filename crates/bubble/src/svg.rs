//! A bubble as a picture that stands alone: it names no address and no style but its own.

use std::fmt::Write as _;

use crate::bubble::{Bubble, Button, Part, Picture, Shade, Target, Words};
use crate::language::Language;
use crate::template::COLUMNS;
use crate::text::{Fitted, Limit, columns};

const WIDTH: u32 = 260;
const PADDING: u32 = 14;
const INSIDE: u32 = WIDTH - 2 * PADDING;
const GAP: u32 = 8;
const THUMBNAIL: u32 = 48;
const FACE: u32 = 28;
const BUTTON: u32 = 36;
const FONTS: &str = "Apple SD Gothic Neo, Malgun Gothic, Noto Sans KR, Noto Sans CJK KR, sans-serif";

struct Palette {
    paper: &'static str,
    ink: &'static str,
    grey: &'static str,
    soft: &'static str,
    edge: &'static str,
    alarm: &'static str,
}

const LIGHT: Palette = Palette {
    paper: "#fff",
    ink: "#191919",
    grey: "#6b6b6b",
    soft: "#f2f2f2",
    edge: "#e4e4e4",
    alarm: "#b3261e",
};
const DARK: Palette = Palette {
    paper: "#2b2b2e",
    ink: "#ededed",
    grey: "#a8a8a8",
    soft: "#3a3a3d",
    edge: "#464649",
    alarm: "#ffb4ab",
};

/// How a text is written.
#[derive(Clone, Copy)]
struct Style {
    size: u32,
    bold: bool,
    colour: &'static str,
    struck: bool,
}

/// Where a text stands: it begins, ends or has its middle there, and has so much room.
#[derive(Clone, Copy)]
struct Place {
    anchor: &'static str,
    x: u32,
    room: u32,
}

const LINE: Place = Place { anchor: "start", x: PADDING, room: INSIDE };

pub(crate) fn write(bubble: &Bubble, language: Language, shade: Shade) -> String {
    let palette = match shade {
        Shade::Light => &LIGHT,
        Shade::Dark => &DARK,
    };
    let mut canvas = Canvas { drawn: String::new(), y: 0, language, palette };
    bubble.parts.iter().for_each(|part| canvas.part(part));
    canvas.marks(bubble);
    let Canvas { drawn, y, .. } = canvas;
    let (height, paper) = (y + PADDING, palette.paper);
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" font-family="{FONTS}">
<clipPath id="bubble"><rect width="{WIDTH}" height="{height}" rx="16"/></clipPath>
<g clip-path="url(#bubble)">
<rect width="{WIDTH}" height="{height}" fill="{paper}"/>
{drawn}</g>
</svg>
"#
    )
}

/// What is drawn so far, and how far down it reaches.
struct Canvas {
    drawn: String,
    y: u32,
    language: Language,
    palette: &'static Palette,
}

impl Canvas {
    fn plain(&self, size: u32) -> Style {
        Style { size, bold: false, colour: self.palette.ink, struck: false }
    }

    fn bold(&self, size: u32) -> Style {
        Style { bold: true, ..self.plain(size) }
    }

    fn grey(&self, size: u32) -> Style {
        Style { colour: self.palette.grey, ..self.plain(size) }
    }

    fn part(&mut self, part: &Part) {
        match part {
            Part::Picture(picture) => return self.picture(picture),
            _ if part.is_set_off() && self.y > 0 => self.rule(),
            _ => self.y += if self.y == 0 { PADDING } else { GAP },
        }
        match part {
            Part::Picture(_) => {}
            Part::Unshowable(fault) => {
                let title = self.language.choose("보여 줄 수 없는 메시지", "A message that cannot be shown");
                self.line(title, LINE, self.bold(14));
                self.wrapped(&fault.sentence(self.language), self.plain(13));
            }
            Part::Text(words) => self.words(words, LINE, self.plain(14)),
            Part::Header(words) => self.words(words, LINE, self.bold(14)),
            Part::Profile { name, picture } => self.profile(name.as_ref(), picture.as_ref()),
            Part::ImageItem { title, category, picture } => {
                let place = self.thumbnail(picture.as_ref());
                let top = self.y;
                self.lines(title.as_ref(), place, self.bold(14));
                self.lines(category.as_ref(), place, self.grey(12));
                self.y = self.y.max(top + picture_height(picture.as_ref()));
            }
            Part::Items(items) => {
                for (item, amount) in items {
                    self.item(Some(item), Some(amount), self.plain(13));
                }
            }
            Part::Sum { label, amount } => self.item(label.as_ref(), amount.as_ref(), self.bold(13)),
            Part::Words { title, description } => {
                self.title_and_description([title.as_ref(), description.as_ref()], LINE);
            }
            Part::Row { title, description, picture } => {
                let place = self.thumbnail(picture.as_ref());
                let top = self.y;
                self.title_and_description([title.as_ref(), description.as_ref()], place);
                self.y = self.y.max(top + picture_height(picture.as_ref()));
            }
            Part::Social(counts) => {
                let counts =
                    counts.iter().map(|(count, number)| format!("{} {number}", count.name(self.language)));
                // Plain spaces would become one.
                self.line(&counts.collect::<Vec<_>>().join("\u{2003}"), LINE, self.grey(12));
            }
            Part::ProductName(name) => self.lines(Some(name), LINE, self.grey(12)),
            Part::Price { now, before, badge } => self.price(now, before.as_deref(), badge.as_deref()),
            Part::Buttons { buttons, side_by_side } => self.buttons(buttons, *side_by_side),
        }
    }

    /// Writes a line, and moves below it. One that would be too wide is squeezed: fonts differ.
    fn line(&mut self, text: &str, Place { anchor, x, room }: Place, style: Style) {
        let Style { size, bold, colour, struck } = style;
        let baseline = self.y + size;
        let _ = write!(
            self.drawn,
            r#"<text x="{x}" y="{baseline}" font-size="{size}" fill="{colour}" text-anchor="{anchor}""#
        );
        if bold {
            self.drawn.push_str(r#" font-weight="700""#);
        }
        if struck {
            self.drawn.push_str(r#" text-decoration="line-through""#);
        }
        if estimated_width(text, size) > room {
            let _ = write!(self.drawn, r#" textLength="{room}" lengthAdjust="spacingAndGlyphs""#);
        }
        let _ = writeln!(self.drawn, ">{}</text>", escaped(text));
        self.y += size * 7 / 5;
    }

    fn lines(&mut self, text: Option<&Fitted>, place: Place, style: Style) {
        for line in text.iter().flat_map(|text| &text.lines) {
            self.line(line, place, style);
        }
    }

    fn words(&mut self, words: &Words, place: Place, style: Style) {
        self.lines(Some(&words.text), place, Style { struck: words.target == Target::Blocked, ..style });
    }

    /// A sentence of our own, of which more fits into a line the smaller it is; rather squeezed a little than broken.
    fn wrapped(&mut self, sentence: &str, style: Style) {
        let columns = COLUMNS * 15 / style.size as usize;
        self.lines(Fitted::of(sentence, Limit::lines(4, columns)).as_ref(), LINE, style);
    }

    fn title_and_description(&mut self, words: [Option<&Words>; 2], place: Place) {
        let styles = [self.bold(14), self.grey(13)];
        for (words, style) in words.into_iter().zip(styles) {
            if let Some(words) = words {
                self.words(words, place, style);
            }
        }
    }

    /// A line that parts what is above from what is below.
    fn rule(&mut self) {
        self.y += GAP;
        let (y, edge) = (self.y, self.palette.edge);
        let _ = writeln!(self.drawn, r#"<path d="M{PADDING} {y}h{INSIDE}" stroke="{edge}"/>"#);
        self.y += GAP;
    }

    /// The place of a picture, with the sign for one if it has an address.
    fn frame(&mut self, [x, y, width, height]: [u32; 4], corner: u32, picture: &Picture) {
        let Palette { soft, grey, .. } = self.palette;
        let _ = writeln!(
            self.drawn,
            r#"<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{corner}" fill="{soft}"/>"#
        );
        if picture.source.is_some() {
            let (left, bottom) = (x + width / 2 - 10, y + height / 2 + 8);
            let (sun_x, sun_y) = (left + 15, bottom - 13);
            let _ = writeln!(
                self.drawn,
                r#"<path d="M{left} {bottom}l7-11 5 7 3-4 5 8z" fill="{grey}"/><circle cx="{sun_x}" cy="{sun_y}" r="2" fill="{grey}"/>"#
            );
        }
    }

    fn picture(&mut self, picture: &Picture) {
        let height = WIDTH * picture.ratio / 100;
        self.frame([0, self.y, WIDTH, height], 0, picture);
        self.y += height;
    }

    /// Draws a small picture at the right, and says what place is left beside it.
    fn thumbnail(&mut self, picture: Option<&Picture>) -> Place {
        let Some(picture) = picture else { return LINE };
        self.frame([WIDTH - PADDING - THUMBNAIL, self.y, THUMBNAIL, THUMBNAIL], 6, picture);
        Place { room: INSIDE - THUMBNAIL - GAP, ..LINE }
    }

    fn profile(&mut self, name: Option<&Fitted>, picture: Option<&Picture>) {
        let Some(picture) = picture else { return self.lines(name, LINE, self.bold(15)) };
        let top = self.y;
        self.frame([PADDING, top, FACE, FACE], FACE / 2, picture);
        self.y += (FACE - 18) / 2;
        let place = Place { x: PADDING + FACE + GAP, room: INSIDE - FACE - GAP, ..LINE };
        self.lines(name, place, self.plain(13));
        self.y = top + FACE;
    }

    /// A label at the left, and an amount at the right.
    fn item(&mut self, label: Option<&Fitted>, amount: Option<&Fitted>, style: Style) {
        let top = self.y;
        let label_style = Style { colour: self.palette.grey, bold: false, ..style };
        self.lines(label, Place { room: INSIDE * 2 / 5, ..LINE }, label_style);
        let below_label = self.y;
        self.y = top;
        self.lines(amount, Place { anchor: "end", x: WIDTH - PADDING, room: INSIDE * 3 / 5 - GAP }, style);
        self.y = self.y.max(below_label);
    }

    fn price(&mut self, now: &str, before: Option<&str>, badge: Option<&str>) {
        let top = self.y;
        let badge_width = badge.map_or(0, |badge| (estimated_width(badge, 12) + GAP).min(INSIDE / 2));
        let room = INSIDE - badge_width;
        self.line(now, Place { room, ..LINE }, self.bold(16));
        let below = self.y;
        if let Some(badge) = badge {
            self.y = top + 3;
            let x = PADDING + estimated_width(now, 16).min(room) + GAP;
            let place = Place { x, room: badge_width - GAP, ..LINE };
            self.line(badge, place, Style { colour: self.palette.alarm, ..self.bold(12) });
            self.y = below;
        }
        if let Some(before) = before {
            self.line(before, LINE, Style { struck: true, ..self.grey(12) });
        }
    }

    fn buttons(&mut self, buttons: &[Button], side_by_side: bool) {
        let width = if side_by_side { (INSIDE - GAP) / 2 } else { INSIDE };
        let top = self.y + 4;
        for (index, button) in (0..).zip(buttons) {
            let (x, y) = if side_by_side {
                (PADDING + index * (width + GAP), top)
            } else {
                (PADDING, top + index * (BUTTON + GAP))
            };
            let soft = self.palette.soft;
            let _ = writeln!(
                self.drawn,
                r#"<rect x="{x}" y="{y}" width="{width}" height="{BUTTON}" rx="6" fill="{soft}"/>"#
            );
            self.y = y + 10;
            let style = Style { struck: button.target == Target::Blocked, ..self.plain(13) };
            let place = Place { anchor: "middle", x: x + width / 2, room: width - GAP };
            self.lines(Some(&button.title), place, style);
            self.y = y + BUTTON;
        }
    }

    fn marks(&mut self, bubble: &Bubble) {
        if !bubble.marks.is_empty() {
            self.rule();
        }
        let style = Style { colour: self.palette.alarm, ..self.plain(11) };
        for mark in &bubble.marks {
            self.wrapped(&format!("⚠ {}", mark.sentence(self.language)), style);
        }
    }
}

fn picture_height(picture: Option<&Picture>) -> u32 {
    picture.map_or(0, |_| THUMBNAIL)
}

/// About how wide a line is in the fonts we name.
fn estimated_width(text: &str, size: u32) -> u32 {
    let hundredths = |c: char| match c {
        'i' | 'j' | 'l' | 'I' | 't' | 'f' | 'r' | ' ' | '.' | ',' | ':' | ';' | '!' | '|' | '\'' | '['
        | ']' | '(' | ')' => 34,
        'W' | 'M' | 'm' | 'w' | '@' | '%' => 90,
        'A'..='Z' | '0'..='9' | '_' | '+' | '=' | '<' | '>' | '~' | '#' | '&' => 66,
        _ if c.is_ascii() => 56,
        _ if columns(c.encode_utf8(&mut [0; 4])) > 1 => 95,
        _ => 70,
    };
    text.chars().map(hundredths).sum::<u32>() * size / 100
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
