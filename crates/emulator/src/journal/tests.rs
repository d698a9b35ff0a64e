//! What the journal keeps, shortens and forgets.

use serde_json::{Value, json};

use super::*;

const FORM: &str = "application/x-www-form-urlencoded;charset=utf-8";

fn part(content_type: &str, more: &[(&'static str, &str)], body: &str) -> RawPart {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, content_type.parse().unwrap());
    for (name, value) in more {
        headers.insert(*name, value.parse().unwrap());
    }
    let wanted: Vec<HeaderName> = headers.keys().cloned().collect();
    RawPart::new(&headers, &wanted, &Bytes::copy_from_slice(body.as_bytes()))
}

fn entry(uri: &str, request: RawPart, response: RawPart) -> Entry {
    let begun = Entry::begun(Timestamp::UNIX_EPOCH, "kauth.kakao.com", Method::POST, uri.parse().unwrap());
    Entry { request, response: Some((StatusCode::OK, response)), ending: Ending::Answered, ..begun }
}

fn shown(entry: Entry) -> Value {
    let journal = Journal::default();
    journal.write(entry);
    serde_json::to_value(&journal.read(0)[0]).unwrap()
}

#[test]
fn parameters_are_readable_and_secrets_shortened_wherever_they_stand() {
    let form = "grant_type=authorization_code&code=SECRETCODE&client_secret=SECRETSECRET&name=%EB%9D%BC+%EC%9D%B4&a=1&a=2\
                &template_object=%7B%22text%22%3A%22x%22%7D";
    let request =
        part(FORM, &[("authorization", "Bearer SECRETTOKEN"), ("cookie", "s=SECRETCOOKIE; t=1")], form);
    let answer = json!({"access_token": "SECRETACCESS", "expires_in": 21599,
        "error_description": "authorization code not found for code=SECRETCODE"});
    let response = part(
        "application/json;charset=UTF-8",
        &[
            ("location", "http://localhost:4000/redirect?code=SECRETTHERE&state=s1"),
            ("set-cookie", "s=SECRETCOOKIE; Path=/"),
        ],
        &answer.to_string(),
    );
    let shown = shown(entry("/oauth/token?client_id=SECRETKEY1&scope=friends", request, response));
    assert_eq!(
        shown["request"]["form"],
        json!({"grant_type": "authorization_code", "code": "SECRET…", "client_secret": "SECRET…", "name": "라 이",
            "a": ["1", "2"], "template_object": "{\"text\":\"x\"}"})
    );
    assert_eq!(shown["request"]["query"], json!({"client_id": "SECRET…", "scope": "friends"}));
    assert_eq!(shown["request"]["headers"]["authorization"], "Bearer SECRET…");
    assert_eq!(shown["request"]["headers"]["cookie"], "s=SECRET…; t=1");
    let headers = &shown["response"]["headers"];
    assert_eq!(headers["location"], "http://localhost:4000/redirect?code=SECRET…&state=s1");
    assert_eq!(headers["set-cookie"], "s=SECRET…; Path=/");
    assert_eq!(
        shown["response"]["body"],
        json!({"access_token": "SECRET…", "expires_in": 21599,
            "error_description": "authorization code not found for code=SECRET…"})
    );
    for secret in ["SECRETC", "SECRETS", "SECRETT", "SECRETA", "SECRETK"] {
        assert!(!shown.to_string().contains(secret), "{secret}: {shown}");
    }
}

#[test]
fn secrets_are_shortened_in_bodies_of_the_wrong_kind_too() {
    let form = "grant_type=authorization_code&client_secret=SECRETSECRET&code=SECRETCODE";
    let broken = r#"{"a": "b", "access_token" : "SECRETACCESS", "refresh_token":"SECRETREF"#;
    let listed = r#"{"password": ["SECRETPASS"], "x": [{"token": "SECRETTOKEN"}], "code": -401}"#;
    let multipart =
        "--XYZ\r\nContent-Disposition: form-data; name=\"client_secret\"\r\n\r\nSECRETSECRET\r\n--XYZ--\r\n";
    let bodies = [
        (
            "text/plain;charset=UTF-8",
            form,
            json!({"body": "grant_type=authorization_code&client_secret=SECRET…&code=SECRET…"}),
        ),
        (
            "application/json",
            form,
            json!({"body": "grant_type=authorization_code&client_secret=SECRET…&code=SECRET…"}),
        ),
        (
            "application/json",
            broken,
            json!({"body": r#"{"a": "b", "access_token" : "SECRET…", "refresh_token":"SECRET…"#}),
        ),
        (
            "application/json",
            listed,
            json!({"body": {"password": ["SECRET…"], "x": [{"token": "SECRET…"}], "code": -401}}),
        ),
        ("multipart/form-data; boundary=XYZ", multipart, json!({"form": {"client_secret": "SECRET…"}})),
    ];
    for (kind, body, told) in bodies {
        let shown = shown(entry("/oauth/token", part(kind, &[], body), RawPart::default()));
        for (name, told) in told.as_object().unwrap() {
            assert_eq!(&shown["request"][name], told, "{kind}: {body}");
        }
    }
}

#[test]
fn a_page_is_told_by_its_title_and_code_and_an_image_by_its_size() {
    let html = "<html><title> 오류 </title><p>Admin Settings Issue (KOE006)</p><form>KOENIG</form></html>";
    let page = shown(entry("/oauth/authorize", part("text/plain", &[], ""), part("text/html", &[], html)));
    assert_eq!(page["response"]["body"], json!({"page": "오류", "error_code": "KOE006"}));
    assert_eq!(page["request"]["body"], Value::Null);
    let image = shown(entry("/x", part("text/plain", &[], "hello"), part("image/png", &[], "PNG")));
    assert_eq!(image["response"]["body"], json!({"content_type": "image/png", "bytes": 3}));
    assert_eq!(image["request"]["body"], "hello");
}

#[test]
fn of_a_multipart_body_the_files_are_summarised() {
    let body = "preamble\r\n--XYZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\
                Content-Type: image/png\r\n\r\nPNG--DATA\r\n--XYZ\r\ncontent-disposition: form-data; name=\"note\"\r\n\r\n\
                안녕\r\n--XYZ--\r\n";
    let shown = shown(entry(
        "/v2/api/talk/message/image/upload",
        part("multipart/form-data; boundary=\"XYZ\"", &[], body),
        part("application/json", &[], "{}"),
    ));
    assert_eq!(
        shown["request"]["form"],
        json!({"file": {"file": "a.png", "content_type": "image/png", "bytes": 9}, "note": "안녕"})
    );
}

#[test]
fn the_oldest_go_when_there_are_too_many_or_they_take_too_much() {
    let journal = Journal::default();
    let small = || entry("/a", part(FORM, &[], "a=1"), part(FORM, &[], ""));
    (0..KEPT + 5).for_each(|_| journal.write(small()));
    let kept = journal.read(0);
    assert_eq!((kept.len(), kept[0].id), (KEPT, 6));
    assert_eq!(journal.read(kept[KEPT - 3].id).len(), 2);

    let body = "x".repeat(KEPT_OF_BODY * 2);
    (0..200).for_each(|_| journal.write(entry("/b", part("text/plain", &[], &body), part(FORM, &[], ""))));
    assert!(journal.entries.lock().unwrap().bytes <= KEPT_BYTES);
    assert!(journal.read(0).len() < 200);
    let told = serde_json::to_value(&journal.read(0)[0].request.body).unwrap();
    assert!(told.as_str().unwrap().ends_with("… (131072 bytes)"));

    journal.clear();
    assert!(journal.read(0).is_empty());
    journal.write(small());
    assert_eq!(journal.read(0)[0].id, 1206, "whoever reads on with `since` misses nothing");
}
