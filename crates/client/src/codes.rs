//! Kakao's codes in plain words: what happened, what to do and where, in Korean and English.
//!
//! ```
//! use katok_client::{KakaoCode, codes};
//!
//! let code = KakaoCode::parse("KOE006").unwrap();
//! let explanation = codes::explain(&code).unwrap();
//! println!("{} {}", explanation.cause_en, explanation.remedy_en);
//! let place = "[App] > [Platform key] > [REST API key] > [Redirect URI]";
//! assert_eq!(explanation.console_en, Some(place));
//! ```
//!
//! Left out is what never reaches a server: the codes of the friend picker, of `KakaoTalk` Share and of adding a
//! channel, which Kakao's SDKs show in the browser or on the phone; and the codes of certificates and of Kakao's
//! own companies.

mod api;
mod authorize;
mod console;
mod redirect;
mod talk;
mod token;
mod user;

use serde::Serialize;

use crate::KakaoCode;
use console::Menu;

/// What a code means and what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The HTTP status it comes with, where that is known.
    pub status: Option<u16>,
    /// What happened, in Korean.
    pub cause_ko: &'static str,
    /// What happened, in English.
    pub cause_en: &'static str,
    /// What to do, in Korean.
    pub remedy_ko: &'static str,
    /// What to do, in English.
    pub remedy_en: &'static str,
    /// The menu of Kakao's console that helps, in Korean, as the console is laid out since December 2025.
    pub console_ko: Option<&'static str>,
    /// The same menu in English.
    pub console_en: Option<&'static str>,
    /// Which of Kakao's documents this is from.
    pub source: &'static str,
}

/// Explains a code, if it is one this catalogue knows.
#[must_use]
pub fn explain(code: &KakaoCode) -> Option<Explanation> {
    match code {
        KakaoCode::Api(number) => find(api_codes(), |known| known == number),
        KakaoCode::Login(name) => find(login_codes(), |known| known == name),
    }
}

/// Explains the `error` that a login brings back to the redirect URI, such as `access_denied`.
#[must_use]
pub fn explain_redirect(error: &str) -> Option<Explanation> {
    find(redirect::ERRORS.iter(), |known| *known == error)
}

/// Every code that is explained: first those of the API server, then those of the authorization server.
pub fn all() -> impl Iterator<Item = (KakaoCode, Explanation)> {
    let api = api_codes().map(|(code, explanation)| (KakaoCode::Api(*code), *explanation));
    let login = login_codes().map(|(code, explanation)| (KakaoCode::Login((*code).to_owned()), *explanation));
    api.chain(login)
}

/// Every `error` of a redirect that is explained.
pub fn redirect_errors() -> impl Iterator<Item = (&'static str, Explanation)> {
    redirect::ERRORS.iter().copied()
}

type Entry<Code> = (Code, Explanation);

fn api_codes() -> impl Iterator<Item = &'static Entry<i64>> {
    api::CODES.iter().chain(user::CODES).chain(talk::CODES)
}

fn login_codes() -> impl Iterator<Item = &'static Entry<&'static str>> {
    authorize::CODES.iter().chain(token::CODES)
}

fn find<Code: 'static>(
    mut entries: impl Iterator<Item = &'static Entry<Code>>,
    is_it: impl Fn(&Code) -> bool,
) -> Option<Explanation> {
    entries.find(|(known, _)| is_it(known)).map(|(_, explanation)| *explanation)
}

const fn entry<Code: Copy>(
    code: Code,
    status: Option<u16>,
    cause: [&'static str; 2],
    remedy: [&'static str; 2],
    menu: Option<Menu>,
    source: &'static str,
) -> Entry<Code> {
    let ([cause_ko, cause_en], [remedy_ko, remedy_en]) = (cause, remedy);
    let (console_ko, console_en) = match menu {
        Some([ko, en]) => (Some(ko), Some(en)),
        None => (None, None),
    };
    let explanation =
        Explanation { status, cause_ko, cause_en, remedy_ko, remedy_en, console_ko, console_en, source };
    (code, explanation)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_found_as_people_write_them() {
        for code in ["-402", " KOE320 ", "koe320"] {
            assert!(explain(&KakaoCode::parse(code).unwrap()).is_some(), "{code}");
        }
        assert!(explain_redirect("access_denied").is_some());
        assert_eq!(explain(&KakaoCode::Api(-4_711)), None);
        assert_eq!(explain_redirect("out_of_order"), None);
        for nonsense in ["", "KOE", "KOE3x", "402", "-", "error"] {
            assert_eq!(KakaoCode::parse(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn every_code_is_explained_once() {
        let mut seen = HashSet::new();
        for (code, explanation) in all() {
            assert_eq!(explain(&code), Some(explanation), "{code}");
            assert!(seen.insert(code.clone()), "{code} is there twice");
        }
        for (error, explanation) in redirect_errors() {
            assert_eq!(explain_redirect(error), Some(explanation), "{error} is there twice");
        }
    }

    #[test]
    fn every_text_is_whole_sentences_in_its_language() {
        let is_hangul = |letter: char| ('가'..='힣').contains(&letter);
        let codes = all().map(|(code, explanation)| (code.to_string(), explanation));
        let errors = redirect_errors().map(|(error, explanation)| (error.to_owned(), explanation));
        for (code, explanation) in codes.chain(errors) {
            let Explanation { cause_ko, cause_en, remedy_ko, remedy_en, console_ko, console_en, .. } =
                explanation;
            for korean in [cause_ko, remedy_ko] {
                assert!(korean.contains(is_hangul) && korean.ends_with('.'), "{code}: {korean}");
            }
            for english in [cause_en, remedy_en] {
                assert!(!english.contains(is_hangul) && english.ends_with('.'), "{code}: {english}");
            }
            // Menus have a field of their own, where they can be kept up with the console.
            for text in [cause_ko, cause_en, remedy_ko, remedy_en] {
                assert!(!text.contains("] > ["), "{code}: {text}");
            }
            assert_eq!(console_ko.is_some(), console_en.is_some(), "{code}");
            for menu in [console_ko, console_en].into_iter().flatten() {
                assert!(menu.starts_with('[') && menu.ends_with(']'), "{code}: {menu}");
            }
            assert!(explanation.source.starts_with("Kakao"), "{code}: {}", explanation.source);
        }
    }
}
