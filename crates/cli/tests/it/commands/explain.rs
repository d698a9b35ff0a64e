//! `katok explain`: codes are explained without anybody being asked.

use katok_client::codes;

use crate::program::Machine;

#[test]
fn a_code_is_explained_in_the_persons_language_with_the_menu_of_the_console() {
    let mut machine = Machine::new();
    let both = machine.katok(&["explain", "koe006"]).exits(0).stdout;
    for line in ["KOE006", "콘솔: [앱] > [플랫폼 키]", "console: [App] > [Platform key]", "출처: Kakao Docs/"]
    {
        assert!(both.lines().any(|told| told.starts_with(line)), "{line}: {both}");
    }
    machine.set("LANG", "en_US.UTF-8");
    let english = machine.katok(&["explain", "-402"]).exits(0).stdout;
    assert!(english.starts_with("-402 (HTTP 403)\ncause: The user has not agreed"), "{english}");
    assert!(!english.contains("원인"), "{english}");
    // What a setting of the console does not help has no line about it.
    let cancelled = machine.katok(&["explain", "access_denied"]).exits(0).stdout;
    assert!(!cancelled.contains("console:"), "{cancelled}");
}

#[test]
fn the_same_is_there_as_json() {
    let explained = Machine::new().katok(&["explain", "--json", "KOE010"]).exits(0).json();
    assert_eq!((&explained["code"], &explained["status"]), (&"KOE010".into(), &401.into()));
    for field in ["cause", "remedy", "console"] {
        assert!(explained[field]["ko"].is_string() && explained[field]["en"].is_string(), "{explained}");
    }
    assert!(explained["source"].is_string(), "{explained}");
}

#[test]
fn every_code_of_the_catalogue_is_explained_in_both_languages() {
    let codes = codes::all().map(|(code, _)| code.to_string());
    let all: Vec<String> = codes.chain(codes::redirect_errors().map(|(word, _)| word.to_owned())).collect();
    let given: Vec<&str> = ["explain"].into_iter().chain(all.iter().map(String::as_str)).collect();
    let machine = Machine::new();
    for (language, cause) in [("ko", "원인: "), ("en", "cause: ")] {
        let told = machine.katok(&[&["--lang", language], &given[..]].concat()).exits(0).stdout;
        let heads = told.split("\n\n").filter_map(|told| told.split_once(cause)).map(|(head, _)| head);
        let heads: Vec<&str> = heads.map(|head| head.split_whitespace().next().unwrap()).collect();
        assert_eq!(heads, all, "{language}");
    }
    let told = machine.katok(&[&["--json"], &given[..]].concat()).exits(0).stdout;
    assert_eq!(told.lines().count(), all.len());
}

#[test]
fn a_pasted_error_is_searched_for_codes_and_not_repeated() {
    let machine = Machine::new();
    let body = r#"{"error":"invalid_grant","error_description":"authorization code not found for code=s3cret","error_code":"KOE320"}"#;
    let address = "http://localhost:4000/redirect?error=access_denied&state=s3cret";
    let log = "12:00 INFO access_token=s3cret\n12:01 WARN {'msg': 'insufficient scopes.', 'code': -402}\n";
    for (given, piped, codes) in [
        (&[body][..], "", &["KOE320"][..]),
        (&[address, body], "", &["access_denied", "KOE320"]),
        (&["-"], log, &["-402"]),
    ] {
        let outcome = machine.katok_reading(&[&["explain"], given].concat(), piped).exits(0);
        for code in codes {
            assert!(outcome.stdout.lines().any(|line| line.starts_with(code)), "{code}: {outcome:?}");
        }
        assert!(!format!("{outcome:?}").contains("s3cret"), "{outcome:?}");
    }
    // Neither is one without a code.
    let token = "access_token=s3cret and nothing else";
    let outcome = machine.katok(&["explain", token]).exits(2).says("KOE006");
    assert!(!format!("{outcome:?}").contains("s3cret"), "{outcome:?}");
}

#[test]
fn what_is_no_known_code_is_a_wrong_use_and_its_neighbours_are_named() {
    let machine = Machine::new();
    for (code, near) in [("KOE06", "KOE006"), ("402", "-402"), ("acces_denied", "access_denied")] {
        machine.katok(&["explain", code]).exits(2).says(code).says(&format!("hint: katok explain {near}"));
    }
    machine.katok(&["explain", "모름"]).exits(2).says("모름").says("KOE006");
    // What is known beside it is explained all the same.
    let outcome = machine.katok(&["explain", "KOE999", "-402"]).exits(2).says("KOE999");
    assert!(outcome.stdout.contains("-402"), "{outcome:?}");
}
