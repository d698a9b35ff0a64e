//! `katok completions` and `katok man`: what bash makes of a TAB, and the pages.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::emulator::seed;
use crate::program::{Machine, leave_out};

const UTF8: &str = "C.UTF-8";

/// What bash says to lines that somebody types into it, with the completions of this machine; `show` shows what a
/// command would be given. `None` where there is no terminal to be had.
fn bash(machine: &Machine, lines: &str) -> Option<String> {
    let script = machine.katok(&["completions", "bash"]).exits(0).stdout;
    let start = format!(
        "{script}\nshow() {{ printf '[%s]' \"$@\"; echo; }}\ncomplete -F _katok_complete show\nPS1=\n"
    );
    let start = machine.file("bashrc", &start);
    let program = Path::new(env!("CARGO_BIN_EXE_katok"));
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let bash = format!("bash --noprofile --rcfile '{start}' -i");
    // By `script`, which lends it a terminal.
    let begun = Command::new("script")
        .args(["-qec", &bash, "/dev/null"])
        .env_clear()
        .envs([("PATH", &*path), ("LC_ALL", UTF8), ("TERM", "dumb"), ("HOME", "/nonexistent")])
        .env("KATOK_DATA", machine.data())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut begun) = begun else {
        leave_out("completion in bash (there is no `script`)", "KATOK_REQUIRE_CLIENTS");
        return None;
    };
    begun.stdin.as_mut().unwrap().write_all(format!("{lines}exit\n").as_bytes()).unwrap();
    let said = begun.wait_with_output().unwrap();
    Some(String::from_utf8_lossy(&said.stdout).into_owned())
}

#[tokio::test]
async fn bash_completes_commands_options_and_friends_with_their_spaces() {
    let machine = Machine::new();
    let seed = seed("http://localhost:4199/callback").replace("어피치", "무지 \"콘");
    let seed = machine.file("seed.yaml", &seed);
    let (_running, emulator) = machine.emulator_with(&["--port", "0", "--seed", &seed]);
    machine.login(&emulator, "ryan", None).await.exits(0);
    machine.katok(&["friends"]).exits(0);
    drop(emulator);
    let lines = "show expl\t\nshow send --templ\t\nshow send --to 무\t\nshow send --to \"무\t\nshow send --to '무\t\n";
    let Some(said) = bash(&machine, lines) else { return };
    for shown in ["[explain]", "[send][--template]", "[send][--to][무지 \"콘]"] {
        assert!(said.contains(shown), "{shown}: {said}");
    }
    assert_eq!(said.matches("[send][--to][무지 \"콘]").count(), 3, "{said}");
}

#[tokio::test]
async fn nobodys_name_becomes_file_names_or_code() {
    let mut machine = Machine::new();
    // There is a Cargo.toml where bash is started.
    let seed = seed("http://localhost:4199/callback").replace("어피치", "C*");
    let seed = machine.file("seed.yaml", &seed);
    let (_running, emulator) = machine.emulator_with(&["--port", "0", "--seed", &seed]);
    machine.login(&emulator, "ryan", None).await.exits(0);
    machine.katok(&["friends"]).exits(0);
    drop(emulator);
    if let Some(said) = bash(&machine, "show send --to \"C\t\nshow send --to C\t\n") {
        assert_eq!(said.matches("[send][--to][C*]").count(), 2, "{said}");
    }
    machine.set("COMPLETE", "powershell");
    machine.set("KATOK_DATA", machine.data().to_str().unwrap());
    let completed = machine.katok(&["--", "katok", "send", "--to", "C"]).exits(0).stdout;
    assert_eq!(completed.trim_end(), "'C*'");
}

#[tokio::test]
async fn names_are_kept_for_their_owner_alone_until_the_sign_out() {
    let (machine, _running, _emulator) = super::signed_in("ryan").await;
    let names = machine.data().join("friends.json");
    assert!(!names.exists());
    machine.katok(&["send", "--to", "어피치", "안녕"]).exits(0);
    assert!(fs::read_to_string(&names).unwrap().contains("어피치"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&names).unwrap().permissions().mode() & 0o777, 0o600);
    }
    machine.katok(&["logout"]).exits(0);
    assert!(!names.exists());
}

#[test]
fn each_shell_is_given_a_script_that_it_understands() {
    let machine = Machine::new();
    for (shell, program, check) in [
        ("bash", "bash", &["-n"][..]),
        ("zsh", "zsh", &["-n"]),
        ("fish", "fish", &["--no-execute"]),
        ("powershell", "pwsh", &["-NoProfile", "-File"]),
    ] {
        let script = machine.katok(&["completions", shell]).exits(0).stdout;
        assert!(script.contains("katok") && script.contains("COMPLETE"), "{script}");
        let script = machine.file(&format!("{shell}.ps1"), &script);
        match Command::new(program).args(check).arg(script).status() {
            Ok(checked) => assert!(checked.success(), "{shell}"),
            Err(_) => leave_out(program, "KATOK_REQUIRE_CLIENTS"),
        }
    }
    machine.katok(&["completions", "tcsh"]).exits(2).says("tcsh");
}

#[test]
fn every_command_has_a_manual_page() {
    let machine = Machine::new();
    let page = machine.katok(&["man"]).exits(0).stdout;
    assert!(page.contains(".TH katok 1") && page.contains("KAKAO_REST_API_KEY"), "{page}");
    let folder = machine.file("not-yet", "");
    machine.katok(&["man", "--out", &folder]).exits(2).says(&folder);
    fs::remove_file(&folder).unwrap();
    machine.katok(&["man", "--out", &folder]).exits(0);
    for page in ["katok.1", "katok-send.1", "katok-outbox-list.1"] {
        assert!(fs::metadata(Path::new(&folder).join(page)).unwrap().len() > 0, "{page}");
    }
}
