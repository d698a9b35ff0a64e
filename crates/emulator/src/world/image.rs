//! Message images: uploaded for messages, served for a while, then gone.

use std::collections::VecDeque;
use std::sync::Arc;

use imagesize::ImageType;
use jiff::{SignedDuration, Timestamp};

use super::app_call::AppCall;
use super::{Command, World};
use crate::digest::Digest;
use crate::fault::ApiFault;
use crate::seed::AppKey;

/// The most bytes of one image. See [Kakao Docs/Message template: Image].
pub(crate) const IMAGE_BYTES: usize = 5 * 1024 * 1024;
/// The most bytes and images of the whole world; the oldest make room.
const ALL_BYTES: usize = 64 * 1024 * 1024;
const ALL_IMAGES: usize = 1_000;

/// A picture of a kind that KakaoTalk shows.
pub(crate) struct Picture {
    pub(crate) bytes: Vec<u8>,
    pub(crate) content_type: &'static str,
    pub(crate) width: usize,
    pub(crate) height: usize,
    extension: &'static str,
    digest: Digest,
}

impl Picture {
    /// Looks at the header of an image; its own, not what the caller says of it.
    pub(crate) fn read(bytes: Vec<u8>) -> Result<Self, ApiFault> {
        if bytes.len() > IMAGE_BYTES {
            return Err(ApiFault::ImageTooLarge);
        }
        let (content_type, extension) = match imagesize::image_type(&bytes) {
            Ok(ImageType::Png) => ("image/png", "png"),
            Ok(ImageType::Jpeg) => ("image/jpeg", "jpg"),
            Ok(ImageType::Gif) => ("image/gif", "gif"),
            _ => return Err(ApiFault::UnsupportedImage),
        };
        let size = imagesize::blob_size(&bytes).map_err(|_| ApiFault::UnsupportedImage)?;
        let digest = Digest::of_bytes(&bytes);
        Ok(Self { bytes, content_type, width: size.width, height: size.height, extension, digest })
    }
}

/// All images, the oldest first. They are not part of the state file: it is written after every change.
#[derive(Clone, Default)]
pub(super) struct Images {
    stored: VecDeque<StoredImage>,
    uploads: u64,
}

#[derive(Clone)]
struct StoredImage {
    name: String,
    app: AppKey,
    expires_at: Timestamp,
    picture: Arc<Picture>,
}

impl Images {
    pub(super) fn forget_expired(&mut self, now: Timestamp) {
        self.stored.retain(|image| now < image.expires_at);
    }

    fn make_room(&mut self) {
        let mut bytes: usize = self.stored.iter().map(|image| image.picture.bytes.len()).sum();
        while bytes > ALL_BYTES || self.stored.len() > ALL_IMAGES {
            let Some(oldest) = self.stored.pop_front() else { return };
            bytes -= oldest.picture.bytes.len();
        }
    }
}

/// Stores an image for messages.
pub(crate) struct StoreImage {
    pub(crate) call: AppCall,
    pub(crate) picture: Result<Picture, ApiFault>,
}

impl Command for StoreImage {
    /// The name it is served under, and the image.
    type Reply = (String, Arc<Picture>);
    type Fault = ApiFault;
    const CHANGES_THE_WORLD: bool = false;

    fn run(self, world: &mut World, now: Timestamp) -> Result<Self::Reply, ApiFault> {
        let app = world.app_by_key_or_token(&self.call, now)?;
        let picture = Arc::new(self.picture?);
        let days = i64::from(app.quotas.image_retention_days);
        let app = app.key.clone();
        let images = &mut world.images;
        images.uploads += 1;
        let words = ["image", app.as_str(), &images.uploads.to_string(), &picture.digest.base64url()];
        let name = format!("{}.{}", &Digest::of(&words).hex()[..32], picture.extension);
        images.stored.push_back(StoredImage {
            name: name.clone(),
            app,
            expires_at: now.saturating_add(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MAX),
            picture: picture.clone(),
        });
        images.make_room();
        Ok((name, picture))
    }
}

/// Deletes an image of the app's.
pub(crate) struct DeleteImage {
    pub(crate) call: AppCall,
    pub(crate) image_url: Option<String>,
}

impl Command for DeleteImage {
    type Reply = ();
    type Fault = ApiFault;
    const CHANGES_THE_WORLD: bool = false;

    fn run(self, world: &mut World, now: Timestamp) -> Result<(), ApiFault> {
        let app = world.app_by_key_or_token(&self.call, now)?.key.clone();
        let url = self.image_url.ok_or_else(|| ApiFault::missing("image_url"))?;
        let name = url.rsplit('/').next().unwrap_or_default();
        let stored = &mut world.images.stored;
        let place =
            stored.iter().position(|image| image.name == name && image.app == app && now < image.expires_at);
        let none = || ApiFault::unsatisfied("image_url", "There is no such image of this app.");
        stored.remove(place.ok_or_else(none)?);
        Ok(())
    }
}

impl World {
    /// The image of this name, unless it has expired.
    pub(crate) fn image(&self, name: &str, now: Timestamp) -> Option<Arc<Picture>> {
        let mut stored = self.images.stored.iter();
        let image = stored.find(|image| image.name == name && now < image.expires_at)?;
        Some(image.picture.clone())
    }
}
