//! The account's log-out: which services may ask for it, and the way back to them.
//!
//! See [Kakao Docs/Kakao Login: REST API, Logout with Kakao Account].

use jiff::Timestamp;
use url::form_urlencoded;

use super::authorize::{Asker, Callback};
use super::{Command, World};
use crate::fault::LoginFault;

/// The parameters of `/oauth/logout`, as they came.
#[derive(Default)]
pub(crate) struct LogoutRequest {
    client_id: Option<String>,
    logout_redirect_uri: Option<String>,
    state: Option<String>,
}

impl LogoutRequest {
    /// Reads a query; of a repeated parameter the first counts, unknown ones do not matter.
    pub(crate) fn from_query(query: &str) -> Self {
        let mut request = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let field = match &*name {
                "client_id" => &mut request.client_id,
                "logout_redirect_uri" => &mut request.logout_redirect_uri,
                "state" => &mut request.state,
                _ => continue,
            };
            field.get_or_insert_with(|| value.into_owned());
        }
        request
    }
}

/// Opens `/oauth/logout`.
pub(crate) struct AccountLogout {
    pub(crate) request: LogoutRequest,
}

/// Which app asks, and where it wants the browser back.
pub(crate) struct WayOut {
    pub(crate) asker: Asker,
    pub(crate) address: String,
}

impl Command for AccountLogout {
    type Reply = WayOut;
    type Fault = LoginFault;
    const CHANGES_THE_WORLD: bool = false;

    fn run(self, world: &mut World, _now: Timestamp) -> Result<WayOut, LoginFault> {
        let LogoutRequest { client_id, logout_redirect_uri, state } = self.request;
        let client_id = client_id.ok_or(LoginFault::MissingParameter { name: "client_id" })?;
        let client = world.client(&client_id);
        let client = client.ok_or(LoginFault::NoSuchClient { client_id: Some(client_id.clone()) })?;
        let registered = &client.app.logout_redirect_uris;
        let redirect_uri = logout_redirect_uri.filter(|uri| registered.contains(uri));
        let redirect_uri = redirect_uri.ok_or(LoginFault::LogoutRedirectUriNotRegistered)?;
        let asker = Asker { name: client.app.name.clone(), kind: client.kind };
        Ok(WayOut { asker, address: Callback { redirect_uri, state }.address(&[]) })
    }
}
