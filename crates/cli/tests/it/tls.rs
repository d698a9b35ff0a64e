//! Kakao's host names over TLS: the certificate authority, and `katok emulator --tls`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use crate::program::{Machine, leave_out};

/// The certificate authority's folder, made by a command that needs it.
fn authority(machine: &Machine) -> std::path::PathBuf {
    machine.katok(&["emulator", "exec", "--network", "shared", "--", "true"]).exits(0);
    machine.data().join("ca")
}

#[test]
fn key_is_private_and_the_authority_stays_the_same() {
    let machine = Machine::new();
    let folder = authority(&machine);
    let mode = |name: &str| fs::metadata(folder.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("key.pem"), 0o600);
    assert_eq!(mode("."), 0o700);
    let before = fs::read(folder.join("ca.pem")).unwrap();
    assert!(!String::from_utf8_lossy(&before).contains("PRIVATE"));
    fs::remove_file(folder.join("ca.pem")).unwrap();
    authority(&machine);
    assert_eq!(fs::read(folder.join("ca.pem")).unwrap(), before);
}

#[test]
fn commands_that_begin_at_once_share_one_authority() {
    let machine = Machine::new();
    let show = ["emulator", "exec", "--network", "shared", "--", "sh", "-c", "cat \"$SSL_CERT_FILE\""];
    let begun: Vec<_> = (0..4).map(|_| machine.begin(&show)).collect();
    let mut shown: Vec<_> = begun.into_iter().map(|begun| begun.end().exits(0).stdout).collect();
    shown.dedup();
    assert_eq!(shown.len(), 1);
    assert!(shown[0].contains("BEGIN CERTIFICATE"));
}

#[test]
fn damaged_authority_is_explained() {
    let machine = Machine::new();
    let folder = authority(&machine);
    fs::write(folder.join("key.pem"), "nonsense").unwrap();
    let outcome = machine.katok(&["emulator", "exec", "--", "true"]).exits(2);
    outcome.says("The certificate authority's file is damaged. Remove its folder");
}

#[test]
fn stolen_key_is_worth_nothing_for_other_hosts() {
    if Command::new("openssl").arg("version").output().is_err() {
        return leave_out("openssl", "KATOK_REQUIRE_CLIENTS");
    }
    let machine = Machine::new();
    let folder = authority(&machine);
    for (name, verdict) in [
        ("DNS:kapi.kakao.com", "leaf.pem: OK"),
        ("DNS:kauth.kakao.com", "leaf.pem: OK"),
        ("DNS:accounts.kakao.com", "permitted subtree violation"),
        ("DNS:example.com", "permitted subtree violation"),
        ("IP:192.0.2.1", "excluded subtree violation"),
        ("IP:2001:db8::1", "excluded subtree violation"),
    ] {
        let verified = verify_a_certificate_for(name, &folder);
        let said = [verified.stdout, verified.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(said.contains(verdict), "{name}: {said}");
    }
}

/// Signs with the authority's key, as a thief would, and asks OpenSSL what it thinks of that.
fn verify_a_certificate_for(name: &str, folder: &Path) -> Output {
    let openssl = |line: &str| {
        let output = Command::new("openssl").args(line.split(' ')).current_dir(folder).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output, said)
    };
    fs::write(folder.join("leaf.ext"), format!("subjectAltName={name}\nextendedKeyUsage=serverAuth\n"))
        .unwrap();
    for line in [
        "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout leaf.key -subj /CN=leaf -out leaf.csr",
        "x509 -req -in leaf.csr -CA ca.pem -CAkey key.pem -days 30 -extfile leaf.ext -out leaf.pem",
    ] {
        let (output, said) = openssl(line);
        assert!(output.status.success(), "{line}: {said}");
    }
    openssl("verify -x509_strict -purpose sslserver -CAfile ca.pem leaf.pem").0
}

#[test]
fn what_a_person_has_to_do_is_said() {
    let machine = Machine::new();
    let mut running = machine.start(&["emulator", "--port", "0", "--tls", "0"]);
    let ca = machine.data().join("ca/ca.pem");
    let mut said = String::new();
    while !said.contains("certutil") {
        said += &running.line();
    }
    for words in [
        "127.0.0.1 kauth.kakao.com kapi.kakao.com",
        "::1 kauth.kakao.com kapi.kakao.com",
        "hosts 파일",
        "hosts file",
        "신뢰",
        "trusted",
        "update-ca-certificates",
        ca.to_str().unwrap(),
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    // The command that is shown works as it stands.
    let shown = said.lines().find_map(|line| line.trim().strip_prefix("curl ")).unwrap().trim();
    let asked = Command::new("sh").args(["-c", &format!("{shown} -sS --noproxy '*'")]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&asked.stdout), r#"{"msg":"no authentication key!","code":-401}"#);
}

#[test]
fn port_that_is_taken_is_explained() {
    let machine = Machine::new();
    let running = machine.start(&["--json", "emulator", "--port", "0", "--tls", "0"]);
    let port = &running.json()["tls"]["port"];
    let outcome = machine.katok(&["emulator", "--port", "0", "--tls", &port.to_string()]).exits(2);
    outcome.says(&format!("Another program uses 127.0.0.1:{port}."));
}
