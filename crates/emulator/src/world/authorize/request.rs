//! The parameters of an authorize request, as loosely as Kakao reads them.

use std::collections::BTreeSet;

use url::form_urlencoded;

/// What `prompt` says when somebody has to sign in or up before anything else.
const FIRST_SIGN_IN: [&str; 3] = ["login", "create", "select_account"];

/// The parameters of `/oauth/authorize`, as they came.
#[derive(Clone, Debug, Default)]
pub(crate) struct AuthorizeRequest {
    pub(super) client_id: Option<String>,
    pub(super) redirect_uri: Option<String>,
    pub(super) response_type: Option<String>,
    pub(super) state: Option<String>,
    pub(super) nonce: Option<String>,
    pub(super) code_challenge: Option<String>,
    pub(super) code_challenge_method: Option<String>,
    /// The consent items to ask for beyond what a login asks for.
    pub(in crate::world) scope: BTreeSet<String>,
    /// The tags of the service terms to ask for; none leaves it to the app.
    pub(in crate::world) service_terms: Option<BTreeSet<String>>,
    /// The channels to offer.
    pub(in crate::world) channel_public_ids: BTreeSet<String>,
    prompt: BTreeSet<String>,
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
                "nonce" => &mut request.nonce,
                "code_challenge" => &mut request.code_challenge,
                "code_challenge_method" => &mut request.code_challenge_method,
                "login_hint" => &mut request.login_hint,
                list => {
                    let list = match list {
                        "scope" => &mut request.scope,
                        "prompt" => &mut request.prompt,
                        "channel_public_id" => &mut request.channel_public_ids,
                        "service_terms" => request.service_terms.get_or_insert_default(),
                        _ => continue,
                    };
                    list.extend(words(&value));
                    continue;
                }
            };
            field.get_or_insert_with(|| value.into_owned());
        }
        request
    }

    /// Whether no page may be shown.
    pub(super) fn is_silent(&self) -> bool {
        self.prompt.contains("none")
    }

    /// Whether a login brings an ID token, given that OpenID Connect is switched on. Who asks somebody linked for more
    /// consent has to name `openid` as well.
    pub(super) fn brings_id_token(&self, linked: bool) -> bool {
        !linked || self.scope.is_empty() || self.scope.contains("openid")
    }

    pub(super) fn wants(&self, prompt: &str) -> bool {
        self.prompt.contains(prompt) && !self.is_silent()
    }
}

/// The query of the same request once the person has signed in for it: without what asked for that.
pub(crate) fn query_after_sign_in(query: &str) -> String {
    let mut rest = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if name == "prompt" {
            let left: Vec<String> =
                words(&value).filter(|word| !FIRST_SIGN_IN.contains(&word.as_str())).collect();
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
