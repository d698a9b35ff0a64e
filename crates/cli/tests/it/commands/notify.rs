//! `katok notify`: the command is itself, and somebody hears how it ended.

use std::time::Duration;
use std::{fs, thread};

use super::signed_in;
use crate::program::Machine;

#[tokio::test]
async fn command_is_itself_and_its_end_is_told() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    let script = "read line; echo \"읽음 $line\"; echo 경고 >&2; exit 3";
    let ended = machine.katok_reading(&["notify", "--", "sh", "-c", script], "하나\n").exits(3);
    assert_eq!(ended.stdout, "읽음 하나\n");
    let ended = ended.says("경고\n");
    assert!(!ended.stderr.contains("error"), "{ended:#?}");
    let text = &emulator.texts("ryan").await[0];
    assert!(text.starts_with("❌ sh\n종료 상태 3 · "), "{text}");
    assert!(text.contains("읽음 하나") && text.contains("경고"), "{text}");
    // Arguments may hold secrets.
    assert!(!text.contains("exit 3"), "{text}");

    machine.katok(&["notify", "--title", "밤 백업", "--to", "어피치", "--", "true"]).exits(0);
    assert!(emulator.texts("apeach").await[0].starts_with("✅ 밤 백업\n성공 · "));
}

#[tokio::test]
async fn only_a_failure_is_told_where_that_is_asked_for() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    machine.katok(&["notify", "--on-failure", "--", "true"]).exits(0);
    assert_eq!(emulator.messages("ryan").await.len(), 0);
    machine.katok(&["notify", "--on-failure", "--", "false"]).exits(1);
    machine.katok(&["notify", "--always", "--", "true"]).exits(0);
    assert_eq!(emulator.messages("ryan").await.len(), 2);
    machine.katok(&["notify", "--always", "--on-failure", "--", "true"]).exits(2);
    machine.katok(&["notify"]).exits(2);
}

#[tokio::test]
async fn as_many_of_the_last_lines_are_told_as_there_is_room_for() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    let script = "for i in 1 2 3 4 5 6 7 8 9; do echo 줄$i; done";
    let run = |lines: &str| machine.katok(&["notify", "--lines", lines, "--", "sh", "-c", script]).exits(0);
    run("2");
    assert_eq!(run("0").stdout.lines().count(), 9);
    machine.katok(&["notify", "--", "sh", "-c", "printf '%0300d\\n' 7; printf '%0150d' 8"]).exits(0);
    let texts = emulator.texts("ryan").await;
    assert!(texts[0].ends_with("초\n줄8\n줄9") && texts[1].ends_with('초'), "{texts:?}");
    assert!(
        texts[2].ends_with("08") && !texts[2].contains('7') && texts[2].chars().count() <= 200,
        "{texts:?}"
    );
}

#[tokio::test]
async fn command_that_cannot_be_run_is_told_too() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    machine.katok(&["notify", "--", "/nowhere/backup"]).exits(127).says("/nowhere/backup");
    let no_program = machine.file("notes.txt", "");
    machine.katok(&["notify", "--", &no_program]).exits(126);
    let texts = emulator.texts("ryan").await;
    assert_eq!(texts, ["❌ backup\n실행하지 못함", "❌ notes.txt\n실행하지 못함"]);
}

#[tokio::test]
async fn signal_is_passed_on_and_told() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    let script = "trap 'echo 정리함; exit 7' TERM; echo 시작; while :; do sleep 0.05; done";
    let mut notify = machine.begin(&["notify", "--", "sh", "-c", script]);
    assert_eq!(notify.line(), "시작");
    notify.signal("TERM");
    notify.end().exits(7);
    let mut notify = machine.begin(&["notify", "--", "sh", "-c", "echo 시작; kill -KILL $$"]);
    notify.line();
    notify.end().exits(128 + 9);
    let texts = emulator.texts("ryan").await;
    assert!(texts[0].contains("종료 상태 7") && texts[0].ends_with("정리함"), "{texts:?}");
    assert!(texts[1].contains("끝낸 신호 9"), "{texts:?}");
}

#[tokio::test]
async fn signal_that_comes_as_the_command_ends_does_not_stop_the_message() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    for _ in 0..5 {
        machine.katok(&["notify", "--", "sh", "-c", "trap '' INT; kill -INT $PPID; exit 7"]).exits(7);
    }
    assert_eq!(emulator.messages("ryan").await.len(), 5);
}

/// It may hold its output open for as long as it likes.
#[tokio::test]
async fn what_the_command_leaves_running_holds_nothing_up() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    let pid = machine.file("pid", "");
    let script = format!("sleep 600 & echo $! > {pid}; echo 끝");
    machine.katok(&["notify", "--", "sh", "-c", &script]).exits(0);
    assert!(emulator.texts("ryan").await[0].ends_with("끝"));
    let pid = fs::read_to_string(pid).unwrap();
    std::process::Command::new("kill").arg(pid.trim()).status().unwrap();
}

/// More than the pipes hold, and the command has ended long before somebody reads it.
#[test]
fn output_waits_for_a_reader_that_takes_its_time() {
    let ended = Machine::new().begin(&["notify", "--on-failure", "--", "head", "-c", "100000", "/dev/zero"]);
    thread::sleep(Duration::from_secs(2));
    assert_eq!(ended.end().exits(0).stdout.len(), 100_000);
}

/// A shell that ignores a signal, as `nohup` does, wants the command to live on.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn signal_that_was_ignored_from_the_start_reaches_nobody() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    let mut notify = machine.begin_ignoring(
        "HUP",
        &["notify", "--", "sh", "-c", "echo 시작; read line; kill -HUP $$; echo $line"],
    );
    assert_eq!(notify.line(), "시작");
    notify.signal("HUP");
    notify.write("끝\n");
    assert_eq!(notify.end().exits(0).stdout, "끝\n");
    assert!(emulator.texts("ryan").await[0].starts_with("✅ sh"));
}

#[test]
fn message_that_cannot_be_sent_changes_nothing_but_is_said() {
    let machine = Machine::new();
    for (command, status) in [("true", 0), ("false", 1)] {
        let ended = machine.katok(&["notify", "--", command]).exits(status);
        ended.says("알리지 못했습니다").says("could not be sent").says("hint: katok up");
    }
}

#[tokio::test]
async fn reader_who_has_seen_enough_ends_the_command_as_without_us() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    let mut notify = machine.begin(&["notify", "--", "sh", "-c", "while echo 줄; do :; done; exit 4"]);
    assert_eq!(notify.line(), "줄");
    let status = notify.close_stdout().code();
    // A shell without a handler dies of the signal, which is 13.
    assert!(matches!(status, Some(4 | 141)), "{status:?}");
    assert_eq!(emulator.messages("ryan").await.len(), 1);
}
