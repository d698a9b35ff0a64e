//! `katok emulator --tls`: Kakao's host names over TLS, and what a person has to do for them.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use katok_emulator::{Authority, Emulator, KAKAO_HOSTS, StartError};
use katok_listener::Listeners;
use serde_json::{Value, json};

use crate::failure::{Exit, Failure};
use crate::output::Output;

/// Where Kakao's host names are served, and whom to trust.
pub(super) struct Tls {
    port: u16,
    authority: PathBuf,
}

/// Serves Kakao's host names on this port of this machine.
pub(super) async fn serve(emulator: &mut Emulator, port: u16, authority: &Authority) -> Result<Tls, Failure> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listeners = Listeners::bind(address).await.map_err(|source| match source.kind() {
        ErrorKind::AddrInUse => {
            let failure = Failure::both(Exit::Usage, &StartError::PortTaken(address).to_string());
            failure.hint("katok emulator --tls 4144")
        }
        _ => Failure::both(Exit::Usage, &StartError::CannotListen { address, source }.to_string()),
    })?;
    let port = listeners.port();
    emulator.serve(listeners.with_tls(authority.tls().map_err(|error| super::no_authority(&error))?));
    Ok(Tls { port, authority: authority.certificate_file().to_owned() })
}

impl Tls {
    pub(super) fn json(&self) -> Value {
        json!({"port": self.port, "hosts": KAKAO_HOSTS, "ca": self.authority})
    }

    /// What follows the lines about the emulator.
    pub(super) fn text(&self, output: Output) -> String {
        let Self { port, authority } = self;
        let ca = authority.display();
        let names = KAKAO_HOSTS.join(" ");
        let served =
            output.words("카카오의 호스트 이름으로 제공하는 HTTPS", "HTTPS under Kakao's host names");
        let hosts = output.words("hosts 파일에 넣을 줄", "lines for the hosts file");
        let on_443 = match port {
            443 => String::new(),
            port => format!(
                "\n  {}",
                output.words(
                    &format!(
                        "주소에 포트를 붙여야 합니다(https://kapi.kakao.com:{port}). 붙이지 않으려면 --tls 443"
                    ),
                    &format!(
                        "addresses need the port then (https://kapi.kakao.com:{port}); without it: --tls 443"
                    ),
                )
            ),
        };
        let trust = output.words("이 인증 기관을 신뢰하게 하려면", "to have this authority trusted");
        let connect = KAKAO_HOSTS.map(|host| format!("--connect-to {host}:443:127.0.0.1:{port}")).join(" ");
        format!(
            "\n127.0.0.1:{port}  {served}\n\n\
             {hosts}\n  127.0.0.1 {names}\n  ::1 {names}{on_443}\n\n\
             {trust}: {ca}\n\
             \x20 curl             curl --cacert '{ca}' {connect} https://kapi.kakao.com/v2/user/me\n\
             \x20 OpenSSL, Go, …   SSL_CERT_FILE='{ca}'   Node: NODE_EXTRA_CA_CERTS='{ca}'\n\
             \x20 Debian, Ubuntu   sudo cp '{ca}' /usr/local/share/ca-certificates/katok-emulator.crt && sudo update-ca-certificates\n\
             \x20 Fedora, Arch     sudo trust anchor '{ca}'\n\
             \x20 macOS            sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain '{ca}'\n\
             \x20 Windows          certutil -addstore -f ROOT \"{ca}\""
        )
    }
}
