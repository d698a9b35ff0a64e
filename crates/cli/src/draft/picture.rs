//! The picture of a feed: one on the internet, or a file that is uploaded before the message is sent.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _};
use std::path::Path;

use katok_client::UploadImage;
use katok_client::template::Image;
use url::Url;

use crate::failure::Failure;
use crate::kakao::Kakao;

/// A picture on its way into a message.
#[derive(Debug)]
pub(super) enum Picture {
    At(Image),
    File { name: String, bytes: Vec<u8> },
}

impl Picture {
    /// Reads a file, and refuses what Kakao would refuse.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let shown = path.display();
        let bytes = bytes(path).map_err(|error| match error.kind() {
            ErrorKind::FileTooLarge => Failure::usage(
                format!("그림이 5 MB보다 큽니다: {shown}. 줄여서 다시 보내세요."),
                format!("The picture is larger than 5 MB: {shown}. Make it smaller."),
            ),
            ErrorKind::InvalidInput => Failure::usage(
                format!("그림이 파일이 아닙니다: {shown}. 파일로 저장하여 보내세요."),
                format!("The picture is no regular file: {shown}. Save it in one."),
            ),
            _ => Failure::usage(
                format!("그림을 읽을 수 없습니다: {shown} ({error})"),
                format!("The picture cannot be read: {shown} ({error})"),
            ),
        })?;
        let is_picture =
            [&b"\x89PNG"[..], b"\xff\xd8\xff", b"GIF8"].iter().any(|start| bytes.starts_with(start));
        if !is_picture {
            return Err(Failure::usage(
                format!("JPEG, PNG, GIF 그림이 아닙니다: {shown}. 바꾸어서 다시 보내세요."),
                format!("This is no JPEG, PNG or GIF picture: {shown}. Convert it."),
            ));
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self::File { name, bytes })
    }

    /// What stands in the template; before the upload, an address at which there is nothing.
    pub(super) fn image(&self) -> Image {
        match self {
            Self::At(image) => image.clone(),
            Self::File { .. } => {
                let nowhere = Url::parse("https://k.kakaocdn.net/not-uploaded");
                Image::new(&nowhere.expect("a constant address parses"))
            }
        }
    }

    /// Uploads a file. Kakao's SDKs do this with a key of the app, so that nobody needs to be signed in.
    pub(super) async fn upload(&mut self, kakao: &Kakao) -> Result<(), Failure> {
        let Self::File { name, bytes } = self else { return Ok(()) };
        let upload = UploadImage::new(std::mem::take(name), std::mem::take(bytes));
        let kept = kakao.client.call_as_app(&upload).await?;
        let url = Url::parse(&kept.url).map_err(|_| {
            Failure::system(
                "카카오가 올린 그림의 주소를 알려 주지 않았습니다. --image-url을 쓰세요.",
                "Kakao did not say where the uploaded picture is. Use --image-url.",
            )
        })?;
        let image = Image::new(&url);
        *self = Self::At(match (kept.width, kept.height) {
            (Some(width), Some(height)) => image.size(width, height),
            _ => image,
        });
        Ok(())
    }
}

/// What is no regular file may never end, and may not even open.
fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(ErrorKind::InvalidInput.into());
    }
    let most = UploadImage::MAX_BYTES as u64;
    let mut bytes = Vec::new();
    // It may grow while it is read.
    if metadata.len() > most || File::open(path)?.take(most + 1).read_to_end(&mut bytes)? as u64 > most {
        return Err(ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}
