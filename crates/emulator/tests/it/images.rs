//! Message images: uploaded, fetched, served, gone.

use axum::Router;
use axum::routing::get;
use jiff::SignedDuration;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::support::{ADMIN_KEY, Answer, Kakao, REST_API_KEY, built_in_but, refusal, text, web_site};

const UPLOAD: &str = "/v2/api/talk/message/image/upload";
const SCRAPE: &str = "/v2/api/talk/message/image/scrap";
const DELETE: &str = "/v2/api/talk/message/image/delete";
/// What [`form`] makes.
pub(crate) const MULTIPART: &str = "multipart/form-data; boundary=XX";
/// One pixel, transparent.
const GIF: &[u8] =
    b"GIF89a\x02\0\x03\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x01D\0;";

fn key(key: &str) -> String {
    format!("KakaoAK {key}")
}

/// A form with these files; what it says of their kind does not count.
pub(crate) fn form(files: &[&[u8]]) -> Vec<u8> {
    let mut form = Vec::new();
    for file in files {
        form.extend(b"--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n");
        form.extend(b"Content-Type: image/png\r\n\r\n");
        form.extend(*file);
        form.extend(b"\r\n");
    }
    form.extend(
        b"--XX\r\nContent-Disposition: form-data; name=\"secure_resource\"\r\n\r\ntrue\r\n--XX--\r\n",
    );
    form
}

fn uploading(kakao: &Kakao, authorization: &str, form: Vec<u8>) -> RequestBuilder {
    let request = kakao.post(UPLOAD).header("authorization", authorization);
    request.header("content-type", MULTIPART).body(form)
}

async fn upload(kakao: &Kakao, authorization: &str, form: Vec<u8>) -> Answer {
    Answer::of(uploading(kakao, authorization, form)).await
}

async fn upload_gif(kakao: &Kakao) -> Value {
    upload(kakao, &key(REST_API_KEY), form(&[GIF])).await.ok()["infos"]["original"].clone()
}

