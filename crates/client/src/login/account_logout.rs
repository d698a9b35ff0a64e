//! `GET /oauth/logout`: the address where a person logs out of their Kakao Account as well.

use url::Url;

use super::RedirectUri;
use super::authorization_response::single;
use crate::{RestApiKey, State};

pub(crate) const PATH: &str = "/oauth/logout";

/// Lets a person choose to log out of the service only, or of their Kakao Account (카카오계정과 함께 로그아웃);
/// [`Client::account_logout_url`](crate::Client::account_logout_url) makes it an address.
///
/// It revokes no token: that is [`Logout`](crate::Logout). The service ends its own session when the browser
/// comes back. See [Kakao Docs/Kakao Login REST API, Logout with Kakao Account].
///
/// ```
/// use katok_client::{AccountLogout, Client, RestApiKey, State, SystemChance};
///
/// let client = Client::builder(RestApiKey::new("your REST API key")).build()?;
/// let state = State::generate(&SystemChance);
/// let logout = AccountLogout::new(&"https://svc.example/logged-out".parse()?).state(&state);
/// let send_the_browser_to = client.account_logout_url(&logout);
///
/// let came_back = format!("state={}", state.secret());
/// assert!(AccountLogout::has_ended(&came_back, &state));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct AccountLogout {
    logout_redirect_uri: RedirectUri,
    state: Option<State>,
}

impl AccountLogout {
    /// A logout that comes back to an address which is registered for the app as logout redirect URI (KOE007).
    #[must_use]
    pub fn new(logout_redirect_uri: &RedirectUri) -> Self {
        Self { logout_redirect_uri: logout_redirect_uri.clone(), state: None }
    }

    /// The value that ties the browser that comes back to this logout.
    #[must_use]
    pub fn state(mut self, state: &State) -> Self {
        self.state = Some(state.clone());
        self
    }

    /// Whether a browser that came with this query, without its question mark, comes from the logout with this
    /// state: any page can send browsers there, and log people out who did not ask for it.
    #[must_use]
    pub fn has_ended(query: &str, expected: &State) -> bool {
        single(query, "state").is_ok_and(|state| state.map(State::new).as_ref() == Some(expected))
    }

    pub(crate) fn write_query(&self, key: &RestApiKey, url: &mut Url) {
        let mut query = url.query_pairs_mut();
        query
            .append_pair("client_id", key.secret())
            .append_pair("logout_redirect_uri", self.logout_redirect_uri.as_str());
        if let Some(state) = &self.state {
            query.append_pair("state", state.secret());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{Sample, sample_of};

    #[test]
    fn a_logout_goes_out_with_its_state_and_comes_back_with_it() {
        let sample = Sample::named("oauth_logout/nobody_signed_in");
        let state = State::new("a1b2");
        let logout = AccountLogout::new(&"https://svc.example/out".parse().unwrap()).state(&state);
        let url = sample.client("").account_logout_url(&logout);
        assert_eq!(sample_of("GET", &url, None), sample.request);

        let back = Url::parse(&sample.response.headers["location"]).unwrap();
        assert!(AccountLogout::has_ended(back.query().unwrap(), &state));
    }

    #[test]
    fn without_a_state_none_is_sent() {
        let client = Sample::named("oauth_logout/nobody_signed_in").client("");
        let logout = AccountLogout::new(&"https://svc.example/out".parse().unwrap());
        assert!(!client.account_logout_url(&logout).as_str().contains("state"));
    }

    #[test]
    fn whatever_else_comes_is_no_logout_of_ours() {
        for query in ["", "state=", "state=other", "state=a1b2&state=a1b2"] {
            assert!(!AccountLogout::has_ended(query, &State::new("a1b2")), "{query}");
        }
    }
}
