//! `DELETE /v2/api/talk/message/image/delete`: a picture is no longer kept.

use http::Method;

use crate::Scope;
use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, sealed};

/// Deletes a picture before its time; messages that show it lose it.
///
/// What Kakao answers is not known, so that any success counts. See [Kakao SDK, deleteImage].
///
/// ```no_run
/// # async fn example(client: katok_client::Client, image: katok_client::MessageImage) -> Result<(), Box<dyn std::error::Error>> {
/// client.call_as_app(&katok_client::DeleteImage::new(image.url)).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteImage(String);

impl DeleteImage {
    /// The picture at this address of Kakao's.
    #[must_use]
    pub fn new(image_url: impl Into<String>) -> Self {
        Self(image_url.into())
    }
}

impl sealed::Sealed for DeleteImage {}

impl Endpoint for DeleteImage {
    const METHOD: Method = Method::DELETE;
    const HOST: Host = Host::Api;
    const PATH: &'static str = "/v2/api/talk/message/image/delete";
    const AUTH: Auth = Auth::AccessTokenOrAppKey;
    const SCOPES: &'static [Scope] = &[];
    const EFFECT: Effect = Effect::Once;
    type Output = ();

    fn encode(&self) -> Parameters {
        Parameters::new().with("image_url", self.0.clone())
    }

    fn decode(_: &Reply) -> Result<(), Unreadable> {
        Ok(())
    }
}
