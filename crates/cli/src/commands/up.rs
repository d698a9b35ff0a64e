//! `katok up`: gateway and page, and the emulator when no Kakao key is set.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use katok_client::{Clock, RedirectUri, SystemChance, SystemClock};
use katok_emulator::seed::{Secret, Webhook, Webhooks};
use katok_emulator::{Emulator, Options, StartedFrom};
use katok_gateway::config::PostgresUrl;
use katok_gateway::{DataFolder, Gateway, KakaoApp, KakaoAt, Sentence, Settings};
use katok_listener::Listeners;
use serde_json::json;
use url::Url;

use super::config::mistyped_variables;
use super::emulator;
use crate::args::{self, Args};
use crate::data_dir;
use crate::failure::{Exit, Failure};
use crate::kakao::no_problems;
use crate::log;
use crate::output::Output;
use crate::running::Running;
use crate::stop_signal::stop_signal;
use crate::traces::Traces;
use crate::up_settings::UpSettings;

const EMULATOR_PORT: u16 = 4100;

pub(super) async fn run(args: &Args, up: &args::Up, output: Output) -> Result<Exit, Failure> {
    let stop = stop_signal()?;
    let data = data_dir::of(args)?;
    let mut problems = Vec::new();
    let UpSettings { app, redirect_uri, listen, tls, emulator_port, logs, .. } =
        UpSettings::read(args, &data, Some(up), &mut problems);
    no_problems(&problems)?;
    for hint in mistyped_variables() {
        output.say(&hint);
    }
    let traces = Traces::of_environment()?;
    log::to_stderr(&logs, &traces);

    // Ours until the very end: the emulator writes its state there last of all.
    let folder = DataFolder::take(&data).map_err(|error| Failure::both(Exit::Usage, &error.to_string()))?;
    let listeners = bind(listen.address).await?;
    let port = listeners.port();
    let listeners = tls.into_iter().fold(listeners, Listeners::with_tls);
    let public_url = listen
        .public_url(redirect_uri.as_ref(), port)
        .map_err(|problem| Failure::usage(problem.ko, problem.en))?;
    let (app, emulator) = if let Some(app) = app {
        if up.seed.is_some() {
            output.say(&Sentence::new(
                "카카오 키가 설정되어 있어 에뮬레이터를 시작하지 않습니다. --seed는 쓰이지 않습니다.",
                "A Kakao key is set, so no emulator starts: --seed is not used.",
            ));
        }
        (app, None)
    } else {
        let port = emulator_port.unwrap_or(EMULATOR_PORT);
        let redirect_uri = redirect_uri.as_ref().map(RedirectUri::url);
        let (app, emulator) =
            start_emulator(&data, port, up.seed.as_deref(), &public_url, redirect_uri, output).await?;
        (app, Some(emulator))
    };
    for warning in listen.sign_in.send_after.iter().flat_map(|send| &send.warnings) {
        output.say(warning);
    }
    let at = app.at;
    let database = listen.database.as_ref().map(PostgresUrl::place);
    let api_base_url = app.api_base_url.clone();
    let settings = Settings {
        vault_key: listen.vault_key,
        database: listen.database,
        sessions: listen.sessions,
        rate_limits: listen.rate_limits,
        quotas: listen.quotas,
        network: listen.network,
        sign_in: listen.sign_in,
        outbox: listen.outbox,
        ..Settings::new(public_url.clone(), app)
    };
    let clock: Arc<dyn Clock> = match &emulator {
        Some(emulator) => Arc::new(EmulatorClock(Box::new(emulator.time()))),
        None => Arc::new(SystemClock),
    };
    let started = Gateway::start(settings, &folder, listeners, clock, Arc::new(SystemChance)).await;
    let gateway = match started {
        Ok(gateway) => gateway,
        Err(error) => {
            if let Some(emulator) = emulator {
                emulator::stop_emulator(emulator).await?;
            }
            return Err(Failure::both(Exit::Usage, &error.to_string()));
        }
    };
    if let Some(notice) = gateway.notice() {
        output.say(notice);
    }
    let emulator_url = emulator.as_ref().map(Emulator::base_url);
    let _note = emulator_url.clone().and_then(|emulator| Running { emulator }.write(&data));
    let told = output.data(
        &json!({"gateway": public_url, "kakao": at.as_str(), "emulator": emulator_url, "database": database}),
        || {
            let kakao = match at {
                KakaoAt::Emulator => output.words(
                    "에뮬레이터: 실제 카카오톡으로는 아무것도 보내지 않습니다",
                    "emulator: nothing reaches the real KakaoTalk",
                ),
                KakaoAt::Kakao => {
                    output.words("카카오: 메시지가 실제로 전달됩니다", "Kakao: messages really arrive")
                }
            };
            let database =
                database.as_ref().map(|place| format!("{place}  PostgreSQL\n")).unwrap_or_default();
            let stop = output.words("데이터 폴더, 멈추려면 Ctrl-C", "data folder, Ctrl-C stops");
            format!("katok  {public_url}\n{api_base_url}  {kakao}\n{database}{}  {stop}", data.display())
        },
    );
    if told.is_ok() {
        stop.await;
    }
    gateway.stop().await;
    traces.finish().await;
    if let Some(emulator) = emulator {
        emulator::stop_emulator(emulator).await?;
    }
    told?;
    Ok(Exit::Done)
}

