//! A text that is too long for one message: cut into several, or cut short. Pure; characters are counted as Kakao's
//! limits are counted everywhere in katok, as `char`s.

use unicode_segmentation::UnicodeSegmentation as _;

/// What a text is best cut at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Break {
    Word,
    Sentence,
    Line,
    Paragraph,
}

/// Cuts a text into parts of at most so many characters, between paragraphs, lines, sentences or words.
///
/// Nothing is lost but the white space at the cuts and at both ends. A word is cut only where it is longer than a part,
/// and what a reader takes for one character only where it alone is.
pub(crate) fn split(text: &str, most: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = without_space(text.trim_end());
    while !rest.is_empty() {
        let (part, after) = rest.split_at(end_of_part(rest, most));
        parts.push(part.trim_end());
        rest = without_space(after);
    }
    parts
}

/// Cuts a text after a word, so that with a `…` it has at most so many characters; leaves alone one that fits.
pub(crate) fn truncate(text: &str, most: usize) -> String {
    let text = text.trim_end();
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let room = most.saturating_sub(1);
    let end = best_break(text, room, |_| Break::Word).unwrap_or_else(|| longest(text, room));
    format!("{}…", text[..end].trim_end())
}

/// Where the first part ends.
fn end_of_part(text: &str, most: usize) -> usize {
    if text.chars().count() <= most {
        return text.len();
    }
    best_break(text, most, |found| found).unwrap_or_else(|| match longest(text, most) {
        // One character of many code points, longer than a whole part.
        0 => text.char_indices().nth(most).map_or(text.len(), |(place, _)| place),
        end => end,
    })
}

/// The end of the most characters that fit and belong together.
fn longest(text: &str, most: usize) -> usize {
    let mut characters = 0;
    let fits = |grapheme: &&str| {
        characters += grapheme.chars().count();
        characters <= most
    };
    text.graphemes(true).take_while(fits).map(str::len).sum()
}

/// The last of the best places to cut, none so early that the part would hold less than a third of what it may.
fn best_break(text: &str, most: usize, worth: impl Fn(Break) -> Break) -> Option<usize> {
    let end = longest(text, most);
    let graphemes: Vec<(usize, &str)> =
        text.grapheme_indices(true).take_while(|(at, _)| *at <= end).collect();
    let is_space = |grapheme: &str| grapheme.chars().all(char::is_whitespace);
    let breaks = graphemes.windows(2).filter(|pair| !is_space(pair[0].1) && is_space(pair[1].1));
    breaks
        .map(|pair| pair[1].0)
        .filter(|at| text[..*at].chars().count() * 3 >= most)
        .max_by_key(|at| (worth(kind(&text[..*at], &text[*at..])), *at))
}

/// What lies between what comes before and after.
fn kind(before: &str, after: &str) -> Break {
    let space = &after[..after.len() - after.trim_start().len()];
    match space.matches('\n').count() {
        0 if ends_a_sentence(before) => Break::Sentence,
        0 => Break::Word,
        1 => Break::Line,
        _ => Break::Paragraph,
    }
}

fn ends_a_sentence(text: &str) -> bool {
    let closing = ['"', '\'', '”', '’', ')', ']', '」', '』'];
    text.trim_end_matches(closing).ends_with(['.', '!', '?', '…', '。', '！', '？'])
}

/// Without the white space at the beginning, unless something stands on it, such as an accent on a space.
fn without_space(text: &str) -> &str {
    let is_space = |grapheme: &&str| grapheme.chars().all(char::is_whitespace);
    &text[text.graphemes(true).take_while(is_space).map(str::len).sum()..]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_that_fits_is_one_part_and_is_not_truncated() {
        assert_eq!(split(" 하나 둘\n", 10), ["하나 둘"]);
        assert_eq!(truncate("하나 둘", 4), "하나 둘");
        assert!(split(" \n\t", 10).is_empty());
    }

    #[test]
    fn paragraphs_come_before_lines_sentences_and_words() {
        assert_eq!(split("가나다라\n\n마바사 아자. 차\n카", 12), ["가나다라", "마바사 아자. 차\n카"]);
        assert_eq!(split("가나다라\n마바사 아자. 차카타", 12), ["가나다라", "마바사 아자. 차카타"]);
        assert_eq!(split("가나다라마. 바사 아자차카타파하", 12), ["가나다라마.", "바사 아자차카타파하"]);
        assert_eq!(split("가나다라 마바사 아자차카타파하", 12), ["가나다라 마바사", "아자차카타파하"]);
    }

    #[test]
    fn a_break_so_early_that_little_would_be_said_is_passed_over() {
        assert_eq!(split("가.\n\n나다라마바 사아자차카타파", 12), ["가.\n\n나다라마바", "사아자차카타파"]);
    }

    #[test]
    fn a_word_that_fills_more_than_a_part_is_cut_between_what_one_sees_as_characters() {
        assert_eq!(split(&"가".repeat(7), 3), ["가가가", "가가가", "가"]);
        let family = "👨\u{200d}👩\u{200d}👧";
        assert_eq!(split(&family.repeat(3), 11), [family.repeat(2), family.to_owned()]);
        assert_eq!(split(family, 2).concat(), family);
    }

    #[test]
    fn what_is_cut_short_ends_after_a_word_with_an_ellipsis() {
        assert_eq!(truncate("하나 둘 셋 넷", 7), "하나 둘 셋…");
        assert_eq!(truncate("하나 둘 셋 넷", 6), "하나 둘…");
        assert_eq!(truncate("가나다라마바사", 4), "가나다…");
    }

    /// Words, spaces, line breaks, and characters of several code points.
    fn texts() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "가",
            "나다 ",
            "a",
            "e\u{301}",
            "👨\u{200d}👩\u{200d}👧",
            "🇰🇷",
            " ",
            "  ",
            "\n",
            "\r\n",
            "\n\n",
            ". ",
            "? ",
            " \u{301}",
            "각",
            "\u{3000}",
            "긴단어하나",
        ]);
        prop::collection::vec(piece, 0..200).prop_map(|pieces| pieces.concat())
    }

    fn is_between_characters(text: &str, place: usize) -> bool {
        place == text.len() || text.grapheme_indices(true).any(|(start, _)| start == place)
    }

    proptest! {
        #[test]
        fn parts_fit_say_something_and_lose_only_space(text in texts(), most in 8_usize..60) {
            let parts = split(&text, most);
            let mut rest = text.as_str();
            for part in &parts {
                prop_assert!(part.chars().count() <= most && !part.trim().is_empty(), "{part:?}");
                let start = rest.find(part).unwrap();
                prop_assert!(rest[..start].trim().is_empty(), "{:?}", &rest[..start]);
                let place = text.len() - rest.len() + start;
                prop_assert!(is_between_characters(&text, place) && is_between_characters(&text, place + part.len()));
                rest = &rest[start + part.len()..];
            }
            prop_assert!(rest.trim().is_empty(), "{rest:?}");
        }

        #[test]
        fn what_is_cut_short_fits_and_is_the_beginning(text in texts(), most in 8_usize..60) {
            let cut = truncate(&text, most);
            prop_assert!(cut.chars().count() <= most);
            let kept = cut.strip_suffix('…').unwrap_or(&cut);
            prop_assert!(text.starts_with(kept) && is_between_characters(&text, kept.len()));
            prop_assert_eq!(kept == cut, text.trim_end().chars().count() <= most);
        }
    }
}
