//! Plays Kakao with a sample from `contract/`: takes the request the sample shows and gives its response.

#[cfg(feature = "oidc")]
mod coverage;
mod endpoints;
mod strange;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream;
use http::{Request, Response};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::transport::{PendingReply, Transport};
use crate::{AccessToken, AdminKey, Client, ClientSecret, Endpoint, Error, KakaoUserId, RestApiKey};

const HOSTS: [(&str, &str); 2] = [("auth", "https://auth.example/"), ("api", "https://api.example/")];

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sample {
    pub(crate) origin: Origin,
    pub(crate) source: String,
    pub(crate) request: SampleRequest,
    pub(crate) response: SampleResponse,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Origin {
    Documented,
    Observed,
    Inferred,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SampleRequest {
    pub(crate) method: String,
    pub(crate) host: String,
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) authorization: Option<String>,
    #[serde(default)]
    pub(crate) form: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) files: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SampleResponse {
    pub(crate) status: u16,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) body: Value,
}

impl Sample {
    pub(crate) fn named(name: &str) -> Self {
        Self::read(&folder().join(name).with_extension("json"))
    }

    /// Every sample there is, with its name such as `user_me/everything`.
    pub(crate) fn all() -> Vec<(String, Self)> {
        let mut files: Vec<PathBuf> = entries(&folder())
            .filter(|path| path.is_dir())
            .flat_map(|endpoint| entries(&endpoint).collect::<Vec<_>>())
            .collect();
        files.sort();
        files.iter().map(|path| (name_of(path), Self::read(path))).collect()
    }

    fn read(path: &Path) -> Self {
        let json = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        serde_json::from_slice(&json).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Calls an endpoint as the client would, insisting that the request is the sample's.
    pub(crate) async fn call<E: Endpoint>(&self, endpoint: &E) -> Result<E::Output, Error> {
        self.client("CLIENT_SECRET").call(endpoint, &AccessToken::new("ACCESS_TOKEN")).await
    }

    /// Calls an endpoint with the admin key, as [`call`](Self::call) does.
    pub(crate) async fn call_by_admin<E: Endpoint>(&self, endpoint: &E) -> Result<E::Output, Error> {
        self.client("").admin(AdminKey::new("ADMIN_KEY")).call(endpoint).await
    }

    /// Calls an endpoint with the admin key for the user the sample names.
    pub(crate) async fn call_for_user<E: Endpoint>(&self, endpoint: &E) -> Result<E::Output, Error> {
        let SampleRequest { query, form, .. } = &self.request;
        let user = query.get("target_id").or(form.get("target_id")).unwrap().parse().unwrap();
        self.client("").admin(AdminKey::new("ADMIN_KEY")).call_for(KakaoUserId::new(user), endpoint).await
    }

    /// A client that knows this app, on a wire that gives the sample's response.
    pub(crate) fn client(&self, client_secret: &str) -> Client {
        client_of(client_secret, Arc::new(Played { sample: self.clone(), insist: true }))
    }

    /// The sample's response to a request this client would never make.
    pub(crate) async fn answer<E: Endpoint>(&self, endpoint: &E) -> Result<E::Output, Error> {
        let wire = Arc::new(Played { sample: self.clone(), insist: false });
        client_of("CLIENT_SECRET", wire).call(endpoint, &AccessToken::new("ACCESS_TOKEN")).await
    }
}

fn client_of(secret: &str, wire: Arc<dyn Transport>) -> Client {
    let builder = Client::builder(RestApiKey::new("REST_API_KEY"))
        .auth_base_url(Url::parse(HOSTS[0].1).unwrap())
        .api_base_url(Url::parse(HOSTS[1].1).unwrap())
        .transport(wire);
    let builder = if secret.is_empty() { builder } else { builder.client_secret(ClientSecret::new(secret)) };
    builder.build().unwrap()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contract")
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path())
}

fn name_of(path: &Path) -> String {
    let path = path.strip_prefix(folder()).unwrap().with_extension("");
    path.to_str().unwrap().replace('\\', "/")
}

#[derive(Debug)]
struct Played {
    sample: Sample,
    insist: bool,
}

impl Transport for Played {
    fn send(&self, request: Request<Bytes>) -> PendingReply<'_> {
        let SampleResponse { status, headers, body } = &self.sample.response;
        let mut response = Response::builder().status(*status);
        for (name, value) in headers {
            response = response.header(name, value);
        }
        let response = response.body(Bytes::from(body.to_string())).unwrap();
        Box::pin(async move {
            if self.insist {
                assert_eq!(normal(as_sample(request).await), normal(self.sample.request.clone()));
            }
            Ok(response)
        })
    }
}

