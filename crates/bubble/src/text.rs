//! Text: what of it may be shown at all, and how much of it fits.
//!
//! Kakao says how many lines a part has, not how wide they are: we count columns, as a terminal does. A Korean syllable
//! takes two, a Latin letter one.

use std::ops::Range;

use unicode_linebreak::linebreaks;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Nobody looks for something to show behind so many characters.
const READ: usize = 10_000;

/// How much of a text a part shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    pub(crate) characters: usize,
    pub(crate) lines: usize,
    pub(crate) columns: usize,
}

impl Limit {
    /// One line, as wide as there is room.
    pub(crate) fn line(columns: usize) -> Self {
        Self::lines(1, columns)
    }

    /// No more lines than these; of each no more characters than a hostile text needs to be seen as one.
    pub(crate) fn lines(lines: usize, columns: usize) -> Self {
        Self { characters: 4 * lines * columns, lines, columns }
    }
}

/// A text as a part shows it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fitted {
    /// For whoever breaks lines itself.
    pub(crate) shown: String,
    /// Broken into lines by our measure.
    pub(crate) lines: Vec<String>,
    /// How many lines there may be.
    pub(crate) most: usize,
    /// An ellipsis stands for the rest.
    pub(crate) is_cut: bool,
}

impl Fitted {
    /// None if there is nothing to see.
    pub(crate) fn of(text: &str, limit: Limit) -> Option<Self> {
        let text: String = text.chars().take(READ).filter_map(cleaned).take(limit.characters + 1).collect();
        if is_blank(&text) {
            return None;
        }
        let kept = first_characters(&text, limit.characters);
        let mut is_cut = kept.len() < text.len();
        let mut shown = kept.to_owned();
        if is_cut {
            shown.push('…');
        }
        let mut lines = wrap(&shown, limit.columns, limit.lines.saturating_add(1));
        if lines.len() > limit.lines {
            is_cut = true;
            lines.truncate(limit.lines);
            if let Some(last) = lines.last_mut() {
                *last = with_room_for_ellipsis(&shown, last.clone(), limit.columns);
                shown.truncate(last.end);
                shown.push('…');
                last.end = shown.len();
            }
        }
        let lines = lines.into_iter().map(|line| shown[line].trim_end().to_owned()).collect();
        Some(Self { shown, lines, most: limit.lines, is_cut })
    }
}

/// Whether there is nothing to see.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().take(READ).all(|c| cleaned(c).is_none_or(char::is_whitespace))
}

/// The columns a text takes.
pub(crate) fn columns(text: &str) -> usize {
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// A character as it is shown, unless it never is: control characters, marks that turn the direction of what follows,
/// and code points that no document may hold. Line breaks stay.
fn cleaned(c: char) -> Option<char> {
    let turns =
        matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}');
    let is_no_text = matches!(c, '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fdd0}'..='\u{fdef}')
        || u32::from(c) & 0xfffe == 0xfffe;
    match c {
        '\n' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\t' => Some(' '),
        _ if turns || is_no_text || c.is_control() => None,
        _ => Some(c),
    }
}

/// So many characters from the beginning, cut between what a reader takes for characters, so that a family emoji is
/// shown whole or not at all. Kakao does not say what it counts as one; we count code points.
fn first_characters(text: &str, most: usize) -> &str {
    let Some((limit, _)) = text.char_indices().nth(most) else {
        return text;
    };
    let ends = text.grapheme_indices(true).map(|(start, grapheme)| start + grapheme.len());
    &text[..ends.take_while(|end| *end <= limit).last().unwrap_or(0)]
}

