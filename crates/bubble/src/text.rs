//! How much of a text fits into a bubble.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;

/// KakaoTalk shows this many characters and an ellipsis for the rest; the API itself accepts more.
/// See [Kakao Docs/Message Template/Text].
const SHOWN_CHARACTERS: usize = 200;

/// The part of a text that a phone shows: at most 200 characters, then an ellipsis.
///
/// Kakao does not say what it counts as one character; we count code points, and cut between what a reader takes
/// for characters, so that a family emoji is shown whole or not at all.
#[must_use]
pub fn shown_text(text: &str) -> Cow<'_, str> {
    let Some((limit, _)) = text.char_indices().nth(SHOWN_CHARACTERS) else {
        return Cow::Borrowed(text);
    };
    let end = text
        .grapheme_indices(true)
        .map(|(start, grapheme)| start + grapheme.len())
        .take_while(|end| *end <= limit)
        .last()
        .unwrap_or(0);
    Cow::Owned(format!("{}…", &text[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hundred_characters_are_shown_whole() {
        let text = "가".repeat(200);
        assert_eq!(shown_text(&text), text);
    }

    #[test]
    fn the_201st_character_becomes_an_ellipsis() {
        assert_eq!(shown_text(&"가".repeat(201)), "가".repeat(200) + "…");
    }

    #[test]
    fn an_emoji_across_the_limit_is_left_out_whole() {
        let text = "가".repeat(198) + "👨‍👩‍👧‍👦";
        assert_eq!(shown_text(&text), "가".repeat(198) + "…");
    }

    #[test]
    fn one_endless_character_is_not_shown() {
        assert_eq!(shown_text(&("e".to_owned() + &"\u{301}".repeat(1000))), "…");
    }
}
