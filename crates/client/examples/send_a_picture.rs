//! Uploads a picture and sends it in a message: `cargo run -p katok-client --example send_a_picture`.
#![expect(clippy::print_stdout, reason = "an example shows what happens")]

mod kakao;

use std::error::Error;

use katok_client::template::{Content, Feed, Image};
use katok_client::{Link, SendToMe, UploadImage};

/// One transparent pixel; your program reads a file.
const PICTURE: &[u8] =
    b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x01D\0;";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let kakao = kakao::start().await?;
    let token = kakao.token_of_ryan().await?;

    // Kakao keeps it for some weeks; an address of your own that anybody can reach does as well.
    let stored = kakao.client.call_as_app(&UploadImage::new("cake.gif", PICTURE)).await?;
    println!("stored {} bytes", stored.length.unwrap_or_default());

    let link = Link::web(&"http://localhost:4000/cakes/1".parse()?);
    let feed = Feed::new(Content::titled("주말 케이크", link).image(Image::new(&stored.url.parse()?)));
    kakao.client.call(&SendToMe::new(feed), &token).await?;
    kakao.show_messages("ryan");
    Ok(())
}
