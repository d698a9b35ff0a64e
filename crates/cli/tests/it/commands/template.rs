//! `katok template`: what Kakao would make of a template, without anybody being asked.

use crate::program::Machine;

const SOUND: &str =
    r#"{"object_type":"text","text":"주문이 도착했어요","link":{"web_url":"https://shop.example.com/7"}}"#;
const BROKEN: &str =
    "object_type: list\nheader_title: 오늘\nheader_link: {web_url: https://shop.example.com}\ncontents: []\n";

#[test]
fn a_sound_template_has_nothing_to_mend() {
    let machine = Machine::new();
    let file = machine.file("sound.json", SOUND);
    let told = machine.katok(&["template", "lint", &file]).exits(0).stdout;
    assert_eq!(told, "고칠 것이 없습니다.\nNothing to mend.\n");
    let told = machine.katok_reading(&["template", "lint", "--json", "-"], SOUND).exits(0).json();
    assert_eq!(told, serde_json::json!({"is_sendable": true, "findings": []}));
}

#[test]
fn what_kakao_would_refuse_is_told_with_its_place_and_ends_with_1() {
    let mut machine = Machine::new();
    machine.set("LANG", "en_US.UTF-8");
    let file = machine.file("broken.yaml", BROKEN);
    let told = machine.katok(&["template", "lint", &file]).exits(1).stdout;
    assert!(told.lines().any(|line| line.starts_with("error: contents: ")), "{told}");
    let told = machine.katok(&["template", "lint", "--json", &file]).exits(1).json();
    assert_eq!((&told["is_sendable"], &told["findings"][0]["path"]), (&false.into(), &"contents".into()));
}

#[test]
fn a_link_to_a_domain_that_is_not_registered_is_a_warning() {
    let machine = Machine::new();
    let file = machine.file("sound.json", SOUND);
    let lint = ["template", "lint", &file, "--domain"];
    let told = machine.katok(&[&lint[..], &["https://else.example"]].concat()).exits(0).stdout;
    assert!(told.starts_with("경고 · warning: link.web_url: "), "{told}");
    let told = machine.katok(&[&lint[..], &["https://shop.example.com"]].concat()).exits(0).stdout;
    assert!(told.starts_with("고칠 것이 없습니다."), "{told}");
}

#[test]
fn a_preview_is_drawn_for_the_terminal_and_as_files() {
    let mut machine = Machine::new();
    machine.set("LANG", "en_US.UTF-8");
    let file = machine.file("sound.json", SOUND);
    let preview = ["template", "preview", &file, "--as"];
    let drawn = machine.katok(&["template", "preview", &file]).exits(0).stdout;
    assert!(drawn.contains("주문이 도착했어요") && drawn.contains('│'), "{drawn}");
    let [light, dark] = [&["svg"][..], &["svg", "--dark"]]
        .map(|form| machine.katok(&[&preview[..], form].concat()).exits(0).stdout);
    assert!(light.starts_with("<svg") && dark.starts_with("<svg") && light != dark, "{light}");
    let page = machine.katok(&[&preview[..], &["html", "--dark"]].concat()).exits(0).stdout;
    assert!(page.starts_with("<!doctype html>\n<html lang=\"en\">") && page.contains("ktb-dark"), "{page}");
}

#[test]
fn a_broken_template_is_drawn_as_far_as_it_goes_with_what_is_the_matter() {
    let machine = Machine::new();
    let drawn = machine.katok_reading(&["template", "preview", "--json", "-"], BROKEN).exits(0).json();
    assert!(
        drawn["marks"].as_array().unwrap().iter().any(|mark| mark.as_str().unwrap().starts_with("contents")),
        "{drawn}"
    );
}

#[test]
fn what_cannot_be_read_is_a_wrong_use_that_names_its_place() {
    let machine = Machine::new();
    let gone = machine.data().join("gone.json");
    machine.katok(&["template", "lint", gone.to_str().unwrap()]).exits(2).says("gone.json");
    let file = machine.file("list.json", "[1]");
    machine.katok(&["template", "preview", &file]).exits(2).says("list.json").says("object_type");
    let file = machine.file("cut.json", "{\"object_type\":\n");
    machine.katok(&["template", "lint", &file]).exits(2).says("line 2");
    machine.katok_reading(&["template", "lint", "-"], "").exits(2);
}