/// The emulator's clock, which can be turned: Kakao and the gateway live at the same time.
struct EmulatorClock(Box<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock for EmulatorClock {
    fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl fmt::Debug for EmulatorClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmulatorClock")
    }
}

/// The embedded emulator, and its first app with the gateway's redirect address registered.
async fn start_emulator(
    data: &Path,
    port: u16,
    seed: Option<&Path>,
    public_url: &Url,
    redirect_uri: Option<&Url>,
    output: Output,
) -> Result<(KakaoApp, Emulator), Failure> {
    let no_app = || {
        Failure::usage(
            "시드에 앱이 없습니다. apps에 하나 이상 넣으세요.",
            "The seed has no app. Put at least one under apps.",
        )
    };
    let seed = emulator::seed(seed)?;
    // Told before anything of the saved world is touched.
    if seed.apps.is_empty() {
        return Err(no_app());
    }
    let options = Options {
        address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        seed,
        state_file: Some(data.join("emulator.json")),
        clock: None,
    };
    let emulator = emulator::start(options, "katok up --emulator-port 4101").await?;
    if emulator.started_from() == StartedFrom::NewSeedReplacedState {
        output.say(&Sentence::new(
            "시드가 바뀌어 에뮬레이터를 처음 상태로 시작했습니다.",
            "The seed has changed: the emulator started anew from it.",
        ));
    }
    let world = emulator.world();
    let app = world.apps.first().ok_or_else(no_app)?;
    let ours = |path| public_url.join(path).expect("a web address takes an absolute path");
    let default = ours("/redirect");
    let redirect_uri = redirect_uri.unwrap_or(&default);
    emulator
        .register_redirect_uri(app.key.as_str(), redirect_uri)
        .and_then(|()| emulator.register_logout_redirect_uri(app.key.as_str(), &ours("/logged-out")))
        .and_then(|()| emulator.register_web_domain(app.key.as_str(), public_url))
        .and_then(|()| emulator.register_webhooks(app.key.as_str(), webhooks(&app.webhooks, public_url)))
        .map_err(|error| Failure::both(Exit::Usage, &error.to_string()))?;
    let client_secret = app.client_secret.as_ref().map(Secret::secret);
    let mut app = KakaoApp::at_emulator(emulator.base_url(), &app.rest_api_key, client_secret)
        .with_admin_key(app.admin_key.secret());
    app.redirect_uri = redirect_uri.as_str().parse().ok();
    Ok((app, emulator))
}

/// The gateway's webhooks, except where the seed names another receiver.
fn webhooks(registered: &Webhooks, public_url: &Url) -> Webhooks {
    let at = |path, registered: &Option<Webhook>| {
        // Another port may have been ours before.
        let free = registered.as_ref().is_none_or(|webhook| webhook.url.ends_with(path));
        let url = public_url.join(path).expect("a web address takes an absolute path").into();
        free.then(|| Webhook { url, method: "POST".to_owned() })
    };
    Webhooks {
        unlink: at("/kakao/unlink", &registered.unlink),
        account_status: at("/kakao/account-status", &registered.account_status),
        ..Webhooks::default()
    }
}

async fn bind(address: SocketAddr) -> Result<Listeners, Failure> {
    Listeners::bind(address).await.map_err(|error| {
        Failure::usage(
            format!("{address}에서 열 수 없습니다({error}). 그 포트를 쓰는 프로그램을 멈추거나 --port로 다른 포트를 고르세요."),
            format!("Cannot listen on {address} ({error}). Stop the program that uses the port, or choose another with --port."),
        )
        .hint("katok up --port 4001")
    })
}
