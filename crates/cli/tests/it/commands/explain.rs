//! `katok explain`: codes are explained without anybody being asked.

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
fn what_is_no_known_code_is_a_wrong_use() {
    for code in ["-4711", "KOE999", "402", "모름"] {
        Machine::new().katok(&["explain", code]).exits(2).says(code).says("KOE006");
    }
}
