//! Which hosts a command reaches, and as whom.

use std::fs;
use std::net::{IpAddr, TcpListener, UdpSocket};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::process::Command;

use super::{NO_TOKEN, exec, has, networks, shell};
use crate::program::{Machine, leave_out};

/// An address of this machine that is not a loopback address, as other hosts have them.
fn outer_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    // Nothing is sent; the system only chooses the way.
    let address = socket.connect("192.0.2.1:9").and_then(|()| socket.local_addr()).ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

#[test]
fn other_hosts_are_refused_with_what_helps() {
    if !has("curl") {
        return;
    }
    let machine = Machine::new();
    for network in networks() {
        let refused =
            shell(&machine, network, "curl -sS -w '%{http_code}' http://example.com/").exits(0).stdout;
        assert!(refused.contains("다른 호스트도 쓰려면 --allow-others"), "{refused}");
        assert!(refused.contains("Add --allow-others to reach others too."), "{refused}");
        assert!(refused.ends_with("403"), "{refused}");
        let tunnel = shell(&machine, network, "curl -sS -i https://example.com/");
        tunnel.says("403").says("refused example.com:443");
    }
}

#[test]
fn kakao_is_refused_without_tls() {
    if !has("curl") {
        return;
    }
    let machine = Machine::new();
    let refused = shell(&machine, "shared", "curl -sS http://kapi.kakao.com/v2/user/me").exits(0).stdout;
    assert!(refused.contains("Kakao answers HTTPS only"), "{refused}");
}

#[test]
fn other_hosts_are_reached_when_that_is_allowed() {
    if !has("curl") {
        return;
    }
    let Some(address) = outer_address() else {
        return leave_out("other hosts: this machine has no address but localhost", "KATOK_REQUIRE_NETWORK");
    };
    let machine = Machine::new();
    let other = TcpListener::bind((address, 0)).unwrap();
    let url = format!("http://{}/", other.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in other.incoming() {
            use std::io::{Read as _, Write as _};
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            let length = stream.read(&mut request).unwrap();
            let line =
                String::from_utf8_lossy(&request[..length]).lines().next().unwrap_or_default().to_owned();
            write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{line}", line.len()).unwrap();
        }
    });
    for ask in [format!("curl -sS {url}"), format!("curl -sS -p {url}")] {
        let args = ["emulator", "exec", "--allow-others", "--", "sh", "-c", &ask];
        assert_eq!(machine.katok(&args).exits(0).stdout, "GET / HTTP/1.1");
        let refused = shell(&machine, "shared", &format!("{ask} -w '%{{http_code}} %{{http_connect}}'"));
        assert!(refused.stdout.contains("403"), "{refused:?}");
    }
}

#[test]
fn services_of_this_machine_are_reached() {
    if !has("curl") {
        return;
    }
    let machine = Machine::new();
    let (_running, service) = machine.emulator();
    // By the proxy or past it.
    for ask in ["curl -sS", "curl -sS --noproxy '' -x \"$http_proxy\""] {
        for network in networks() {
            let outcome = shell(&machine, network, &format!("{ask} {}/_emulator/v1/clock", service.origin()));
            assert!(outcome.json()["now"].is_string());
        }
    }
}

#[test]
fn private_network_has_no_way_out_and_leaves_the_machine_as_it_is() {
    if !networks().contains(&"private") {
        return;
    }
    let before = fs::read_to_string("/etc/hosts").unwrap();
    let outcome = shell(&Machine::new(), "private", "cat /etc/hosts /proc/net/route").exits(0);
    assert!(outcome.stdout.starts_with("127.0.0.1 kauth.kakao.com kapi.kakao.com\n"), "{outcome:?}");
    assert!(outcome.stdout.contains(&before));
    // One line: the names of the columns.
    assert_eq!(outcome.stdout.lines().filter(|line| line.starts_with("Iface")).count(), 1);
    assert!(outcome.stdout.lines().last().unwrap().starts_with("Iface"), "{outcome:?}");
    assert_eq!(fs::read_to_string("/etc/hosts").unwrap(), before);
}

#[test]
fn private_network_that_the_kernel_refuses_is_explained_and_auto_goes_on_without() {
    if !has("unshare") || !has("curl") || !networks().contains(&"private") {
        return;
    }
    let machine = Machine::new();
    // In a space of its own, in which there may be no further network.
    let in_a_poor_system = |network: &str| {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "sh", "-c"]);
        command.arg("echo 0 > /proc/sys/user/max_net_namespaces; exec \"$@\"").arg("sh");
        command.arg(env!("CARGO_BIN_EXE_katok")).arg("--data").arg(machine.data());
        command.args(["emulator", "exec", "--network", network, "--"]);
        command
            .args(["curl", "-sS", "https://kapi.kakao.com/v2/user/me"])
            .env_remove("LANG")
            .env("LC_ALL", "C");
        command.output().unwrap()
    };
    let refused = in_a_poor_system("private");
    assert_eq!(refused.status.code(), Some(2));
    let talk = String::from_utf8(refused.stderr).unwrap();
    assert!(talk.contains("No private network can be made here"), "{talk}");
    assert!(talk.contains("Use --network shared."), "{talk}");
    let outcome = in_a_poor_system("auto");
    assert_eq!(String::from_utf8(outcome.stdout).unwrap(), NO_TOKEN);
    assert!(outcome.stderr.is_empty());
}

#[test]
fn person_without_rights_stays_the_same_person() {
    const NOBODY: u32 = 65534;
    let folder = tempfile::tempdir().unwrap();
    let is_root = fs::metadata(folder.path()).unwrap().uid() == 0;
    if !is_root {
        let me = exec(&Machine::new(), "auto", &["id", "-u"]).exits(0).stdout;
        assert_eq!(me.trim(), fs::metadata(folder.path()).unwrap().uid().to_string());
        return;
    }
    if !has("runuser") || !has("curl") {
        return;
    }
    let katok = folder.path().join("katok");
    fs::copy(env!("CARGO_BIN_EXE_katok"), &katok).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let home = folder.path().join("home");
    fs::create_dir(&home).unwrap();
    chown(&home, Some(NOBODY), Some(NOBODY)).unwrap();
    for network in networks() {
        let mut command = Command::new("runuser");
        command.args(["-u", "nobody", "--"]).arg(&katok).arg("--data").arg(home.join("data"));
        command.args(["emulator", "exec", "--network", network, "--", "sh", "-c"]);
        command.arg(format!("curl -sS https://kapi.kakao.com/v2/user/me; id -u; touch {network}"));
        let output = command.current_dir(&home).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("{NO_TOKEN}{NOBODY}\n"));
        assert_eq!(fs::metadata(home.join(network)).unwrap().uid(), NOBODY);
    }
}

#[test]
fn only_this_user_can_change_what_a_command_reads_whatever_the_umask() {
    let machine = Machine::new();
    for network in networks() {
        for umask in ["000", "077"] {
            let lines = "f=${SSL_CERT_FILE%/*}; find $f /etc/hosts -perm -020 -o -perm -002; find $f ! -type s ! -perm -444";
            let katok =
                format!("umask {umask} && exec \"$0\" emulator exec --network {network} -- sh -c '{lines}'");
            let mut command = Command::new("sh");
            command.args(["-c", &katok, env!("CARGO_BIN_EXE_katok")]).env("KATOK_DATA", machine.data());
            let output = command.output().unwrap();
            assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{network}, {umask}");
            assert_eq!(String::from_utf8(output.stdout).unwrap(), "", "{network}, {umask}");
        }
    }
}
