//! The authorize request: from a link on some page to a code, a question to the person, or a refusal.
//!
//! See [Kakao Docs/Kakao Login: REST API].

mod callback;
mod request;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::client::{Client, ClientKind};
use super::consent::{Agreed, Questions, Ticked};
use super::generator::Opaque;
use super::link::LinkKey;
use super::session::SignedIn;
use super::token::AuthorizationCode;
use super::{Command, World};
use crate::fault::LoginFault;
use crate::seed::{App, ChannelRelation, PersonKey};
pub(super) use callback::Callback;
pub(crate) use request::{AuthorizeRequest, query_after_sign_in};

/// Opens `/oauth/authorize`.
pub(crate) struct Authorize {
    pub(crate) request: AuthorizeRequest,
    pub(crate) visitor: Visitor,
}

/// Who follows a link to `/oauth/authorize`.
#[derive(Clone)]
pub(crate) enum Visitor {
    /// A browser with this cookie.
    Browser { cookie: Option<String> },
    /// Somebody who has signed in, or up, for this very request.
    JustSignedIn(PersonKey),
}

/// The app that a page speaks for.
#[derive(Debug)]
pub(crate) struct Asker {
    pub(crate) name: String,
    pub(crate) kind: ClientKind,
}

/// What a browser shows next.
#[derive(Debug)]
pub(crate) enum Authorized {
    SignIn(Asker),
    SignUp(Asker),
    /// The choice among those who have signed in in this browser.
    ChooseAccount(Asker, Vec<PersonKey>),
    Consent(Asker, PersonKey, Questions),
    /// Kakao has suspended the person's account.
    AccountSuspended(PersonKey),
    /// The service again, at this address.
    Redirect(String),
}

impl Command for Authorize {
    type Reply = Authorized;
    type Fault = LoginFault;

    fn run(self, world: &mut World, now: Timestamp) -> Result<Authorized, LoginFault> {
        let Self { request, visitor } = self;
        let checked = world.check(&request)?;
        if let Some(address) = checked.app_is_suspended() {
            return Ok(Authorized::Redirect(address));
        }
        let signed_in = match world.signed_in_for(&request, &visitor, now) {
            Ok(signed_in) => signed_in,
            Err(_) if request.is_silent() => {
                let address = checked.callback.refuse("login_required", "user authentication required.");
                return Ok(Authorized::Redirect(address));
            }
            Err(SignInPage::SignIn) => return Ok(Authorized::SignIn(checked.asker())),
            Err(SignInPage::SignUp) => return Ok(Authorized::SignUp(checked.asker())),
            Err(SignInPage::ChooseAccount(accounts)) => {
                return Ok(Authorized::ChooseAccount(checked.asker(), accounts));
            }
        };
        let (app, callback) = (checked.client.app, &checked.callback);
        if let Some(address) = world.turned_away(&checked, &signed_in.person)? {
            return Ok(Authorized::Redirect(address));
        }
        let link = LinkKey::new(&app.key, &signed_in.person);
        let questions = world.questions(app, &link, &request);
        let suspended = world.person(signed_in.person.as_str()).is_some_and(|person| person.suspended);
        Ok(match questions {
            Some(_) if request.is_silent() => {
                Authorized::Redirect(callback.refuse("consent_required", "user consent required."))
            }
            _ if suspended && request.is_silent() => {
                Authorized::Redirect(callback.refuse("interaction_required", "user interaction required."))
            }
            _ if suspended => Authorized::AccountSuspended(signed_in.person),
            Some(questions) => Authorized::Consent(checked.asker(), signed_in.person, questions),
            None => {
                let Checked { client, callback } = checked;
                let kind = client.kind;
                let code = NewCode { link, kind, callback, request, signed_in, agreed: Agreed::default() };
                Authorized::Redirect(world.issue_code(code, now))
            }
        })
    }
}

