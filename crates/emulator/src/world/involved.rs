//! Who is involved in a request: the app and the person, as far as keys, tokens and cookies in it tell.

use super::World;
use super::link::LinkKey;
use crate::digest::Digest;
use crate::seed::{AppKey, PersonKey};

/// What a request shows of who sends it and about whom; whether any of it is still good does not matter.
#[derive(Default)]
pub(crate) struct Clues<'a> {
    pub(crate) access_token: Option<&'a str>,
    pub(crate) admin_key: Option<&'a str>,
    pub(crate) target_id: Option<&'a str>,
    pub(crate) client_id: Option<&'a str>,
    pub(crate) code: Option<&'a str>,
    pub(crate) refresh_token: Option<&'a str>,
    pub(crate) session: Option<&'a str>,
}

/// The app and the person, where they are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Involved {
    pub(crate) app: Option<AppKey>,
    pub(crate) person: Option<PersonKey>,
}

impl World {
    pub(crate) fn involved(&self, clues: &Clues<'_>) -> Involved {
        if let Some(LinkKey { app, person }) = self.link_of_clues(clues) {
            return Involved { app: Some(app.clone()), person: Some(person.clone()) };
        }
        let of_admin_key = |key| self.apps.iter().find(|app| app.admin_key.secret() == key);
        let of_client = || clues.client_id.and_then(|id| self.client(id)).map(|client| client.app);
        let app = clues.admin_key.and_then(of_admin_key).or_else(of_client);
        let of_target = || {
            let (app, id) = (app?, clues.target_id?.parse::<i64>().ok()?);
            self.people.iter().find(|person| person.user_ids.get(&app.key) == Some(&id))
        };
        let of_session = || self.last_signed_in(clues.session?).cloned();
        Involved {
            app: app.map(|app| app.key.clone()),
            person: of_target().map(|person| person.key.clone()).or_else(of_session),
        }
    }

    fn link_of_clues(&self, clues: &Clues<'_>) -> Option<&LinkKey> {
        let digest = |secret: &str| Digest::of_bytes(secret.as_bytes());
        let of_token = |token| self.access_tokens.get(&digest(token)).map(|token| &token.link);
        let of_code = |code| self.codes.get(&digest(code)).map(|code| &code.link);
        let of_refresh = |token| self.refresh_tokens.get(&digest(token)).map(|token| &token.link);
        clues
            .access_token
            .and_then(of_token)
            .or_else(|| clues.code.and_then(of_code))
            .or_else(|| clues.refresh_token.and_then(of_refresh))
    }
}
