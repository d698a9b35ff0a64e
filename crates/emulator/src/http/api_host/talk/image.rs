//! Message images on the wire.

use std::sync::Arc;

use axum::extract::multipart::{Field, MultipartRejection};
use axum::extract::{Extension, Multipart, Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use katok_listener::PeerAddr;
use serde_json::json;
use url::Url;

use super::ApiCall;
use crate::fault::ApiFault;
use crate::http::parameters::Parameters;
use crate::http::{api_host, host, kakao_json};
use crate::live::LiveWorld;
use crate::scraper::Unfetched;
use crate::world::app_call::AppCall;
use crate::world::image::{DeleteImage, IMAGE_BYTES, Picture, StoreImage};

pub(super) async fn upload(
    State(live): State<Arc<LiveWorld>>,
    headers: HeaderMap,
    uri: Uri,
    peer: Option<Extension<PeerAddr>>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, ApiFault> {
    let parameters = Parameters::new(uri.query(), &headers, &[]);
    let credentials = api_host::credentials(&headers, &parameters);
    let picture = match form {
        Ok(form) => only_file(form).await.and_then(Picture::read),
        Err(_) => Err(ApiFault::missing("file")),
    };
    api_host::enter(&live, &credentials, uri.path(), peer.map(|Extension(peer)| peer))?;
    let call = AppCall { credentials, page_origin: api_host::page_origin(&headers) };
    store(&live, call, picture, &host::api_base(&headers, &uri))
}

/// Reads the form to its end whatever is in it: who still sends does not hear an answer.
async fn only_file(mut form: Multipart) -> Result<Vec<u8>, ApiFault> {
    let unreadable =
        || ApiFault::BadParameter { text: "the request body is incomplete or too large.".to_owned() };
    let mut files = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|_| unreadable())? {
        if field.name() == Some("file") || field.file_name().is_some() {
            let file = beginning(field).await.ok_or_else(unreadable)?;
            // More than one is refused, whatever is in them.
            if files.len() < 2 {
                files.push(file);
            }
        }
    }
    if files.len() > 1 {
        return Err(ApiFault::TooManyImages);
    }
    files.pop().ok_or_else(|| ApiFault::missing("file"))
}

/// As much of a file as tells whether it is too large.
async fn beginning(mut field: Field<'_>) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.ok()? {
        if bytes.len() <= IMAGE_BYTES {
            bytes.extend_from_slice(&chunk);
        }
    }
    Some(bytes)
}

pub(super) async fn scrape(State(live): State<Arc<LiveWorld>>, call: ApiCall) -> Result<Response, ApiFault> {
    let app_call = call.app_call();
    // Nothing is fetched for strangers.
    live.read(|world, now| world.check_app_call(&app_call, now))?;
    let picture = match call.parameters.get("image_url").map(Url::parse) {
        None => Err(ApiFault::missing("image_url")),
        Some(Err(_)) => Err(ApiFault::unsatisfied("image_url", "It must be an http or https address.")),
        Some(Ok(url)) => match live.scraper().picture(&url, IMAGE_BYTES).await {
            Ok(bytes) => Picture::read(bytes),
            Err(Unfetched::TooLarge) => Err(ApiFault::ImageTooLarge),
            Err(Unfetched::Unreachable) => Err(ApiFault::ImageTimeout),
            Err(Unfetched::NotHere) => Err(ApiFault::unsatisfied(
                "image_url",
                "The emulator fetches images from this machine (localhost) only.",
            )),
        },
    };
    store(&live, app_call, picture, &call.base)
}

pub(super) async fn delete(State(live): State<Arc<LiveWorld>>, call: ApiCall) -> Result<Response, ApiFault> {
    let image_url = call.parameters.owned("image_url");
    live.apply(DeleteImage { call: call.app_call(), image_url })?;
    Ok(kakao_json(200, &json!({})))
}

fn store(
    live: &LiveWorld,
    call: AppCall,
    picture: Result<Picture, ApiFault>,
    base: &str,
) -> Result<Response, ApiFault> {
    let (name, picture) = live.apply(StoreImage { call, picture })?;
    let original = json!({
        "url": format!("{base}/dn/{name}"),
        "length": picture.bytes.len(),
        "content_type": picture.content_type,
        "width": picture.width,
        "height": picture.height,
    });
    Ok(kakao_json(200, &json!({ "infos": { "original": original } })))
}

/// The image itself, for whoever shows the message.
pub(super) async fn show(State(live): State<Arc<LiveWorld>>, Path(name): Path<String>) -> Response {
    match live.read(|world, now| world.image(&name, now)) {
        Some(picture) => {
            let headers =
                [(header::CONTENT_TYPE, picture.content_type), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
            (headers, picture.bytes.clone()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