/// Answers the consent page that [`Authorize`] showed.
pub(crate) struct DecideConsent {
    pub(crate) request: AuthorizeRequest,
    pub(crate) visitor: Visitor,
    pub(crate) answer: ConsentAnswer,
}

/// What the person pressed.
pub(crate) enum ConsentAnswer {
    Cancel,
    Agree(Ticked),
}

/// Where an answer leads.
#[derive(Debug)]
pub(crate) enum Decided {
    /// The service, at this address.
    Redirect(String),
    /// The same request again: nobody is signed in any more, or it shows another page by now.
    OpenAgain,
}

impl Command for DecideConsent {
    type Reply = Decided;
    type Fault = LoginFault;

    fn run(self, world: &mut World, now: Timestamp) -> Result<Decided, LoginFault> {
        let Self { request, visitor, answer } = self;
        let checked = world.check(&request)?;
        let Ok(signed_in) = world.signed_in_for(&request, &visitor, now) else {
            return Ok(Decided::OpenAgain);
        };
        let suspended = world.person(signed_in.person.as_str()).is_none_or(|person| person.suspended);
        if suspended
            || checked.client.app.suspended
            || world.turned_away(&checked, &signed_in.person)?.is_some()
        {
            return Ok(Decided::OpenAgain);
        }
        let ticked = match answer {
            ConsentAnswer::Cancel => {
                let address = checked.callback.refuse("access_denied", "User denied access");
                return Ok(Decided::Redirect(address));
            }
            ConsentAnswer::Agree(ticked) => ticked,
        };
        let link = LinkKey::new(&checked.client.app.key, &signed_in.person);
        // Asked again rather than taken from the form: nobody agrees to what was not on the page.
        let questions = world.questions(checked.client.app, &link, &request).unwrap_or_default();
        let agreed = questions.agreed(&ticked)?;
        let Checked { client, callback } = checked;
        let kind = client.kind;
        world.add_channels(&signed_in.person, &agreed.channels);
        let code = NewCode { link, kind, callback, request, signed_in, agreed };
        Ok(Decided::Redirect(world.issue_code(code, now)))
    }
}

/// Finds out for whom a sign-in page stands, which holds on to a request in order alone.
pub(crate) struct AskedBy {
    pub(crate) request: AuthorizeRequest,
}

impl Command for AskedBy {
    type Reply = Asker;
    type Fault = LoginFault;
    const CHANGES_THE_WORLD: bool = false;

    fn run(self, world: &mut World, _now: Timestamp) -> Result<Asker, LoginFault> {
        world.check(&self.request).map(|checked| checked.asker())
    }
}

/// The page on which somebody says who they are.
enum SignInPage {
    SignIn,
    SignUp,
    ChooseAccount(Vec<PersonKey>),
}

/// A request in order, with its app.
struct Checked<'world> {
    client: Client<'world>,
    callback: Callback,
}

impl Checked<'_> {
    fn asker(&self) -> Asker {
        Asker { name: self.client.app.name.clone(), kind: self.client.kind }
    }

    fn app_is_suspended(&self) -> Option<String> {
        let refuse = || self.callback.refuse("unauthorized_client", "the app or its developer is suspended.");
        self.client.app.suspended.then(refuse)
    }
}

/// All that a code stands for.
struct NewCode {
    link: LinkKey,
    kind: ClientKind,
    callback: Callback,
    request: AuthorizeRequest,
    signed_in: SignedIn,
    agreed: Agreed,
}

