//! Which language the person reads.

use clap::ValueEnum as _;
use katok_gateway::Sentence;

/// The languages to speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Language {
    #[value(name = "ko")]
    Korean,
    #[value(name = "en")]
    English,
    /// A locale that says nothing (`C`, unset): both, Korean first.
    #[value(skip)]
    Both,
}

/// What `--lang` or `KATOK_LANG` say where what was typed cannot be read as a whole.
pub(crate) fn typed(arguments: &[String]) -> Option<Language> {
    let named = arguments.windows(2).find(|pair| pair[0] == "--lang").map(|pair| pair[1].clone());
    let joined = || arguments.iter().find_map(|argument| Some(argument.strip_prefix("--lang=")?.to_owned()));
    let named = named.or_else(joined).or_else(|| std::env::var("KATOK_LANG").ok())?;
    Language::from_str(&named, false).ok()
}

/// Reads the locale as POSIX orders it.
pub(crate) fn of_environment() -> Language {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    of_locale(set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG")).as_deref())
}

fn of_locale(locale: Option<&str>) -> Language {
    match locale {
        Some(locale) if locale.starts_with("ko") => Language::Korean,
        None | Some("C" | "POSIX") => Language::Both,
        Some(locale) if locale.starts_with("C.") => Language::Both,
        Some(_) => Language::English,
    }
}

impl Language {
    /// The lines to print for a sentence.
    pub(crate) fn lines(self, sentence: &Sentence) -> Vec<&str> {
        match self {
            Self::Korean => vec![&sentence.ko],
            Self::English => vec![&sentence.en],
            Self::Both if sentence.ko == sentence.en => vec![&sentence.ko],
            Self::Both => vec![&sentence.ko, &sentence.en],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_decides_and_an_empty_one_gets_both() {
        assert_eq!(of_locale(Some("ko_KR.UTF-8")), Language::Korean);
        assert_eq!(of_locale(Some("en_US.UTF-8")), Language::English);
        assert_eq!(of_locale(Some("de_DE.UTF-8")), Language::English);
        assert_eq!(of_locale(Some("C.UTF-8")), Language::Both);
        assert_eq!(of_locale(None), Language::Both);
    }
}
