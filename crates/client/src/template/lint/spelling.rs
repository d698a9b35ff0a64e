//! Guesses which name somebody meant.

/// The known name that is nearest to a name, if one is near.
///
/// `buttonTitle` is how Kakao's JavaScript SDK spells `button_title`.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = snake_case(name);
    known
        .map(|known| (strsim::levenshtein(&name, known), known))
        .filter(|(distance, known)| *distance <= known.len() / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

pub(super) fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len());
    for character in name.chars() {
        if character.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_probably_meant_is_found_and_what_is_far_away_is_not() {
        let known = ["button_title", "buttons", "text", "link", "android_execution_params"];
        let nearest = |name| nearest(name, known.into_iter());
        for (name, meant) in [
            ("buttonTitle", "button_title"),
            ("button-title", "button_title"),
            ("Buttons", "buttons"),
            ("button", "buttons"),
            ("txt", "text"),
            ("androidExecParams", "android_execution_params"),
        ] {
            assert_eq!(nearest(name), Some(meant), "{name}");
        }
        for name in ["", "description", "x", "링크"] {
            assert_eq!(nearest(name), None, "{name}");
        }
    }
}