impl World {
    /// The app and the redirect address come first: until both are known to be right, nothing may be sent back.
    fn check(&self, request: &AuthorizeRequest) -> Result<Checked<'_>, LoginFault> {
        let missing = |name| LoginFault::MissingParameter { name };
        let client_id = request.client_id.as_ref().ok_or(missing("client_id"))?;
        let no_such_client = || LoginFault::NoSuchClient { client_id: Some(client_id.clone()) };
        let client = self.client(client_id).ok_or_else(no_such_client)?;
        let app = client.app;
        if !app.login {
            return Err(LoginFault::LoginSwitchedOff);
        }
        let redirect_uri = request.redirect_uri.clone().ok_or(missing("redirect_uri"))?;
        if !client.may_return_to(&redirect_uri) {
            let of_another_kind =
                client.kind == ClientKind::Native && app.redirect_uris.contains(&redirect_uri);
            return Err(if of_another_kind {
                LoginFault::WrongKindOfKey
            } else {
                LoginFault::RedirectUriNotRegistered
            });
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
        if !request.channel_public_ids.is_empty() && app.channels.is_empty() {
            return Err(LoginFault::NoChannel);
        }
        if request.code_challenge.is_some() && request.code_challenge_method.as_deref() != Some("S256") {
            return Err(LoginFault::InvalidParameter { name: "code_challenge_method" });
        }
        Ok(Checked { client, callback: Callback { redirect_uri, state: request.state.clone() } })
    }

    /// Who is signed in as far as the request is content with that, or the page to sign in on.
    fn signed_in_for(
        &self,
        request: &AuthorizeRequest,
        visitor: &Visitor,
        now: Timestamp,
    ) -> Result<SignedIn, SignInPage> {
        let cookie = match visitor {
            Visitor::JustSignedIn(person) => return Ok(SignedIn { person: person.clone(), since: now }),
            Visitor::Browser { cookie } => cookie.as_deref().unwrap_or_default(),
        };
        if request.wants("create") {
            return Err(SignInPage::SignUp);
        }
        if request.wants("login") {
            return Err(SignInPage::SignIn);
        }
        let signed_in = self.signed_in(cookie, now);
        if request.wants("select_account") {
            let accounts = self.accounts(cookie, now);
            if accounts.len() > 1 || (accounts.len() == 1 && signed_in.is_none()) {
                return Err(SignInPage::ChooseAccount(accounts));
            }
        }
        signed_in.ok_or(SignInPage::SignIn)
    }

    /// Where to send somebody who is too young for the app; whoever is not of a test app's team sees a page.
    fn turned_away(&self, checked: &Checked<'_>, person: &PersonKey) -> Result<Option<String>, LoginFault> {
        let app = checked.client.app;
        if app.test_app && !app.members.contains(person) {
            return Err(LoginFault::NotOfTheTeam);
        }
        let under_14 = self.person(person.as_str()).is_some_and(|person| person.under_14);
        let refuse = || checked.callback.refuse("access_denied", "Not allowed under age 14");
        Ok((under_14 && !app.allows_under_14).then(refuse))
    }

    fn add_channels(&mut self, person: &PersonKey, channels: &BTreeSet<String>) {
        if let Some(person) = self.people.iter_mut().find(|known| known.key == *person) {
            person.channels.extend(channels.iter().map(|channel| (channel.clone(), ChannelRelation::Added)));
        }
    }

    /// A code for everything the person has agreed to by now, and the address that brings it to the service.
    fn issue_code(&mut self, new: NewCode, now: Timestamp) -> String {
        let NewCode { link, kind, callback, request, signed_in, agreed } = new;
        let code = self.generator.draw(Opaque::Code(&link));
        let address = callback.address(&[("code", &code)]);
        let linked = self.links.get(&link);
        let mut scopes = agreed.items;
        scopes.extend(linked.into_iter().flat_map(|link| link.scopes.iter().cloned()));
        let openid = |app: &App| app.oidc && request.brings_id_token(linked.is_some());
        let app = self.app(&link.app);
        let lifetime = app.map_or(0, |app| app.quotas.code_lifetime_seconds);
        let record = AuthorizationCode {
            kind,
            redirect_uri: callback.redirect_uri,
            code_challenge: request.code_challenge.clone(),
            scopes,
            service_terms: agreed.terms,
            signed_in_at: app.is_some_and(openid).then_some(signed_in.since),
            nonce: request.nonce.clone(),
            expires_at: now + SignedDuration::from_secs(lifetime.into()),
            link,
        };
        self.keep_code(&code, record);
        address
    }
}
