//! The gate: what every call to kapi passes before the rules of the call itself.
//!
//! See [Kakao Docs/REST API: Error code].

use std::net::IpAddr;

use jiff::Timestamp;

use super::credentials::Credentials;
use super::{Command, World};
use crate::fault::{ApiFault, KeyKind};
use crate::seed::{App, Person};

/// What somebody may call who has logged in, but whom the service has not signed up yet.
const BEFORE_SIGN_UP: &[&str] =
    &["/v2/user/me", "/v1/user/signup", "/v1/user/access_token_info", "/v1/user/logout", "/v1/user/unlink"];

/// Asks to be let in, and counts the call.
pub(crate) struct Enter<'call> {
    pub(crate) credentials: &'call Credentials,
    pub(crate) path: &'call str,
    /// Where the call comes from.
    pub(crate) caller_ip: IpAddr,
}

/// Whose call it is, as far as the gate needs to know.
struct Subject<'world> {
    app: &'world App,
    /// Whom it is about; nobody, or not yet somebody, for some calls by admin key.
    person: Option<&'world Person>,
    registered: bool,
    key: KeyKind,
}

impl Command for Enter<'_> {
    type Reply = ();
    type Fault = ApiFault;
    // The count of a call is written down with the next change: a file for each reading call would be too much.
    const CHANGES_THE_WORLD: bool = false;

    fn run(self, world: &mut World, now: Timestamp) -> Result<(), ApiFault> {
        let Subject { app, person, registered, key } = world.subject(self.credentials, now)?;
        if !app.admits_address(self.caller_ip) {
            return Err(ApiFault::IpMismatched { caller: self.caller_ip.to_canonical(), key });
        }
        if app.suspended {
            return Err(ApiFault::AppSuspended);
        }
        if let Some(person) = person {
            check_account(app, person, key)?;
        }
        if !registered && !BEFORE_SIGN_UP.contains(&self.path) {
            return Err(ApiFault::NotLinked);
        }
        if key == KeyKind::AdminKey && app.admin_key_denied.contains(self.path) {
            return Err(ApiFault::AdminKeyDenied);
        }
        let (app, limit) = (app.key.clone(), app.quotas.requests_per_month);
        world.call_counts.entry(app).or_default().count_request(limit, now)
    }
}

fn check_account(app: &App, person: &Person, key: KeyKind) -> Result<(), ApiFault> {
    if person.suspended {
        return Err(ApiFault::AccountSuspended);
    }
    if person.dormant {
        return Err(ApiFault::DormantAccount);
    }
    if person.under_14 && !app.allows_under_14 {
        return Err(ApiFault::Under14 { key });
    }
    Ok(())
}

impl World {
    fn subject(&self, credentials: &Credentials, now: Timestamp) -> Result<Subject<'_>, ApiFault> {
        let Credentials::AdminKey { key, target_id, .. } = credentials else {
            let caller = self.caller_by_token(credentials, now)?;
            let registered = caller.link.registered_at.is_some();
            return Ok(Subject {
                app: caller.app,
                person: Some(caller.person),
                registered,
                key: KeyKind::AccessToken,
            });
        };
        // SDKs send the other keys of an app the same way; which kind will do is for the call to say.
        let app = self.apps.iter().find(|app| app.has_key(key)).ok_or(ApiFault::WrongAdminKey)?;
        let target = target_id.as_deref().and_then(|id| id.parse().ok());
        // Whether the target is right, and linked, is for the call to say.
        let known = target.and_then(|id| self.linked_person(app, id));
        Ok(Subject {
            app,
            person: known.map(|(person, _)| person),
            registered: known.is_none_or(|(_, link)| link.registered_at.is_some()),
            key: KeyKind::AdminKey,
        })
    }
}
