//! Other people's words on a terminal: nicknames and Kakao's messages may hold anything.

/// Writes out what would move the cursor, colour or turn the text around.
pub(crate) fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() || is_direction(character) {
            printable.extend(character.escape_unicode());
        } else {
            printable.push(character);
        }
    }
    printable
}

/// Line and paragraph separators, and marks, overrides and isolates of the bidirectional algorithm.
fn is_direction(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_sequences_lines_and_directions_are_written_out() {
        assert_eq!(printable("\u{1b}[31m\n\u{9b}"), r"\u{1b}[31m\u{a}\u{9b}");
        assert_eq!(printable("\u{202e}\u{2067}\u{2028}"), r"\u{202e}\u{2067}\u{2028}");
    }

    #[test]
    fn names_stay_as_they_are() {
        for name in ["어피치", "👩\u{200d}🚀", "한\u{3000}글", "e\u{301}"] {
            assert_eq!(printable(name), name);
        }
    }
}
