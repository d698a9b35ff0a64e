//! The doors through which bytes of strangers come in: for the fuzzer, and for the replay of its corpora.
//!
//! Each takes whatever bytes there are, and panics when something does not hold that must hold of all of them.
#![expect(clippy::missing_panics_doc, reason = "to panic is how a door says that something is wrong")]

use std::sync::{Arc, LazyLock};

use html5gum::{Token, Tokenizer};
use http::{HeaderValue, Method, Request, header};
use jiff::Timestamp;
use katok_bubble::{Bubble, Language, Shade};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::clock::Clock;
use crate::http::answer;
use crate::jws;
use crate::live::LiveWorld;
use crate::scraper;
use crate::seed::Seed;
use crate::world::World;
use crate::world::authorize::{
    Authorize, AuthorizeRequest, Authorized, ConsentAnswer, DecideConsent, Decided, Visitor,
    query_after_sign_in,
};
use crate::world::image::Picture;
use crate::world::template;

/// What a control call may be made to; none of these waits or calls anybody.
const CONTROL: [&str; 9] = [
    "approve",
    "clock",
    "faults",
    "people/ryan/account",
    "people/ryan/unlink",
    "reset",
    "tokens",
    "tokens/age",
    "tokens/expire",
];

static BUILT_IN: LazyLock<Seed> = LazyLock::new(Seed::built_in);
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    Builder::new_current_thread().enable_time().build().expect("a runtime with a timer can be made")
});

/// The name a request is sent to.
pub fn authority(data: &[u8]) {
    let Ok(host) = HeaderValue::from_bytes(data) else { return };
    let live = live();
    for path in ["/", "/.well-known/openid-configuration", "/_emulator/v1/health", "/v2/user/me"] {
        let request = Request::get(path).header(header::HOST, &host).body(Vec::new());
        ask(&live, request.expect("it is well formed"));
    }
}

/// The query of an authorize request: nobody is sent anywhere but to an address that is registered.
pub fn authorize_query(data: &[u8]) {
    let Ok(query) = str::from_utf8(data) else { return };
    let signed_in = query_after_sign_in(query);
    assert_eq!(query_after_sign_in(&signed_in), signed_in, "to sign in leaves something to sign in for");

    let request = AuthorizeRequest::from_query(query);
    let (mut world, now) = (World::new(&BUILT_IN, now()), now());
    let visitor = Visitor::JustSignedIn(BUILT_IN.people[0].key.clone());
    let authorize = Authorize { request: request.clone(), visitor: visitor.clone() };
    let address = match world.apply(now, authorize) {
        Ok(Authorized::Redirect(address)) => address,
        Ok(Authorized::Consent(_, _, questions)) => {
            let answer = ConsentAnswer::Agree(questions.all());
            match world.apply(now, DecideConsent { request, visitor, answer }) {
                Ok(Decided::Redirect(address)) => address,
                other => panic!("agreed to everything, and then: {other:?}"),
            }
        }
        Ok(_) | Err(_) => return,
    };
    let app = &BUILT_IN.apps[0];
    let native = format!("kakao{}://oauth", app.native_app_key);
    let mut registered = app.redirect_uris.iter().chain([&native]);
    assert!(registered.any(|uri| address.starts_with(&format!("{uri}?"))), "sent to {address}");
    HeaderValue::from_str(&address).expect("an address fits into a header");
}

/// A template object as it lies in a chat room, whatever it is.
pub fn bubble(data: &[u8]) {
    if let Ok(object) = serde_json::from_slice(data) {
        draw(&object);
    }
}

/// A control call: its path after `/_emulator/v1/` in the first line, and its body behind it. Whatever it does to the
/// world, people can be signed in afterwards.
pub fn control(data: &[u8]) {
    let (path, body) = first_line(data);
    let Some(path) = CONTROL.into_iter().find(|known| known.as_bytes() == path) else { return };
    let live = live();
    ask(&live, post(&format!("/_emulator/v1/{path}"), "application/json", body));
    ask(&live, request(Method::GET, "/_emulator/v1/faults", "", b""));
    ask(&live, request(Method::DELETE, "/_emulator/v1/faults", "", b""));
    let sign_in = json!({ "app": "demo", "person": "ryan" }).to_string();
    ask(&live, post("/_emulator/v1/tokens", "application/json", sign_in.as_bytes()));
    ask(&live, request(Method::GET, "/_emulator/v1/world", "", b""));
}

/// The body of a call: its content type in the first line, and the rest behind it.
pub fn form(data: &[u8]) {
    let (content_type, body) = first_line(data);
    let Ok(content_type) = str::from_utf8(content_type) else { return };
    if HeaderValue::from_str(content_type).is_err() {
        return;
    }
    let live = live();
    for path in ["/oauth/token", "/v2/user/me", "/v2/api/talk/message/image/upload"] {
        ask(&live, post(path, content_type, body));
    }
    ask(&live, request(Method::GET, "/_emulator/v1/journal", "", b""));
}