#[tokio::test]
async fn an_uploaded_image_is_served_at_its_address_until_it_expires() {
    let kakao = Kakao::start_from(built_in_but(|seed| seed.apps[0].quotas.image_retention_days = 20)).await;
    let original = upload_gif(&kakao).await;
    let url = text(&original["url"]);
    assert_eq!(
        original,
        json!({"url": url, "length": GIF.len(), "content_type": "image/gif", "width": 2, "height": 3})
    );
    let served = kakao.client.get(&url).send().await.unwrap();
    assert_eq!(
        (served.status().as_u16(), &served.headers()["content-type"]),
        (200, &"image/gif".parse().unwrap())
    );
    assert_eq!(served.bytes().await.unwrap(), GIF);
    kakao.emulator.advance(SignedDuration::from_hours(20 * 24) - SignedDuration::from_secs(1)).unwrap();
    assert_eq!(kakao.client.get(&url).send().await.unwrap().status(), 200);
    kakao.emulator.advance(SignedDuration::from_secs(1)).unwrap();
    assert_eq!(kakao.client.get(&url).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn under_kakaos_name_the_address_is_kakaos() {
    let kakao = Kakao::start().await;
    let request = uploading(&kakao, &key(REST_API_KEY), form(&[GIF]));
    let answer = Answer::of(request.header("host", "kapi.kakao.com")).await.ok();
    assert!(text(&answer["infos"]["original"]["url"]).starts_with("https://kapi.kakao.com/dn/"));
}

#[tokio::test]
async fn images_are_taken_with_any_app_key_or_a_token() {
    let kakao = Kakao::start().await;
    let app = &kakao.emulator.world().apps[0];
    let bearer = format!("Bearer {}", kakao.access_token("ryan").await);
    for authorization in [key(&app.javascript_key), key(&app.native_app_key), bearer] {
        upload(&kakao, &authorization, form(&[GIF])).await.ok();
    }
    for authorization in [key(ADMIN_KEY), "Bearer nobody".to_owned(), String::new()] {
        let answer = upload(&kakao, &authorization, form(&[GIF])).await;
        assert_eq!((answer.status.as_u16(), &answer.body["code"]), (401, &json!(-401)), "{authorization}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_an_upload_has_its_code() {
    let kakao = Kakao::start().await;
    let authorization = key(REST_API_KEY);
    let padded = |length: usize| {
        let mut gif = GIF.to_vec();
        gif.resize(length, 0);
        form(&[&gif])
    };
    let most = 5 * 1024 * 1024;
    upload(&kakao, &authorization, padded(most)).await.ok();
    let cases = [
        (padded(most + 1), -602, "the image is larger than 5 MB."),
        (padded(4 * most), -602, "the image is larger than 5 MB."),
        (form(&[b"<svg/>"]), -911, "the image format is not supported."),
        (form(&[&GIF[..7]]), -911, "the image format is not supported."),
        (form(&[GIF, GIF]), -606, "only one image may be uploaded at a time."),
        (form(&[]), -2, "The Parameter [file] cannot be null."),
    ];
    for (form, code, msg) in cases {
        assert_eq!(upload(&kakao, &authorization, form).await.refusal(), refusal(400, code, msg));
    }
    let no_form = Answer::of(kakao.post(UPLOAD).header("authorization", &authorization).body(GIF)).await;
    assert_eq!(no_form.refusal(), refusal(400, -2, "The Parameter [file] cannot be null."));
}

#[tokio::test]
async fn a_deleted_image_is_gone_and_another_apps_stays() {
    let kakao = Kakao::start().await;
    let url = text(&upload_gif(&kakao).await["url"]);
    let delete = async |image_url: &str| {
        let request = kakao.client.delete(kakao.url(DELETE)).query(&[("image_url", image_url)]);
        Answer::of(request.header("authorization", key(REST_API_KEY))).await
    };
    assert_eq!(delete("http://localhost/dn/nobodys.png").await.body["code"], -2);
    assert_eq!(delete(&url).await.ok(), json!({}));
    assert_eq!(kakao.client.get(&url).send().await.unwrap().status(), 404);
    assert_eq!(delete(&url).await.body["code"], -2);
}

#[tokio::test]
async fn images_of_this_machine_are_fetched_and_others_refused() {
    let kakao = Kakao::start().await;
    let mut large = GIF.to_vec();
    large.resize(5 * 1024 * 1024 + 1, 0);
    let pages = Router::new()
        .route("/a.gif", get(async || GIF))
        .route("/large.gif", get(async move || large))
        .route("/page", get(async || "안녕"));
    let site = web_site(pages).await;
    let scrape = async |image_url: &str| {
        let request = kakao.post(SCRAPE).header("authorization", key(REST_API_KEY));
        Answer::of(request.form(&[("image_url", image_url)])).await
    };
    let original = scrape(&format!("{site}/a.gif")).await.ok()["infos"]["original"].clone();
    let served = kakao.client.get(text(&original["url"])).send().await.unwrap();
    assert_eq!(served.bytes().await.unwrap(), GIF);
    let not_here = "Constraints on the parameter [image_url] are unsatisfied. The emulator fetches images from this machine (localhost) only.";
    let cases = [
        (format!("{site}/large.gif"), -602, "the image is larger than 5 MB."),
        (format!("{site}/gone.gif"), -603, "the image could not be fetched in time."),
        (format!("{site}/page"), -911, "the image format is not supported."),
        ("https://elsewhere.example/a.gif".to_owned(), -2, not_here),
    ];
    for (image_url, code, msg) in cases {
        assert_eq!(scrape(&image_url).await.refusal(), refusal(400, code, msg), "{image_url}");
    }
    let strangers = Answer::of(kakao.post(SCRAPE).form(&[("image_url", format!("{site}/a.gif"))])).await;
    assert_eq!(strangers.body["code"], -401);
}

#[tokio::test]
async fn the_oldest_images_make_room() {
    let kakao = Kakao::start().await;
    let first = text(&upload_gif(&kakao).await["url"]);
    let mut gif = GIF.to_vec();
    gif.resize(5 * 1024 * 1024, 0);
    for _ in 0..13 {
        upload(&kakao, &key(REST_API_KEY), form(&[&gif])).await.ok();
    }
    assert_eq!(kakao.client.get(&first).send().await.unwrap().status(), 404);
}
