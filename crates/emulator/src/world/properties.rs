//! User properties: what a service has Kakao store about its users.
//!
//! See [Kakao Docs/Kakao Login: REST API].

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::credentials::Credentials;
use super::{Command, World};
use crate::fault::ApiFault;
use crate::seed::App;

/// Stores properties of the user.
pub(crate) struct UpdateProfile {
    pub(crate) credentials: Credentials,
    pub(crate) properties: Option<String>,
}

impl Command for UpdateProfile {
    /// The user's id.
    type Reply = i64;
    type Fault = ApiFault;

    fn run(self, world: &mut World, now: Timestamp) -> Result<i64, ApiFault> {
        let caller = world.caller_by_token(&self.credentials, now)?;
        let properties = self.properties.ok_or_else(|| ApiFault::missing("properties"))?;
        let properties = read(&properties, caller.app)?;
        let (id, key) = (caller.user_id(), caller.key.clone());
        if let Some(link) = world.links.get_mut(&key) {
            link.properties.extend(properties);
        }
        Ok(id)
    }
}

/// A JSON object of strings, with keys that the app has.
pub(super) fn read(text: &str, app: &App) -> Result<BTreeMap<String, String>, ApiFault> {
    let properties: BTreeMap<String, String> =
        serde_json::from_str(text).map_err(|_| ApiFault::unparsable("properties"))?;
    let unknown: Vec<String> =
        properties.keys().filter(|key| !app.properties.contains(key)).cloned().collect();
    if unknown.is_empty() {
        Ok(properties)
    } else {
        Err(ApiFault::NoSuchProperties { keys: unknown, app_id: app.app_id })
    }
}
