//! Kakao's codes in plain words: what happened and what to do, in Korean and English.

mod api;
mod login;

use crate::KakaoCode;

/// What a code means and what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// What happened, in Korean.
    pub cause_ko: &'static str,
    /// What happened, in English.
    pub cause_en: &'static str,
    /// What to do, in Korean; console menus in brackets.
    pub remedy_ko: &'static str,
    /// What to do, in English; console menus in brackets.
    pub remedy_en: &'static str,
}

type Entry<Code> = (Code, Explanation);

/// Explains a code, if it is one this catalogue knows.
#[must_use]
pub fn explain(code: &KakaoCode) -> Option<Explanation> {
    match code {
        KakaoCode::Api(number) => find(api::CODES, number),
        KakaoCode::Login(name) => find(login::CODES, &name.as_str()),
    }
}

fn find<Code: PartialEq>(entries: &[Entry<Code>], code: &Code) -> Option<Explanation> {
    entries.iter().find(|(known, _)| known == code).map(|(_, explanation)| *explanation)
}

const fn entry<Code: Copy>(code: Code, cause: [&'static str; 2], remedy: [&'static str; 2]) -> Entry<Code> {
    let ([cause_ko, cause_en], [remedy_ko, remedy_en]) = (cause, remedy);
    (code, Explanation { cause_ko, cause_en, remedy_ko, remedy_en })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_as_people_write_them() {
        for code in ["-402", " KOE320 ", "koe320"] {
            let explanation = explain(&KakaoCode::parse(code).unwrap()).unwrap();
            assert!(!explanation.remedy_ko.is_empty() && !explanation.remedy_en.is_empty(), "{code}");
        }
        assert_eq!(explain(&KakaoCode::Api(-4_711)), None);
        for nonsense in ["", "KOE", "KOE3x", "402", "-", "error"] {
            assert_eq!(KakaoCode::parse(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn no_code_is_explained_twice() {
        for (position, (code, _)) in api::CODES.iter().enumerate() {
            assert!(api::CODES[..position].iter().all(|(earlier, _)| earlier != code), "{code}");
        }
        for (position, (code, _)) in login::CODES.iter().enumerate() {
            assert!(login::CODES[..position].iter().all(|(earlier, _)| earlier != code), "{code}");
        }
    }
}
