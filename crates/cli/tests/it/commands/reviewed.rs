//! What is said to people, as somebody has reviewed it: the help of every command, and what commands say in each language.
//!
//! Where a text is meant to change, the test says which file to look at, and to put in the old one's place.

use std::fs;
use std::path::Path;

use crate::program::{Machine, Outcome, free_port};

#[track_caller]
fn assert_reviewed(name: &str, now: &str) {
    let reviewed = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/reviewed").join(name);
    if now != fs::read_to_string(&reviewed).unwrap_or_default() {
        let said = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::write(&said, now).unwrap();
        panic!("{name} says something else now: compare {} with {}", said.display(), reviewed.display());
    }
}

/// The help of a command and of all below it.
fn help(machine: &Machine, command: &[&str], told: &mut String) {
    let said = machine.katok(&[command, &["--help"]].concat()).exits(0).stdout;
    let line = [&["$ katok"], command, &["--help\n"]].concat().join(" ");
    told.extend([&*line, &said, "\n"]);
    let below = said.lines().skip_while(|line| *line != "Commands:").skip(1);
    // Longer descriptions go on below the names.
    let names = below.take_while(|line| !line.is_empty()).filter(|line| !line.starts_with("   "));
    for name in names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help") {
        help(machine, &[command, &[name]].concat(), told);
    }
}

#[test]
fn the_help_of_every_command() {
    let mut told = String::new();
    help(&Machine::new(), &[], &mut told);
    assert_reviewed("help.txt", &told);
}

/// Runs commands and writes down what is said and how they end, without what differs from run to run.
fn transcript(machine: &Machine, commands: &[&[&str]], different: &[(&str, &str)]) -> String {
    let mut told = String::new();
    for command in commands {
        let Outcome { status, stdout, stderr } = machine.katok(command);
        let end = format!("[{}]\n\n", status.unwrap());
        told.extend(["$ katok ", &command.join(" "), "\n", &stdout, &stderr, &end]);
    }
    different.iter().fold(told, |told, (text, stands_for)| told.replace(text, stands_for))
}

#[tokio::test]
async fn what_commands_say_in_each_language() {
    let mut told = String::new();
    for language in ["ko", "en"] {
        let mut machine = Machine::new();
        machine.set("KATOK_LANG", language);
        let nowhere = format!("http://localhost:{}", free_port());
        machine.set("KAKAO_API_BASE_URL", &nowhere);
        told.push_str(&transcript(
            &machine,
            &[
                &["whoami"],
                &["explain", "KOE006"],
                &["explain", "KOE06"],
                &["explain", "access_token=s3cret"],
                &["template", "lint", "/nowhere.json"],
            ],
            &[(&nowhere, "NOWHERE")],
        ));

        let mut machine = Machine::new();
        machine.set("KATOK_LANG", language);
        let (_running, emulator) = machine.emulator();
        machine.connect_to(&emulator).await;
        let data = machine.data();
        let different = [(&*emulator.origin(), "EMULATOR"), (data.to_str().unwrap(), "DATA")];
        told.push_str(&transcript(&machine, &[&["doctor"], &["send", "안녕"]], &different));
        machine.login(&emulator, "ryan", None).await.exits(0);
        machine.set("KATOK_LOGIN_REDIRECT_URI", "http://localhost:4999/callback");
        machine.set("KAKAO_CLIENT_SECRET", "another");
        let commands: &[&[&str]] = &[
            &["whoami"],
            &["friends"],
            &["send", "안녕"],
            &["send", ""],
            &["send", "--to", "어피치", "안녕"],
            &["send", "--to", "모르는 사람", "안녕"],
            &["unlink"],
            &["logout"],
            &["doctor"],
        ];
        told.push_str(&transcript(&machine, commands, &different));
    }
    assert_reviewed("said.txt", &told);
}