/// Breaks a text into lines: at its own line breaks, else where Unicode lets a line end, and inside a word only where
/// the word is longer than a line.
fn wrap(text: &str, columns: usize, most: usize) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut breaks = linebreaks(text).map(|(end, _)| end).peekable();
    // Where the line begins, how wide it is, and where the next one could begin.
    let (mut start, mut width, mut next) = (0, 0, 0);
    for (at, grapheme) in text.grapheme_indices(true) {
        if lines.len() == most {
            return lines;
        }
        while let Some(end) = breaks.next_if(|end| *end <= at) {
            next = end;
        }
        if grapheme == "\n" {
            lines.push(start..at);
            (start, width) = (at + 1, 0);
            continue;
        }
        let wide = grapheme.width();
        // A space at the end of a line is not seen.
        if width + wide > columns && at > start && grapheme != " " {
            let begin = if next > start { next } else { at };
            lines.push(start..begin);
            (start, width) = (begin, self::columns(&text[begin..at]));
        }
        width += wide;
    }
    if lines.len() < most {
        lines.push(start..text.len());
    }
    lines
}

fn with_room_for_ellipsis(text: &str, line: Range<usize>, columns: usize) -> Range<usize> {
    let start = line.start;
    let line = text[line].trim_end();
    let mut width = 0;
    let fits = line.grapheme_indices(true).take_while(|(_, grapheme)| {
        width += grapheme.width();
        width < columns
    });
    start..start + fits.last().map_or(0, |(at, grapheme)| at + grapheme.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: Limit = Limit { characters: 200, lines: usize::MAX, columns: 32 };

    fn fitted(text: &str) -> Fitted {
        Fitted::of(text, TEXT).unwrap()
    }

    fn lines(text: &str, lines: usize, columns: usize) -> Vec<String> {
        Fitted::of(text, Limit::lines(lines, columns)).unwrap().lines
    }

    #[test]
    fn two_hundred_characters_are_shown_whole() {
        let text = "가".repeat(200);
        let fitted = fitted(&text);
        assert_eq!((fitted.shown, fitted.lines.len(), fitted.is_cut), (text, 13, false));
    }

    #[test]
    fn the_201st_character_becomes_an_ellipsis() {
        let fitted = fitted(&"가".repeat(201));
        assert_eq!((fitted.shown, fitted.is_cut), ("가".repeat(200) + "…", true));
    }

    #[test]
    fn an_emoji_across_the_limit_is_left_out_whole() {
        let text = "가".repeat(198) + "👨‍👩‍👧‍👦";
        assert_eq!(fitted(&text).shown, "가".repeat(198) + "…");
    }

    #[test]
    fn one_endless_character_is_not_shown() {
        let endless = "e".to_owned() + &"\u{301}".repeat(1000);
        assert_eq!(fitted(&endless).lines, ["…"]);
        assert_eq!(lines(&endless, 1, 10), ["…"]);
    }

    #[test]
    fn a_syllable_takes_two_columns_and_a_letter_one() {
        assert_eq!(lines("가나다라마", 9, 4), ["가나", "다라", "마"]);
        assert_eq!(lines("abcde가", 9, 4), ["abcd", "e가"]);
    }

    #[test]
    fn latin_words_stay_whole_where_they_can() {
        assert_eq!(lines("one two  three", 9, 8), ["one two", "three"]);
        assert_eq!(lines("가 unbreakable", 9, 8), ["가", "unbreaka", "ble"]);
        assert_eq!(lines("a\n\nb", 9, 8), ["a", "", "b"]);
    }

    #[test]
    fn ellipsis_stands_inside_the_last_line() {
        assert_eq!(lines("가나다라마바", 2, 4), ["가나", "다…"]);
        assert_eq!(lines("abc\ndefgh\ni", 2, 5), ["abc", "defg…"]);
        assert_eq!(Fitted::of("가나다라마바", Limit::lines(2, 4)).unwrap().shown, "가나다…");
    }

    #[test]
    fn what_steers_a_terminal_or_turns_the_text_round_is_left_out() {
        assert_eq!(fitted("a\u{1b}[31m\u{202e}b\r\n\u{7}\u{9b}c\td\u{2066}\u{ffff}").shown, "a[31mb\nc d");
        assert_eq!(fitted("👨‍👩‍👧‍👦").shown, "👨‍👩‍👧‍👦");
        assert_eq!(Fitted::of("\u{202e}\u{0} \n", TEXT), None);
    }
}
