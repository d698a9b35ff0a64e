//! `docs/kakao-error-codes.md` is the catalogue of codes, written out for people.

use std::cmp::Reverse;
use std::fmt::Write as _;
use std::path::Path;

use katok_client::codes::{self, Explanation};

const FILE: &str = "docs/kakao-error-codes.md";

#[test]
fn the_table_in_the_documents_is_the_catalogue() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(FILE);
    let rendered = table();
    if std::env::var_os("KATOK_BLESS").is_some() {
        std::fs::write(&path, &rendered).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        written == rendered,
        "{FILE} differs from the catalogue in crates/client/src/codes. Write it anew and commit it:\n\
         KATOK_BLESS=1 cargo test -p katok-client --test it code_table"
    );
}

fn table() -> String {
    let codes: Vec<_> = codes::all().map(|(code, explanation)| (code.to_string(), explanation)).collect();
    let (mut login, mut api): (Vec<_>, Vec<_>) =
        codes.into_iter().partition(|(code, _)| code.starts_with("KOE"));
    // By their numbers, as people look them up.
    login.sort_by(|(one, _), (other, _)| one.cmp(other));
    api.sort_by_key(|(code, _)| Reverse(code.parse::<i64>().unwrap()));
    let redirect: Vec<_> =
        codes::redirect_errors().map(|(error, explanation)| (error.to_owned(), explanation)).collect();

    let mut page = String::from(
        "# 카카오 오류 코드 · Kakao's error codes\n\n\
         <!-- Written by the tests of katok-client from crates/client/src/codes: change it there. -->\n\n\
         메뉴는 2025년 12월에 바뀐 카카오디벨로퍼스 앱 관리 페이지의 것입니다. HTTP 상태가 비어 있으면 문서에 없는 것입니다.\n\
         [English](#what-the-codes-mean)\n\n\
         ## 코드의 뜻과 해결 방법\n",
    );
    let ko = |e: &Explanation| [e.cause_ko, e.remedy_ko, e.console_ko.unwrap_or_default()];
    let headings = ["원인", "해결 방법", "콘솔 메뉴", "출처"];
    section(&mut page, "카카오 로그인 (kauth.kakao.com)", ["코드", "HTTP"], headings, &login, ko);
    section(&mut page, "API (kapi.kakao.com)", ["코드", "HTTP"], headings, &api, ko);
    section(&mut page, "리다이렉트 URI로 돌아온 error", ["error", "HTTP"], headings, &redirect, ko);
    page.push_str(
        "\n## What the codes mean\n\n\
         Menus are those of Kakao's console as it is laid out since December 2025. Where no HTTP status stands, the\n\
         documents name none.\n",
    );
    let en = |e: &Explanation| [e.cause_en, e.remedy_en, e.console_en.unwrap_or_default()];
    let headings = ["cause", "what to do", "menu", "source"];
    section(&mut page, "Kakao Login (kauth.kakao.com)", ["code", "HTTP"], headings, &login, en);
    section(&mut page, "The API (kapi.kakao.com)", ["code", "HTTP"], headings, &api, en);
    section(&mut page, "`error` of a redirect", ["error", "HTTP"], headings, &redirect, en);
    page
}

fn section(
    page: &mut String,
    title: &str,
    keys: [&str; 2],
    texts: [&str; 4],
    entries: &[(String, Explanation)],
    cells: impl Fn(&Explanation) -> [&'static str; 3],
) {
    let heading = [&keys[..], &texts[..]].concat().join(" | ");
    write!(page, "\n### {title}\n\n| {heading} |\n|---|---|---|---|---|---|\n").unwrap();
    for (code, explanation) in entries {
        let status = explanation.status.map(|status| status.to_string()).unwrap_or_default();
        let [cause, remedy, menu] = cells(explanation);
        let source = explanation.source;
        let row = [&format!("`{code}`"), &status, cause, remedy, menu, source].join(" | ");
        writeln!(page, "| {row} |").unwrap();
    }
}
