//! Pictures for messages: uploaded or fetched, used, deleted.
//!
//! Kakao's REST documents lack these calls; its SDKs make them with an app's key, others with a user's token.

mod delete_image;
mod scrape_image;
mod upload_image;

use serde::Deserialize;

pub use delete_image::DeleteImage;
pub use scrape_image::ScrapeImage;
pub use upload_image::UploadImage;

use crate::endpoint::{Reply, Unreadable};

/// A picture that Kakao keeps for some weeks, for messages to show.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct MessageImage {
    /// The address to put into a template.
    pub url: String,
    /// The size in bytes.
    pub length: Option<u64>,
    /// The type, such as `image/png`.
    pub content_type: Option<String>,
    /// The width in pixels.
    pub width: Option<u32>,
    /// The height in pixels.
    pub height: Option<u32>,
}

fn decode(reply: &Reply) -> Result<MessageImage, Unreadable> {
    #[derive(Deserialize)]
    struct Wire {
        infos: Infos,
    }
    #[derive(Deserialize)]
    struct Infos {
        original: MessageImage,
    }
    reply.json().map(|Wire { infos }| infos.original)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_original_is_what_kakao_keeps() {
        let body = r#"{"infos": {"original": {"url": "https://k.example.com/dn/abc/x.png", "length": 45321, "content_type": "image/png", "width": 640, "height": 480}}}"#;
        let image = decode(&Reply { body: body.into() }).unwrap();
        assert_eq!(image.url, "https://k.example.com/dn/abc/x.png");
        assert_eq!((image.length, image.width, image.height), (Some(45_321), Some(640), Some(480)));
    }
}