/// What is sent as an ID token: only what our keys signed is taken for one.
pub fn id_token(data: &[u8]) {
    let Ok(token) = str::from_utf8(data) else { return };
    let Ok(claims) = jws::verify(token) else { return };
    let ours = |turn| ["JWT", "secevent+jwt"].iter().any(|typ| jws::sign(turn, typ, &claims) == token);
    assert!(ours(0) || ours(1), "taken, but not signed here: {token}");
}

/// An image that is uploaded.
pub fn image(data: &[u8]) {
    if let Ok(picture) = Picture::read(data.to_vec()) {
        assert_eq!(picture.bytes, data);
    }
}

/// A page that is scraped.
pub fn page(data: &[u8]) {
    let address = Url::parse("http://localhost:4000/cake").expect("it is an address");
    let page = scraper::open_graph(&String::from_utf8_lossy(data), &address);
    let link = json!({ "web_url": page.url });
    let content = json!({ "title": page.title, "description": page.description, "image_url": page.image, "link": link });
    draw(&json!({ "object_type": "feed", "content": content }));
}

/// A seed document: one that is taken describes a world that can be described again.
pub fn seed(data: &[u8]) {
    let Ok(seed) = str::from_utf8(data).map_err(drop).and_then(|text| Seed::parse(text).map_err(drop)) else {
        return;
    };
    let text = serde_json::to_string(&seed).expect("a seed is plain data");
    assert_eq!(Seed::parse(&text).as_ref(), Ok(&seed), "written down it is another seed");
    let described = World::new(&seed, now()).to_seed();
    assert_eq!(described.check(), Ok(()), "the world of a seed contradicts itself");
}

/// The template object of a call.
pub fn template(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    if let Ok(checked) = template::check(Some(text), &BUILT_IN.apps[0].web_domains) {
        draw(&checked.template_object);
    }
}

/// Draws a template object, of which no part may become a part of the page, of a picture or of a terminal's orders.
fn draw(object: &Value) {
    let bubble = Bubble::of(object);
    let html = bubble.html(Language::Korean);
    let tags = ["a", "article", "dd", "div", "dl", "dt", "img", "li", "p", "s", "span", "strong", "ul"];
    assert_tags(&html, &tags, |name, value| match name {
        "href" | "src" => value.starts_with("http://") || value.starts_with("https://"),
        "class" => value.split(' ').all(|class| class.starts_with("ktb-")),
        "alt" | "loading" | "referrerpolicy" | "rel" | "target" | "title" => true,
        _ => false,
    });
    let svg = bubble.svg(Language::English, Shade::Dark);
    assert_tags(&svg, &["circle", "clippath", "g", "path", "rect", "svg", "text"], |name, value| {
        !name.starts_with("on")
            && !["href", "style"].contains(&name)
            && (name == "xmlns" || !value.contains(':'))
    });
    let lines = bubble.terminal(Language::Korean);
    assert!(!lines.contains(|c: char| c.is_control() && c != '\n'), "{lines:?}");
}

fn assert_tags(document: &str, tags: &[&str], is_harmless: impl Fn(&str, &str) -> bool) {
    for token in Tokenizer::new(document) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name);
                assert!(tags.contains(&&*name), "<{name}> in {document}");
                for (name, value) in &tag.attributes {
                    let (name, value) = (String::from_utf8_lossy(name), String::from_utf8_lossy(value));
                    assert!(is_harmless(&name, &value), "{name}={value} in {document}");
                }
            }
            Token::Comment(_) | Token::Doctype(_) => panic!("neither text nor tag: {document}"),
            Token::EndTag(_) | Token::String(_) | Token::Error(_) => {}
        }
    }
}

fn now() -> Timestamp {
    Timestamp::from_second(1_772_323_200).expect("it is a time")
}

fn live() -> Arc<LiveWorld> {
    let world = World::new(&BUILT_IN, now());
    Arc::new(LiveWorld::new(world, Clock::stopped_at(now()), BUILT_IN.clone(), CancellationToken::new()))
}

fn first_line(data: &[u8]) -> (&[u8], &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    (&data[..end], data.get(end + 1..).unwrap_or_default())
}

fn post(path: &str, content_type: &str, body: &[u8]) -> Request<Vec<u8>> {
    request(Method::POST, path, content_type, body)
}

fn request(method: Method, path: &str, content_type: &str, body: &[u8]) -> Request<Vec<u8>> {
    let admin_key = format!("KakaoAK {}", BUILT_IN.apps[0].admin_key.secret());
    let request = Request::builder().method(method).uri(path).header(header::HOST, "localhost");
    let request = request.header(header::AUTHORIZATION, admin_key).header(header::CONTENT_TYPE, content_type);
    request.body(body.to_vec()).expect("it is well formed")
}

/// Whatever is asked, it is never the emulator that fails.
fn ask(live: &Arc<LiveWorld>, request: Request<Vec<u8>>) {
    let asked = format!("{} {}", request.method(), request.uri());
    let status = RUNTIME.block_on(answer(live.clone(), request));
    assert!(!status.is_server_error(), "{asked} was answered with {status}");
}

#[cfg(test)]
mod tests;
