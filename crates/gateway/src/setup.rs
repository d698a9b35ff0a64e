//! What keeps people from signing in until an operator mends it, in Kakao's console or in our settings.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use katok_client::codes::{self, Explanation};
use katok_client::{Clock, KakaoCode};

/// A mistake in the set-up, by Kakao's code for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Another redirect URI is registered, or none.
    RedirectUri,
    /// The client secret is missing, or another one.
    ClientSecret,
    /// The app key is none, or of another kind.
    AppKey,
    /// A consent item that we ask for is not set up.
    ConsentItem,
}

impl Trouble {
    const ALL: [Self; 4] = [Self::RedirectUri, Self::ClientSecret, Self::AppKey, Self::ConsentItem];

    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::RedirectUri => "KOE006",
            Self::ClientSecret => "KOE010",
            Self::AppKey => "KOE101",
            Self::ConsentItem => "KOE205",
        }
    }

    pub(crate) fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|trouble| trouble.code() == code)
    }

    /// By the word with which a sign-in came back, for whoever is told by a redirect instead of by a code.
    pub(crate) fn of_redirect(error: &str) -> Option<Self> {
        match error {
            "invalid_scope" => Some(Self::ConsentItem),
            "invalid_client" => Some(Self::AppKey),
            _ => None,
        }
    }

    pub(crate) fn explanation(self) -> Explanation {
        let code = KakaoCode::Login(self.code().to_owned());
        codes::explain(&code).expect("the catalogue knows the codes of the set-up")
    }
}

/// The last such refusal by Kakao, until Kakao shows that it was mended.
///
/// It is remembered by the process alone: whoever starts it again has changed something.
pub(crate) struct LastTrouble {
    last: Mutex<Option<(Trouble, Timestamp)>>,
    clock: Arc<dyn Clock>,
}

impl LastTrouble {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { last: Mutex::default(), clock }
    }

    pub(crate) fn happened(&self, trouble: Trouble) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((trouble, self.clock.now()));
    }

    /// Kakao has given tokens, which it does only where all of it is right.
    pub(crate) fn is_mended(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(crate) fn get(&self) -> Option<(Trouble, Timestamp)> {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_trouble_has_a_code_that_is_explained_with_a_menu_of_the_console() {
        for trouble in Trouble::ALL {
            assert_eq!(Trouble::of_code(trouble.code()), Some(trouble));
            let explanation = trouble.explanation();
            assert!(explanation.console_ko.is_some() && explanation.console_en.is_some(), "{trouble:?}");
        }
        assert_eq!(Trouble::of_code("KOE320"), None);
    }
}
