//! `docs/kakao-api-coverage.md` is the table of endpoints, written out for people.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::endpoints::{Row, endpoints};
use crate::endpoint::{Auth, Effect};
use crate::login::{ACCOUNT_LOGOUT_PATH, AUTHORIZE_PATH};

const FILE: &str = "docs/kakao-api-coverage.md";

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The source file in which a type stands, and its bare name.
fn place(row: &Row) -> (PathBuf, &'static str) {
    let (modules, name) = row.name.rsplit_once("::").unwrap();
    let file = modules.split("::").skip(1).fold(here().join("src"), |path, module| path.join(module));
    (file.with_extension("rs"), name.trim_end_matches("<'_>"))
}

/// What the first line of its file says of an endpoint, after its method and path.
fn purpose(row: &Row) -> String {
    let file = place(row).0;
    let source = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let line = source.lines().next().unwrap();
    let place = format!("//! `{} {}`", row.call.method, row.call.path);
    let rest =
        line.strip_prefix(&place).unwrap_or_else(|| panic!("{} begins not with {place}", file.display()));
    rest.split_once(": ").unwrap_or_else(|| panic!("{} does not say what for", file.display())).1.to_owned()
}

#[test]
fn every_endpoint_is_in_the_table() {
    let rows = endpoints();
    let mut folders = vec![here().join("src")];
    let mut found = 0;
    while let Some(folder) = folders.pop() {
        for path in super::entries(&folder) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            for rest in source.lines().filter_map(|line| line.strip_prefix("impl Endpoint for ")) {
                let name = rest.trim_end_matches(" {").trim_end_matches("<'_>");
                assert!(rows.iter().any(|row| place(row) == (path.clone(), name)), "{name} is missing");
                found += 1;
            }
        }
    }
    assert_eq!(found, rows.len());
}

#[test]
fn the_table_in_the_documents_is_that_of_the_endpoints() {
    let path = here().join("../..").join(FILE);
    let rendered = page();
    if std::env::var_os("KATOK_BLESS").is_some() {
        std::fs::write(&path, &rendered).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        written == rendered,
        "{FILE} differs from the endpoints in crates/client/src. Write it anew and commit it:\n\
         KATOK_BLESS=1 cargo test -p katok-client --lib coverage"
    );
}

fn page() -> String {
    let mut page = String::from(
        "# 카카오 API 지원 범위 · What katok-client calls\n\n\
         <!-- Written by the tests of katok-client from the endpoints in crates/client/src: change it there. -->\n\n\
         `katok-client`에 타입이 있는 호출 목록입니다. 이 밖의 호출은 `RawCall`로 할 수 있습니다.\n\n\
         The calls for which `katok-client` has a type. What has none is [below](#what-has-no-type).\n\n\
         - *Called with*: what the caller shows of itself.\n\
         - *Consent*: what the user must have agreed to before the call can succeed.\n\
         - *Made again*: whether the client repeats the call by itself after a failure.\n\n\
         | What for | Call | Called with | Consent | Made again | Type |\n|---|---|---|---|---|---|\n",
    );
    for (what, path, function) in [
        ("the page where the user signs in and consents", AUTHORIZE_PATH, "Client::authorize_url"),
        ("ends the browser's session too", ACCOUNT_LOGOUT_PATH, "Client::account_logout_url"),
    ] {
        writeln!(page, "| {what} | `GET {path}` | the user's browser | | | `{function}` |").unwrap();
    }
    // `MeOnly` is what `Me` becomes when it is to say less.
    for row in endpoints().into_iter().filter(|row| place(row).1 != "MeOnly") {
        let scopes: Vec<_> = row.call.scopes.iter().map(|scope| format!("`{scope}`")).collect();
        let purpose = purpose(&row);
        let call = format!("`{} {}`", row.call.method, row.call.path);
        let cells = [
            purpose.trim_end_matches('.'),
            &call,
            called_with(row.auth),
            &scopes.join(", "),
            made_again(row.call.effect),
            &format!("`{}`", made_with(place(&row).1)),
        ];
        writeln!(page, "| {} |", cells.join(" | ")).unwrap();
    }
    page.push_str(
        "\nWhat Kakao calls at the service is read by `UnlinkWebhook` and `AccountStatusWebhook`.\n\n\
         ## What has no type\n\n\
         `RawCall` makes any call that takes a query or a form, with an access token or the admin key.\n\n\
         - Talk Calendar.\n\
         - Customer files of KakaoTalk channels, which travel as JSON, and the channel webhook.\n\
         - The friend picker and KakaoTalk Share with its validation, which run in the user's browser or app.\n\
         - Paths that only Kakao's SDKs use.\n\
         - Older versions of the calls above.\n",
    );
    page
}

fn made_with(name: &'static str) -> &'static str {
    if name == "RefreshTokens" { "Client::refresh" } else { name }
}

fn called_with(auth: Auth) -> &'static str {
    match auth {
        Auth::Nobody => "nothing",
        Auth::Client => "the app's key and client secret",
        Auth::AccessToken => "access token",
        Auth::AccessTokenOrAdminKey => "access token, or admin key",
        Auth::AccessTokenOrAppKey => "access token, or app key",
        Auth::AdminKey => "admin key",
    }
}

fn made_again(effect: Effect) -> &'static str {
    match effect {
        Effect::Read => "yes",
        Effect::Change => "yes: it ends in the same state",
        Effect::Once => "only if nothing had left the machine",
        Effect::Send => "never",
    }
}
