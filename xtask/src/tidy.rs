//! The architecture's invariants, as far as a look at the lines can tell. See ARCHITECTURE.md.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::named_tests;
use crate::remembered_rows;

/// A line in a room where it does not belong.
#[derive(Debug, PartialEq)]
struct Violation {
    line: usize,
    remedy: String,
}

/// Looks through every file that git knows or would add.
pub(crate) fn run() -> Result<(), String> {
    let list = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .output()
        .map_err(|error| format!("git could not be started: {error}"))?;
    if !list.status.success() {
        return Err(format!("git cannot list the files: {}", String::from_utf8_lossy(&list.stderr).trim()));
    }
    let list = String::from_utf8_lossy(&list.stdout);
    let mut violations = Vec::new();
    let (mut security, mut sources) = (String::new(), Vec::new());
    for path in list.split_terminator('\0') {
        // Pictures are not text, and a deleted file stays listed until the next commit.
        let Ok(text) = fs::read_to_string(path) else { continue };
        for Violation { line, remedy } in check(path, &text) {
            violations.push(format!("{path}:{line}: {remedy}"));
        }
        match path {
            "SECURITY.md" => security = text,
            path if path.starts_with("crates/") && extension(path) == "rs" => sources.push(text),
            _ => {}
        }
    }
    for name in named_tests::missing(&security, &sources)? {
        violations.push(format!("SECURITY.md: there is no test {name}: name the one that shows it"));
    }
    if violations.is_empty() { Ok(()) } else { Err(violations.join("\n")) }
}

/// What is wrong with a file, given its path from the root of the repository.
fn check(path: &str, text: &str) -> Vec<Violation> {
    let rust = extension(path) == "rs";
    let mut violations = Vec::new();
    if rust && !text.starts_with("//!") {
        let remedy = "say in a first line, `//! …`, what this room is for".to_owned();
        violations.push(Violation { line: 1, remedy });
    }
    for (index, line) in text.lines().enumerate() {
        let code = if rust { line.split("//").next().unwrap_or_default() } else { "" };
        let remedies = [
            names_the_client(path, line),
            names_a_library_outside_its_rooms(path, code),
            prints(path, code),
            names_a_machine(line),
        ];
        violations.extend(remedies.into_iter().flatten().map(|remedy| Violation { line: index + 1, remedy }));
    }
    if path.starts_with("crates/gateway/src/store") {
        let remedy = "gateways believe for a moment what they have read of this table: take Store::changing before, \
                      or a &Changing as an argument, or say that it is not remembered";
        let lines = remembered_rows::changed_unawares(text).into_iter();
        violations.extend(lines.map(|line| Violation { line, remedy: remedy.to_owned() }));
    }
    violations
}

fn names_the_client(path: &str, line: &str) -> Option<String> {
    let depends = matches!(extension(path), "rs" | "toml") && path.starts_with("crates/emulator/");
    let named = line.contains("katok_client") || line.contains("katok-client");
    let remedy =
        "the emulator is an independent witness: write this from Kakao's documents, without katok_client";
    (depends && named).then(|| remedy.to_owned())
}

fn names_a_library_outside_its_rooms(path: &str, code: &str) -> Option<String> {
    const ROOMS: [(&[&str], &[&str]); 2] = [
        (&["sqlx"], &["crates/gateway/src/store"]),
        (
            &["axum", "axum_extra"],
            &["crates/gateway/src/web", "crates/emulator/src/http", "crates/listener/src/"],
        ),
    ];
    if !is_program(path) {
        return None;
    }
    let (libraries, rooms) = ROOMS.into_iter().find(|(libraries, rooms)| {
        words(code).any(|word| libraries.contains(&word)) && !rooms.iter().any(|room| path.starts_with(room))
    })?;
    Some(format!("{} belongs to {}: move this there", libraries[0], rooms.join(", ")))
}

fn prints(path: &str, code: &str) -> Option<String> {
    let allowed = !is_program(path) || path == "crates/cli/src/output.rs";
    let prints = code.contains("print!(") || code.contains("println!(");
    let remedy = "only crates/cli/src/output.rs prints: return what is to be said, or log it";
    (prints && !allowed).then(|| remedy.to_owned())
}

fn names_a_machine(line: &str) -> Option<String> {
    ["work", "root"].into_iter().find(|folder| line.contains(&format!("/{folder}/"))).map(|folder| {
        format!("/{folder}/… is a folder of one machine: name it from the root of the repository")
    })
}

/// Whether a file becomes part of the program; tests and chores may do as they like.
fn is_program(path: &str) -> bool {
    path.starts_with("crates/") && path.contains("/src/")
}

fn extension(path: &str) -> &str {
    Path::new(path).extension().and_then(|extension| extension.to_str()).unwrap_or_default()
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of a file that break a rule.
    fn lines(path: &str, text: &str) -> Vec<usize> {
        check(path, text).into_iter().map(|violation| violation.line).collect()
    }

    #[test]
    fn module_says_what_it_is_for() {
        assert_eq!(lines("crates/cli/src/args.rs", "use std::fmt;"), [1]);
        assert_eq!(lines("crates/cli/src/args.rs", "//! Arguments.\nuse std::fmt;"), []);
        assert_eq!(lines("README.md", "# katok"), []);
    }

    #[test]
    fn emulator_does_not_name_the_client() {
        let text = "//! People.\nuse katok_client::Scope;";
        assert_eq!(lines("crates/emulator/src/people.rs", text), [2]);
        assert_eq!(lines("crates/emulator/Cargo.toml", "katok-client.workspace = true"), [1]);
        assert_eq!(lines("crates/gateway/src/people.rs", text), []);
        assert_eq!(lines("crates/emulator/FIDELITY.md", "Written without katok_client."), []);
    }

    #[test]
    fn sql_stays_in_the_store() {
        let text = "//! Accounts.\nuse sqlx::Row;";
        assert_eq!(lines("crates/gateway/src/account.rs", text), [2]);
        assert_eq!(lines("crates/gateway/src/store/accounts.rs", text), []);
        assert_eq!(lines("crates/gateway/src/store.rs", text), []);
        assert_eq!(lines("crates/gateway/tests/it/store.rs", text), []);
    }

    #[test]
    fn axum_stays_at_the_doors() {
        let text = "//! Routes.\nlet cookies = axum_extra::extract::CookieJar::new();";
        assert_eq!(lines("crates/gateway/src/session.rs", text), [2]);
        assert_eq!(lines("crates/emulator/src/world.rs", text), [2]);
        assert_eq!(lines("crates/gateway/src/web/cookies.rs", text), []);
        assert_eq!(lines("crates/emulator/src/http.rs", text), []);
        assert_eq!(lines("crates/gateway/src/session.rs", "//! Sessions.\n// As axum would have it."), []);
    }

    #[test]
    fn only_the_output_prints() {
        for line in ["print!(\"\");", "println!();", "eprint!(\"\");", "eprintln!();"] {
            let text = format!("//! Words.\n{line}");
            assert_eq!(lines("crates/cli/src/commands/send.rs", &text), [2], "{line}");
            assert_eq!(lines("crates/cli/src/output.rs", &text), []);
            assert_eq!(lines("crates/cli/tests/it/main.rs", &text), []);
        }
        assert_eq!(lines("crates/cli/src/args.rs", "//! Arguments.\noutput.print(words);"), []);
    }

    #[test]
    fn nothing_names_a_machine() {
        for folder in ["work", "root"] {
            assert_eq!(lines("README.md", &format!("katok\ncd /{folder}/katok")), [2]);
        }
    }
}
