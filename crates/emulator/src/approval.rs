//! Approvals: what a person would press on Kakao's pages, without the pages.

use std::collections::BTreeSet;

use url::Url;

use crate::fault::LoginFault;
use crate::live::LiveWorld;
use crate::seed::PersonKey;
use crate::world::authorize::{
    Authorize, AuthorizeRequest, Authorized, ConsentAnswer, DecideConsent, Decided, Visitor,
};

/// What a person answers when an app asks for their consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Agrees to everything that is asked.
    Allow,
    /// Agrees to what is required, to all service terms, and to these of the other items.
    AllowOnly(BTreeSet<String>),
    /// Presses cancel.
    Deny,
}

/// Why an approval brought no redirect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApproveError {
    /// The world has nobody of this key.
    #[error("{0} 키를 가진 사람이 없습니다. There is no person with the key {0}.")]
    NoSuchPerson(String),
    /// The address is not one of `/oauth/authorize`.
    #[error("인가 코드 요청 주소가 아닙니다. This is not the address of an authorize request.")]
    NotAuthorize,
    /// The browser would have shown that Kakao has suspended the account.
    #[error("{0}의 카카오계정은 이용이 제한되었습니다. The Kakao Account of {0} is suspended.")]
    AccountSuspended(String),
    /// The browser would have shown one of Kakao's error pages.
    #[error("{description} ({code})")]
    ErrorPage {
        /// The HTTP status of the page.
        status: u16,
        /// Its KOE code.
        code: &'static str,
        /// What it says.
        description: String,
    },
}

impl From<LoginFault> for ApproveError {
    fn from(fault: LoginFault) -> Self {
        Self::ErrorPage { status: fault.status(), code: fault.code(), description: fault.description() }
    }
}

/// Where the browser of this person ends up who follows an authorize address, signs in and decides.
pub(crate) fn approve(
    live: &LiveWorld,
    authorize_url: &str,
    person: &str,
    decision: &Decision,
) -> Result<String, ApproveError> {
    let url = Url::parse(authorize_url).map_err(|_| ApproveError::NotAuthorize)?;
    if url.path() != "/oauth/authorize" {
        return Err(ApproveError::NotAuthorize);
    }
    let known = live.read(|world, _| world.person(person).map(|person| person.key.clone()));
    let person: PersonKey = known.ok_or_else(|| ApproveError::NoSuchPerson(person.to_owned()))?;
    let request = AuthorizeRequest::from_query(url.query().unwrap_or_default());
    let suspended = ApproveError::AccountSuspended(person.to_string());
    let visitor = Visitor::JustSignedIn(person);
    let questions = match live.apply(Authorize { request: request.clone(), visitor: visitor.clone() })? {
        Authorized::Redirect(address) => return Ok(address),
        Authorized::Consent(_, _, questions) => questions,
        // The other pages ask somebody to sign in, which has been done.
        _ => return Err(suspended),
    };
    let mut ticked = questions.all();
    if let Decision::AllowOnly(chosen) = decision {
        let required = |id: &String| questions.items.iter().any(|item| item.required && item.id == *id);
        ticked.items.retain(|item| required(item) || chosen.contains(item));
    }
    let answer = match decision {
        Decision::Deny => ConsentAnswer::Cancel,
        _ => ConsentAnswer::Agree(ticked),
    };
    match live.apply(DecideConsent { request, visitor, answer })? {
        Decided::Redirect(address) => Ok(address),
        // Kakao suspended the account between the two questions.
        Decided::OpenAgain => Err(suspended),
    }
}
