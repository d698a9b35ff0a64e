//! `POST /v2/api/talk/message/image/upload`: a picture is kept for messages.

use bytes::Bytes;
use http::Method;

use super::MessageImage;
use crate::Scope;
use crate::endpoint::{Auth, Effect, Endpoint, File, Host, Parameters, Reply, Unreadable, sealed};

/// Uploads a JPEG, PNG or GIF picture; Kakao keeps it for 20 to 100 days, as its documents of different years say.
///
/// Too large a picture is refused with -602, another kind with -911. See [Kakao SDK, uploadImage].
///
/// ```no_run
/// # async fn example(client: katok_client::Client) -> Result<(), Box<dyn std::error::Error>> {
/// let cake = katok_client::UploadImage::new("cake.png", std::fs::read("cake.png")?);
/// let image = client.call_as_app(&cake).await?;
/// println!("{}", image.url);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct UploadImage {
    name: String,
    bytes: Bytes,
}

impl UploadImage {
    /// The most bytes of one picture.
    pub const MAX_BYTES: usize = 5 * 1024 * 1024;

    /// A picture under this file name.
    #[must_use]
    pub fn new(name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self { name: name.into(), bytes: bytes.into() }
    }

    /// By the first bytes, because a name may say anything.
    fn content_type(&self) -> &'static str {
        match &*self.bytes {
            [0x89, b'P', b'N', b'G', ..] => "image/png",
            [0xff, 0xd8, 0xff, ..] => "image/jpeg",
            [b'G', b'I', b'F', b'8', ..] => "image/gif",
            _ => "application/octet-stream",
        }
    }
}

impl sealed::Sealed for UploadImage {}

impl Endpoint for UploadImage {
    const METHOD: Method = Method::POST;
    const HOST: Host = Host::Api;
    const PATH: &'static str = "/v2/api/talk/message/image/upload";
    const AUTH: Auth = Auth::AccessTokenOrAppKey;
    const SCOPES: &'static [Scope] = &[];
    const EFFECT: Effect = Effect::Once;
    type Output = MessageImage;

    fn encode(&self) -> Parameters {
        Parameters::new().with("secure_resource", "true").with_file(File {
            field: "file",
            name: self.name.clone(),
            content_type: self.content_type(),
            bytes: self.bytes.clone(),
        })
    }

    fn decode(reply: &Reply) -> Result<MessageImage, Unreadable> {
        super::decode(reply)
    }
}
