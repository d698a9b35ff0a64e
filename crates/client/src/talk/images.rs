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
    use url::Url;

    use super::*;
    use crate::contract::Sample;

    #[tokio::test]
    async fn an_uploaded_picture_is_kept() {
        let sample = Sample::named("talk_message_image_upload/kept");
        let picture = UploadImage::new("a.gif", sample.request.files["file"].clone());
        let image = sample.client("").call_as_app(&picture).await.unwrap();
        assert_eq!(image.url, "https://k.example.com/dn/abc/x.png");
        assert_eq!((image.length, image.width, image.height), (Some(28), Some(2), Some(3)));
    }

    #[tokio::test]
    async fn a_fetched_picture_is_kept() {
        let sample = Sample::named("talk_message_image_scrap/kept");
        let picture = ScrapeImage::new(&Url::parse("https://img.example/cake.png").unwrap());
        let image = sample.client("").call_as_app(&picture).await.unwrap();
        assert_eq!(image.content_type.as_deref(), Some("image/png"));
        assert_eq!((image.length, image.width, image.height), (Some(45_321), Some(640), Some(480)));
    }

    #[tokio::test]
    async fn a_picture_is_deleted() {
        let sample = Sample::named("talk_message_image_delete/deleted");
        let picture = DeleteImage::new("https://k.example.com/dn/abc/x.png");
        sample.client("").call_as_app(&picture).await.unwrap();
    }
}
