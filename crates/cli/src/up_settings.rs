//! Everything that `katok up` is told before it starts, read at once so that all faults are told together.

use std::path::{Path, PathBuf};

use katok_client::RedirectUri;
use katok_gateway::config::{ListenSettings, Logs, SettingsFile, TlsFiles, number, set};
use katok_gateway::{KakaoApp, Sentence};
use katok_listener::Tls;

use crate::args::{self, Args};
use crate::kakao::{environment, settings_file};
use crate::log;

/// What environment, settings file and flags say.
pub(crate) struct UpSettings {
    pub(crate) file: SettingsFile,
    pub(crate) app: Option<KakaoApp>,
    /// Also when no app is set: an emulator's app is given it.
    pub(crate) redirect_uri: Option<RedirectUri>,
    pub(crate) listen: ListenSettings,
    pub(crate) tls: Option<Tls>,
    pub(crate) emulator_port: Option<u16>,
    pub(crate) logs: Logs,
}

impl UpSettings {
    /// Reads them; what is wrong with any is added to the problems.
    pub(crate) fn read(
        args: &Args,
        data: &Path,
        up: Option<&args::Up>,
        problems: &mut Vec<Sentence>,
    ) -> Self {
        let file = settings_file(args, data, problems);
        let app = KakaoApp::read(&environment, &file, problems);
        let listen = ListenSettings::read(&environment, &file, up.and_then(|up| up.port), problems);
        let emulator_port = number("KATOK_EMULATOR_PORT", &environment, problems);
        let logs = Logs::read(&environment, &file, problems);
        problems.extend(log::problem(&logs));
        problems.extend(login_redirect_problem());
        let tls = listen.tls.as_ref().and_then(|files| tls(files, problems));
        let redirect_uri = match &app {
            Some(app) => app.redirect_uri.clone(),
            None => KakaoApp::redirect_uri(&environment, &file, problems),
        };
        problems.extend(listen.public_url(redirect_uri.as_ref(), listen.address.port()).err());
        let emulator_port = up.and_then(|up| up.emulator_port).or(emulator_port);
        Self { file, app, redirect_uri, listen, tls, emulator_port, logs }
    }
}

fn tls(files: &TlsFiles, problems: &mut Vec<Sentence>) -> Option<Tls> {
    let tls = Tls::from_files(&files.cert, &files.key);
    tls.map_err(|error| {
        problems.push(Sentence::new(
            format!("TLS 인증서를 쓸 수 없습니다({error}). KATOK_TLS_CERT_FILE과 KATOK_TLS_KEY_FILE의 PEM 파일을 확인하세요."),
            format!("The TLS certificate cannot be used: {error}. Check the PEM files of KATOK_TLS_CERT_FILE and KATOK_TLS_KEY_FILE."),
        ));
    })
    .ok()
}

/// Read by `katok login` only, but whoever checks the settings wants to know now.
fn login_redirect_problem() -> Option<Sentence> {
    let text = set(&environment, "KATOK_LOGIN_REDIRECT_URI")?;
    text.parse::<RedirectUri>().is_err().then(|| {
        Sentence::new(
            "KATOK_LOGIN_REDIRECT_URI 값이 웹 주소가 아닙니다. 카카오 콘솔에 등록한 주소를 그대로 넣으세요.",
            "KATOK_LOGIN_REDIRECT_URI is not a web address. Give it exactly as it is registered in Kakao's console.",
        )
    })
}

/// Where the settings file is, or would be.
pub(crate) fn path_of_file(args: &Args, data: &Path) -> PathBuf {
    args.config.clone().unwrap_or_else(|| data.join("katok.toml"))
}