async fn as_sample(request: Request<Bytes>) -> SampleRequest {
    let url = Url::parse(&request.uri().to_string()).unwrap();
    let mut sample = sample_of(request.method().as_str(), &url, authorization_of(&request));
    if request.body().is_empty() {
        return sample;
    }
    let content_type = request.headers()["content-type"].to_str().unwrap();
    if content_type == "application/x-www-form-urlencoded;charset=utf-8" {
        sample.form = url::form_urlencoded::parse(request.body()).into_owned().collect();
        return sample;
    }
    let boundary = multer::parse_boundary(request.headers()["content-type"].to_str().unwrap()).unwrap();
    let body = stream::iter([Ok::<_, Infallible>(request.into_body())]);
    let mut form = multer::Multipart::new(body, boundary);
    while let Some(field) = form.next_field().await.unwrap() {
        let fields = if field.file_name().is_some() { &mut sample.files } else { &mut sample.form };
        fields.insert(field.name().unwrap().to_owned(), field.text().await.unwrap());
    }
    sample
}

/// The request a browser makes for this address.
pub(crate) fn sample_of(method: &str, url: &Url, authorization: Option<String>) -> SampleRequest {
    let host = HOSTS.iter().find(|(_, base)| url.as_str().starts_with(base)).unwrap().0;
    SampleRequest {
        method: method.to_owned(),
        host: host.to_owned(),
        path: url.path().to_owned(),
        query: url.query_pairs().into_owned().collect(),
        authorization,
        form: BTreeMap::new(),
        files: BTreeMap::new(),
    }
}

fn authorization_of(request: &Request<Bytes>) -> Option<String> {
    request.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned())
}

/// JSON inside a form field means the same however it is spaced.
fn normal(mut request: SampleRequest) -> SampleRequest {
    for value in request.form.values_mut() {
        if let Ok(json @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(value) {
            *value = json.to_string();
        }
    }
    request
}

mod tests {
    use super::endpoints::{Row, endpoints, is_in};
    use super::*;
    use crate::endpoint::Host;
    use crate::login::{ACCOUNT_LOGOUT_PATH, AUTHORIZE_PATH};
    use crate::{ErrorKind, KakaoCode, Me};

    /// Documents that anybody may read, and that nobody is refused.
    const FOR_EVERYBODY: [&str; 3] = ["events_configuration", "jwks", "openid_configuration"];

    #[test]
    fn every_endpoint_of_this_client_has_a_sample_of_success_and_one_of_refusal() {
        let samples = Sample::all();
        for Row { samples: folder, call, .. } in endpoints() {
            let of_it: Vec<_> = samples.iter().filter(|(name, _)| is_in(name, folder)).collect();
            let is_refusal = |(_, sample): &&(String, Sample)| sample.response.status >= 400;
            assert!(of_it.iter().any(|sample| !is_refusal(sample)), "{folder}: none of success");
            let may_be_refused = !FOR_EVERYBODY.contains(&folder);
            assert_eq!(of_it.iter().any(is_refusal), may_be_refused, "{folder}: of refusal");
            for (name, Sample { request, .. }) in of_it.iter().filter(|(name, _)| !name.ends_with("/ssf")) {
                let host = if call.host == Host::Auth { "auth" } else { "api" };
                let is = (request.method.as_str(), request.host.as_str(), request.path.as_str());
                assert_eq!(is, (call.method.as_str(), host, &*call.path), "{name}");
            }
        }
        for path in [AUTHORIZE_PATH, ACCOUNT_LOGOUT_PATH] {
            assert!(samples.iter().any(|(_, sample)| sample.request.path == path), "{path}");
        }
    }

    #[test]
    fn every_sample_has_a_source() {
        for (name, Sample { source, origin, .. }) in Sample::all() {
            assert!(!source.is_empty(), "{name} is {origin:?}, but by whom?");
        }
    }

    #[tokio::test]
    async fn every_refusal_is_read_with_its_code() {
        for (name, sample) in Sample::all().into_iter().filter(|(_, sample)| sample.response.status >= 400) {
            let body = sample.response.body.clone();
            let error = if sample.request.host == "api" {
                sample.answer(&Me).await.unwrap_err()
            } else {
                let wire = Arc::new(Played { sample: sample.clone(), insist: false });
                client_of("", wire).refresh(&crate::RefreshToken::new("R")).await.unwrap_err()
            };
            let (kind, code) = match body["code"].as_i64() {
                Some(code) => (ErrorKind::Refused, KakaoCode::Api(code)),
                None => (ErrorKind::Login, KakaoCode::Login(body["error_code"].as_str().unwrap().to_owned())),
            };
            assert_eq!((error.kind(), error.kakao_code()), (kind, Some(code.clone())), "{name}");
            assert_eq!(error.status(), Some(sample.response.status), "{name}");
            assert!(error.to_string().contains(&code.to_string()), "{name}: {error}");
            assert!(crate::codes::explain(&code).is_some(), "{name}: nobody explains {code}");
        }
    }
}
