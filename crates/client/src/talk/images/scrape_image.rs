//! `POST /v2/api/talk/message/image/scrap`: Kakao fetches a picture and keeps it for messages.

use http::Method;
use url::Url;

use super::MessageImage;
use crate::Scope;
use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, sealed};

/// Lets Kakao fetch a picture that is on the public internet; for how long it is kept see
/// [`UploadImage`](super::UploadImage).
///
/// See [Kakao SDK, scrapImage].
///
/// ```no_run
/// # async fn example(client: katok_client::Client) -> Result<(), Box<dyn std::error::Error>> {
/// let picture = katok_client::ScrapeImage::new(&"https://img.example/cake.png".parse()?);
/// println!("{}", client.call_as_app(&picture).await?.url);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScrapeImage(Url);

impl ScrapeImage {
    /// The picture at this address.
    #[must_use]
    pub fn new(image_url: &Url) -> Self {
        Self(image_url.clone())
    }
}

impl sealed::Sealed for ScrapeImage {}

impl Endpoint for ScrapeImage {
    const METHOD: Method = Method::POST;
    const HOST: Host = Host::Api;
    const PATH: &'static str = "/v2/api/talk/message/image/scrap";
    const AUTH: Auth = Auth::AccessTokenOrAppKey;
    const SCOPES: &'static [Scope] = &[];
    const EFFECT: Effect = Effect::Once;
    type Output = MessageImage;

    fn encode(&self) -> Parameters {
        Parameters::new().with("image_url", self.0.to_string()).with("secure_resource", "true")
    }

    fn decode(reply: &Reply) -> Result<MessageImage, Unreadable> {
        super::decode(reply)
    }
}
