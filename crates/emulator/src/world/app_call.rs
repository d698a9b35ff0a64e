//! Calls of an app itself, with one of its keys, as Kakao's SDKs make them without a user.

use jiff::Timestamp;
use url::Url;

use super::World;
use super::credentials::Credentials;
use super::wording;
use crate::fault::ApiFault;
use crate::seed::App;

/// What a call proves itself with that an SDK makes for the app.
pub(crate) struct AppCall {
    pub(crate) credentials: Credentials,
    /// The origin of the page that the JavaScript SDK says it runs on.
    pub(crate) page_origin: Option<String>,
}

impl World {
    /// The app that calls with its REST, JavaScript or native key.
    pub(super) fn app_by_key(&self, call: &AppCall) -> Result<&App, ApiFault> {
        let Credentials::AdminKey { key, .. } = &call.credentials else {
            return Err(ApiFault::MissingKey);
        };
        let mut apps = self.apps.iter();
        let app =
            apps.find(|app| [&app.rest_api_key, &app.javascript_key, &app.native_app_key].contains(&key));
        let app = app.ok_or(ApiFault::WrongAdminKey)?;
        let origin = call.page_origin.as_deref();
        let page_is_known = app.javascript_domains.is_empty()
            || app.javascript_domains.iter().any(|domain| Some(domain.as_str()) == origin);
        if app.javascript_key == *key && !page_is_known {
            return Err(ApiFault::DomainMismatched { caller: origin.unwrap_or("null").to_owned() });
        }
        Ok(app)
    }

    /// The app that calls with one of its keys, or with a token of one of its users.
    pub(super) fn app_by_key_or_token(&self, call: &AppCall, now: Timestamp) -> Result<&App, ApiFault> {
        match call.credentials {
            Credentials::Token(_) => Ok(self.caller_by_token(&call.credentials, now)?.app),
            _ => self.app_by_key(call),
        }
    }

    /// Refuses unless it is an app that calls.
    pub(crate) fn check_app_call(&self, call: &AppCall, now: Timestamp) -> Result<(), ApiFault> {
        self.app_by_key_or_token(call, now).map(|_| ())
    }

    /// The page that a call wants looked at, if it is of an app whose page it is.
    pub(crate) fn page_to_scrape(
        &self,
        call: &AppCall,
        request_url: Option<&str>,
        now: Timestamp,
    ) -> Option<Url> {
        let app = self.app_by_key_or_token(call, now).ok()?;
        wording::page_address(request_url, app).ok()
    }
}
