//! The authorize request: from a link on some page to a code, a question to the person, or a refusal.
//!
//! See [Kakao Docs/Kakao Login: REST API].

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::form_urlencoded;

use super::consent::{self, Asked};
use super::generator::Opaque;
use super::link::LinkKey;
use super::token::AuthorizationCode;
use super::{Command, World};
use crate::fault::LoginFault;
use crate::seed::{App, AppKey, PersonKey};

/// What stays as it is in a query value. Kakao writes a space as `%20`, not as `+`.
const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The parameters of `/oauth/authorize`, as they came.
#[derive(Clone, Debug, Default)]
pub(crate) struct AuthorizeRequest {
    client_id: Option<String>,
    redirect_uri: Option<String>,
    response_type: Option<String>,
    scope: BTreeSet<String>,
    prompt: BTreeSet<String>,
    state: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
    /// What to write into the e-mail field.
    pub(crate) login_hint: Option<String>,
}

impl AuthorizeRequest {
    /// Reads a query; of a repeated parameter the first counts, unknown ones do not matter.
    pub(crate) fn from_query(query: &str) -> Self {
        let mut request = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let field = match &*name {
                "client_id" => &mut request.client_id,
                "redirect_uri" => &mut request.redirect_uri,
                "response_type" => &mut request.response_type,
                "state" => &mut request.state,
                "code_challenge" => &mut request.code_challenge,
                "code_challenge_method" => &mut request.code_challenge_method,
                "login_hint" => &mut request.login_hint,
                "scope" => {
                    request.scope.extend(words(&value));
                    continue;
                }
                "prompt" => {
                    request.prompt.extend(words(&value));
                    continue;
                }
                _ => continue,
            };
            field.get_or_insert_with(|| value.into_owned());
        }
        request
    }

    /// Whether whoever is signed in has to do so again.
    pub(crate) fn wants_sign_in(&self) -> bool {
        self.prompt.contains("login") && !self.is_silent()
    }

    /// Whether no page may be shown.
    fn is_silent(&self) -> bool {
        self.prompt.contains("none")
    }
}

/// The query of the same request once the person has signed in for it: without what asked for that.
pub(crate) fn query_after_sign_in(query: &str) -> String {
    let mut rest = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if name == "prompt" {
            let left: Vec<String> = words(&value).filter(|word| word != "login").collect();
            if !left.is_empty() {
                rest.append_pair("prompt", &left.join(","));
            }
        } else {
            rest.append_pair(&name, &value);
        }
    }
    rest.finish()
}

/// The documents separate by commas, the SDKs by spaces.
fn words(list: &str) -> impl Iterator<Item = String> {
    list.split([',', ' ']).filter(|word| !word.is_empty()).map(str::to_owned)
}

/// Opens `/oauth/authorize` in a browser in which nobody is signed in.
pub(crate) struct AuthorizeSignedOut {
    pub(crate) request: AuthorizeRequest,
}

/// What a browser shows in which nobody is signed in.
#[derive(Debug)]
pub(crate) enum SignedOut {
    /// The sign-in page, on behalf of this app.
    SignIn { app: AppKey },
    /// The service again, at this address.
    Redirect(String),
}

impl Command for AuthorizeSignedOut {
    type Reply = SignedOut;
    type Fault = LoginFault;
    const CHANGES_THE_WORLD: bool = false;

    fn run(self, world: &mut World, _now: Timestamp) -> Result<SignedOut, LoginFault> {
        let checked = world.check(&self.request)?;
        Ok(if self.request.is_silent() {
            SignedOut::Redirect(checked.refuse("login_required", "user authentication required."))
        } else {
            SignedOut::SignIn { app: checked.app.key.clone() }
        })
    }
}

/// Opens `/oauth/authorize` in a browser in which `person` is signed in.
pub(crate) struct Authorize {
    pub(crate) request: AuthorizeRequest,
    pub(crate) person: PersonKey,
}

/// What a browser shows in which somebody is signed in.
#[derive(Debug)]
pub(crate) enum Authorized {
    /// The consent page, with these items.
    Consent { app: AppKey, asked: Vec<Asked> },
    /// The service again, at this address.
    Redirect(String),
}

impl Command for Authorize {
    type Reply = Authorized;
    type Fault = LoginFault;

    fn run(self, world: &mut World, now: Timestamp) -> Result<Authorized, LoginFault> {
        let checked = world.check(&self.request)?;
        let app = checked.app.key.clone();
        let link = LinkKey::new(&app, &self.person);
        match world.asked(checked.app, &link, &self.request.scope) {
            Some(_) if self.request.is_silent() => {
                Ok(Authorized::Redirect(checked.refuse("consent_required", "user consent required.")))
            }
            Some(asked) => Ok(Authorized::Consent { app, asked }),
            None => {
                let callback = checked.callback;
                Ok(Authorized::Redirect(world.issue_code(link, callback, BTreeSet::new(), now)))
            }
        }
    }
}

