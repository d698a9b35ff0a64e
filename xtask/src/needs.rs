//! What the tests need beside Rust: a browser, Korean letters to look at, clients in other languages, PostgreSQL, a
//! keyring, cargo-deny and cargo-fuzz.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::postgres;

/// Something from the distribution; its package has one name on Debian and another on Ubuntu.
struct Need {
    present: fn() -> bool,
    packages: [&'static str; 2],
    /// Whether it comes with what it recommends: for npm that would be a compiler's worth, for Apache's module
    /// a web server on port 80.
    with_recommended: bool,
}

impl Need {
    const fn alone(present: fn() -> bool, package: &'static str) -> Self {
        Self { present, packages: [package, package], with_recommended: false }
    }
}

const NEEDS: [Need; 14] = [
    Need {
        present: || on_path("chromium") || on_path("chromium-browser") || on_path("google-chrome"),
        packages: ["chromium", "chromium-browser"],
        with_recommended: true,
    },
    Need {
        present: || on_path("chromedriver"),
        packages: ["chromium-driver", "chromium-chromedriver"],
        with_recommended: true,
    },
    // Without a Korean font every page still works, and every picture of it is full of empty boxes.
    Need::alone(has_korean_font, "fonts-noto-cjk"),
    // Debian's python3 alone can make no virtual environment; python3-venv brings both.
    Need::alone(|| works(Command::new("python3").args(["-c", "import ensurepip, venv"])), "python3-venv"),
    Need::alone(has_node_18, "nodejs"),
    Need::alone(|| on_path("npm"), "npm"),
    Need::alone(
        || works(Command::new("ruby").args(["-e", "require 'oauth2'; require 'jwt'"])),
        "ruby-oauth2",
    ),
    Need::alone(
        || Path::new("/usr/lib/apache2/modules/mod_auth_openidc.so").exists(),
        "libapache2-mod-auth-openidc",
    ),
    Need::alone(|| on_path("curl"), "curl"),
    Need::alone(|| postgres::programs().is_some(), "postgresql"),
    Need::alone(|| on_path("systemd-analyze"), "systemd"),
    Need::alone(|| on_path("gnome-keyring-daemon"), "gnome-keyring"),
    Need::alone(|| on_path("dbus-daemon") && on_path("dbus-send"), "dbus"),
    // The fuzzer itself is written in C++.
    Need::alone(|| on_path("c++"), "g++"),
];

/// Installs the packages that are missing, and says so; does nothing on a machine that has them all.
pub(crate) fn packages() -> Result<(), String> {
    let missing: Vec<_> = NEEDS.iter().filter(|need| !(need.present)()).collect();
    if !missing.is_empty() {
        install(&missing)?;
        if let Some(need) = missing.iter().find(|need| !(need.present)()) {
            return Err(format!("{} is still missing or too old after its installation", need.packages[0]));
        }
    }
    Ok(())
}

/// The same for cargo-deny, which no distribution has.
pub(crate) fn cargo_deny() -> Result<(), String> {
    if !works(Command::new("cargo").args(["deny", "--version"])) {
        println!("cargo-deny is missing: building it takes two or three minutes");
        run(Command::new("cargo").args(["install", "cargo-deny", "--locked"]))?;
    }
    Ok(())
}

/// The same for cargo-fuzz.
pub(crate) fn cargo_fuzz() -> Result<(), String> {
    if !works(Command::new("cargo").args(["fuzz", "--version"])) {
        println!("cargo-fuzz is missing: building it takes a minute or two");
        run(Command::new("cargo").args(["install", "cargo-fuzz", "--locked"]))?;
    }
    Ok(())
}

fn install(missing: &[&Need]) -> Result<(), String> {
    let wanted: Vec<_> = missing.iter().map(|need| need.packages[0]).collect();
    let by_hand = format!(
        "The tests need: {}. Install what your system calls so, and run this again.",
        wanted.join(", ")
    );
    if !on_path("apt-get") {
        return Err(by_hand);
    }
    let root: &[&str] = if is_root() {
        &[]
    } else if works(Command::new("sudo").args(["-n", "true"])) {
        &["sudo", "-n"]
    } else {
        return Err(format!("{by_hand}\nAs root this command does it itself, by apt-get."));
    };
    let apt_get = |arguments: &[&str]| {
        let line = [root, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"], arguments].concat();
        run(Command::new(line[0]).args(&line[1..]))
    };

    println!("refreshing the list of packages (apt-get update)");
    apt_get(&["update", "-qq"])?;
    for need in missing {
        let [debian, ubuntu] = need.packages;
        let installable = |package| works(Command::new("apt-cache").args(["show", package]));
        let package = if installable(debian) { debian } else { ubuntu };
        println!("{package} is missing: installing it (apt-get install)");
        let how = if need.with_recommended { "--install-recommends" } else { "--no-install-recommends" };
        apt_get(&["install", "-qq", "-y", how, package])?;
    }
    Ok(())
}

pub(crate) fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n")
}

fn on_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// The oldest that all clients run on; Debian 12 and Ubuntu 24.04 have it.
fn has_node_18() -> bool {
    let script = "process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)";
    works(Command::new("node").args(["-e", script]))
}

fn has_korean_font() -> bool {
    let says = |command: &mut Command| command.output().map(|output| output.stdout).unwrap_or_default();
    // A machine without fontconfig's own tools may have the font all the same.
    !says(Command::new("fc-list").args([":lang=ko", "family"])).is_empty()
        || says(Command::new("dpkg-query").args([
            "--show",
            "--showformat=${db:Status-Abbrev}",
            "fonts-noto-cjk",
        ]))
        .starts_with(b"ii")
}

pub(crate) fn works(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Runs a command in view of the reader; anything but success is an error that names the command.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    let line = std::iter::once(command.get_program()).chain(command.get_args());
    let line = line.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{line}` failed ({status})")),
        Err(error) => Err(format!("`{line}` could not be started: {error}")),
    }
}
