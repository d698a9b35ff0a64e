//! Clients: which app a `client_id` speaks for, and with which of its keys.
//!
//! See [Kakao Docs/App key].

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::World;
use crate::seed::App;

/// The kind of app key that stands as `client_id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ClientKind {
    /// A service's server.
    RestApi,
    /// A page with Kakao's JavaScript SDK.
    JavaScript,
    /// An app on a phone with Kakao's SDK.
    Native,
}

impl ClientKind {
    /// How long its ID tokens live, and its access tokens but for a second.
    pub(super) fn token_lifetime(self) -> SignedDuration {
        SignedDuration::from_hours(match self {
            Self::RestApi => 6,
            Self::JavaScript => 2,
            Self::Native => 12,
        })
    }
}

/// Where a token request says that it comes from.
#[derive(Default)]
pub(crate) struct Platform {
    pub(crate) android_key_hash: Option<String>,
    pub(crate) ios_bundle_id: Option<String>,
    pub(crate) client_origin: Option<String>,
}

/// An app, as one of its keys names it.
pub(super) struct Client<'world> {
    pub(super) app: &'world App,
    pub(super) kind: ClientKind,
}

impl Client<'_> {
    /// Where this client may be sent back to.
    pub(super) fn may_return_to(&self, redirect_uri: &str) -> bool {
        match self.kind {
            ClientKind::Native => redirect_uri == format!("kakao{}://oauth", self.app.native_app_key),
            _ => self.app.redirect_uris.iter().any(|registered| registered == redirect_uri),
        }
    }

    /// Whether the app has registered the platform, or none at all of that kind.
    pub(super) fn runs_on(&self, platform: &Platform) -> bool {
        let fits = |registered: &[String], given: &Option<String>| {
            registered.is_empty() || given.as_ref().is_some_and(|given| registered.contains(given))
        };
        let (android, ios) = (&self.app.android_key_hashes, &self.app.ios_bundle_ids);
        match self.kind {
            ClientKind::RestApi => true,
            ClientKind::JavaScript => fits(&self.app.javascript_domains, &platform.client_origin),
            ClientKind::Native if platform.android_key_hash.is_some() => {
                fits(android, &platform.android_key_hash)
            }
            ClientKind::Native if platform.ios_bundle_id.is_some() => fits(ios, &platform.ios_bundle_id),
            ClientKind::Native => android.is_empty() && ios.is_empty(),
        }
    }
}

impl App {
    /// What this kind of client calls itself.
    pub(super) fn key_of(&self, kind: ClientKind) -> &str {
        match kind {
            ClientKind::RestApi => &self.rest_api_key,
            ClientKind::JavaScript => &self.javascript_key,
            ClientKind::Native => &self.native_app_key,
        }
    }
}

impl World {
    /// The client of this id; an admin key is none.
    pub(super) fn client(&self, client_id: &str) -> Option<Client<'_>> {
        self.apps.iter().find_map(|app| {
            let kinds = [ClientKind::RestApi, ClientKind::JavaScript, ClientKind::Native];
            let kind = kinds.into_iter().find(|kind| app.key_of(*kind) == client_id)?;
            Some(Client { app, kind })
        })
    }
}