/// Answers the consent page that [`Authorize`] showed.
pub(crate) struct DecideConsent {
    pub(crate) request: AuthorizeRequest,
    pub(crate) person: PersonKey,
    pub(crate) answer: ConsentAnswer,
}

/// What the person pressed.
pub(crate) enum ConsentAnswer {
    Cancel,
    Agree { items: BTreeSet<String> },
}

impl Command for DecideConsent {
    /// The address at the service to send the browser to.
    type Reply = String;
    type Fault = LoginFault;

    fn run(self, world: &mut World, now: Timestamp) -> Result<String, LoginFault> {
        let checked = world.check(&self.request)?;
        let link = LinkKey::new(&checked.app.key, &self.person);
        // Asked again rather than taken from the form: nobody agrees to what was not on the page.
        let asked = world.asked(checked.app, &link, &self.request.scope).unwrap_or_default();
        match self.answer {
            ConsentAnswer::Cancel => Ok(checked.refuse("access_denied", "User denied access")),
            ConsentAnswer::Agree { items } => {
                let agreed = consent::agreed(asked, &items)?;
                let callback = checked.callback;
                Ok(world.issue_code(link, callback, agreed, now))
            }
        }
    }
}

/// A request in order, with its app.
struct Checked<'world> {
    app: &'world App,
    callback: Callback,
}

/// The way back to the service, and what it must show to use the code.
struct Callback {
    redirect_uri: String,
    state: Option<String>,
    code_challenge: Option<String>,
}

impl Checked<'_> {
    fn refuse(&self, error: &str, description: &str) -> String {
        self.callback.address(&[("error", error), ("error_description", description)])
    }
}

impl Callback {
    /// Put together as text: parsing a URL and printing it again could change what was registered.
    fn address(&self, answer: &[(&str, &str)]) -> String {
        let mut address = self.redirect_uri.clone();
        let state = self.state.as_deref().map(|state| ("state", state));
        for (name, value) in answer.iter().copied().chain(state) {
            address.push(if address.contains('?') { '&' } else { '?' });
            address.push_str(name);
            address.push('=');
            address.extend(utf8_percent_encode(value, QUERY_VALUE));
        }
        address
    }
}

impl World {
    /// The app and the redirect address come first: until both are known to be right, nothing may be sent back.
    fn check(&self, request: &AuthorizeRequest) -> Result<Checked<'_>, LoginFault> {
        let missing = |name| LoginFault::MissingParameter { name };
        let client_id = request.client_id.clone().ok_or(missing("client_id"))?;
        let no_such_client = || LoginFault::NoSuchClient { client_id: Some(client_id.clone()) };
        let app = self.app_of_client(&client_id).ok_or_else(no_such_client)?;
        let redirect_uri = request.redirect_uri.clone().ok_or(missing("redirect_uri"))?;
        if !app.redirect_uris.contains(&redirect_uri) {
            return Err(LoginFault::RedirectUriNotRegistered);
        }
        match request.response_type.as_deref() {
            Some("code") => {}
            Some("token") => return Err(LoginFault::ImplicitGrant),
            Some(other) => {
                return Err(LoginFault::UnsupportedResponseType { response_type: other.to_owned() });
            }
            None => return Err(missing("response_type")),
        }
        let configured = |item: &String| app.level(item).is_some() || (item == "openid" && app.oidc);
        let unknown: Vec<String> = request.scope.iter().filter(|item| !configured(item)).cloned().collect();
        if !unknown.is_empty() {
            return Err(LoginFault::ItemsNotConfigured { items: unknown });
        }
        if request.code_challenge.is_some() && request.code_challenge_method.as_deref() != Some("S256") {
            return Err(LoginFault::InvalidParameter { name: "code_challenge_method" });
        }
        let callback = Callback {
            redirect_uri,
            state: request.state.clone(),
            code_challenge: request.code_challenge.clone(),
        };
        Ok(Checked { app, callback })
    }

    /// A code for everything the person has agreed to by now, and the address that brings it to the service.
    fn issue_code(
        &mut self,
        link: LinkKey,
        callback: Callback,
        agreed: BTreeSet<String>,
        now: Timestamp,
    ) -> String {
        let code = self.generator.draw(Opaque::Code(&link));
        let address = callback.address(&[("code", &code)]);
        let Callback { redirect_uri, code_challenge, .. } = callback;
        let mut scopes = agreed;
        scopes.extend(self.links.get(&link).into_iter().flat_map(|link| link.scopes.iter().cloned()));
        let lifetime = self.app(&link.app).map_or(0, |app| app.quotas.code_lifetime_seconds);
        let expires_at = now + SignedDuration::from_secs(lifetime.into());
        self.keep_code(&code, AuthorizationCode::new(link, redirect_uri, code_challenge, scopes, expires_at));
        address
    }
}
