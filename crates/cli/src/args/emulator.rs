//! What can be typed after `katok emulator`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Subcommand};
use jiff::{Span, SpanRelativeTo, Timestamp};
use katok_client::KakaoCode;
use url::Url;

#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  katok emulator --seed seed.yaml
  katok emulator people
  katok emulator room ryan --follow
  katok emulator clock advance 6h
  katok emulator faults add --code -9798 --person ryan --times 2
"
)]
pub(crate) struct Emulator {
    /// 포트 · Port (0: any free one)
    #[arg(long, default_value_t = 4100)]
    pub(crate) port: u16,
    /// 시작 상태 · Seed document (YAML or JSON)
    #[arg(long, value_name = "FILE")]
    pub(crate) seed: Option<PathBuf>,
    /// 카카오의 호스트 이름으로 HTTPS도 제공 · Serve Kakao's host names over TLS too (0: any free port) [default port: 4143]
    #[arg(long, value_name = "PORT", num_args = 0..=1, default_missing_value = "4143")]
    pub(crate) tls: Option<u16>,
    /// 명령이 다룰 에뮬레이터 · The emulator that a command acts on (default: the one that runs on this machine)
    #[arg(long, global = true, value_name = "URL", env = "KATOK_EMULATOR_URL", value_parser = super::web_address)]
    pub(crate) at: Option<Url>,
    #[command(subcommand)]
    pub(crate) command: Option<EmulatorCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EmulatorCommand {
    /// 명령을 실행하고, 그 안의 카카오를 에뮬레이터로 대신함 · Run a command for which the emulator is Kakao
    #[command(
        after_help = "Examples:\n  katok emulator exec -- pytest\n  katok emulator exec -- npm test\n  katok emulator exec --seed seed.yaml -- ./gradlew test\n
CMD에게 https://kauth.kakao.com과 https://kapi.kakao.com은 에뮬레이터입니다. CMD의 종료 상태로 끝납니다.
To CMD, https://kauth.kakao.com and https://kapi.kakao.com are the emulator, KATOK_EMULATOR_URL its own address.
Ends with CMD's exit status; 127 when there is no such command, 126 when it cannot be run."
    )]
    Exec(Exec),
    /// The part of `exec` that becomes CMD.
    #[command(name = "exec-inside", hide = true)]
    ExecInside(ExecInside),
    #[command(flatten)]
    Control(ControlCommand),
}

/// What acts on an emulator that runs.
#[derive(Debug, Subcommand)]
pub(crate) enum ControlCommand {
    /// 시드로 모두 새로 시작하고 앱의 키를 출력 · Begin anew with a seed document, and print the keys of its apps
    #[command(
        after_help = "Examples:\n  katok emulator seed seed.yaml\n  katok emulator seed seed.yaml > .env\n  make-seed | katok emulator seed -"
    )]
    Seed {
        /// 시드 파일(YAML 또는 JSON), -는 표준 입력 · The seed document (YAML or JSON); - reads standard input
        file: PathBuf,
    },
    /// 시작했을 때로 모두 되돌림 · Begin anew as the emulator was started; messages, tokens, faults and journal are gone
    #[command(after_help = "Examples:\n  katok emulator reset\n  katok emulator reset --built-in")]
    Reset {
        /// 시드 파일로 시작했더라도 기본 시드로 · With the built-in seed, also if it was started with another
        #[arg(long)]
        built_in: bool,
    },
    /// 지금 상태 모두를 시드 문서로 · Everything as it is now, as a seed document, with keys and passwords
    #[command(
        after_help = "Examples:\n  katok emulator world --yaml > seed.yaml\n  katok emulator world | jq .apps"
    )]
    World {
        /// JSON 대신 YAML로 · As YAML in place of JSON
        #[arg(long)]
        yaml: bool,
    },
    /// 사람과 연결된 앱 · The people, and the apps they are signed up to
    #[command(
        after_help = "Examples:\n  katok emulator people\n  katok emulator people --json | jq -r '.people[].key'"
    )]
    People,
    /// 메시지가 온 대화방 · The chat rooms that messages arrived in
    #[command(after_help = "Examples:\n  katok emulator rooms\n  katok emulator rooms ryan")]
    Rooms {
        /// 이 사람의 것만 · Only of this person
        person: Option<String>,
    },
    /// 한 사람이 받은 메시지를 휴대폰에 보이는 대로 · What a person got, as their phone shows it, oldest first
    #[command(
        after_help = "Examples:\n  katok emulator room ryan\n  katok emulator room ryan --follow\n  katok emulator room ryan --json | jq -r .template_object.text\n
--json은 한 줄에 메시지 하나씩 출력합니다. With --json each line is a message."
    )]
    Room {
        /// 받은 사람의 키 · The key of the person
        person: String,
        /// 새로 오는 대로 계속, Ctrl-C까지 · Go on with each that arrives, until Ctrl-C
        #[arg(long, short)]
        follow: bool,
    },
    /// 시계 보기와 돌리기 · The clock: see it, turn it
    #[command(
        after_help = "Examples:\n  katok emulator clock\n  katok emulator clock advance 2h30m\n  katok emulator clock advance 1d\n  katok emulator clock set 2026-03-01T09:00:00+09:00\n  katok emulator clock real"
    )]
    Clock {
        #[command(subcommand)]
        command: Option<ClockCommand>,
    },
    /// 장애를 만들고 없애기 · Make Kakao fail, and let it recover
    #[command(
        after_help = "Examples:\n  katok emulator faults\n  katok emulator faults add --code -9798 --person ryan --times 2\n  katok emulator faults clear"
    )]
    Faults {
        #[command(subcommand)]
        command: Option<FaultsCommand>,
    },
    /// 카카오로 온 요청과 답 · What was asked of Kakao and what it answered, newest last
    #[command(
        after_help = "Examples:\n  katok emulator journal\n  katok emulator journal --follow\n  katok emulator journal --since 120 --json | jq .request\n
시각은 에뮬레이터 시계의 한국 시각입니다. --json은 한 줄에 요청 하나씩, 비밀은 줄여서 출력합니다.
Times are Korean, by the emulator's clock. With --json each line is an exchange, its secrets shortened."
    )]
    Journal(Journal),
    /// 인가 요청 주소에서 사람 대신 동의하거나 취소하고, 돌아갈 주소를 출력 · Play the person at the consent page, and print the redirect address
    #[command(
        after_help = "Examples:\n  katok emulator approve \"$AUTHORIZE_URL\" --person ryan\n  katok emulator approve \"$AUTHORIZE_URL\" --person ryan --scopes friends,talk_message\n  katok emulator approve \"$AUTHORIZE_URL\" --person ryan --deny"
    )]
    Approve(Approve),
    /// 표준 입력의 액세스 토큰을 지금 만료시킴 · Have an access token expire now; it is read from standard input
    #[command(after_help = "Examples:\n  katok emulator expire-token < access_token.txt")]
    ExpireToken,
    /// 표준 입력의 리프레시 토큰을 곧 만료되게 함 · Leave a refresh token so much of its life; it is read from standard input
    #[command(after_help = "Examples:\n  katok emulator age-token --remaining 7d < refresh_token.txt")]
    AgeToken {
        /// 남길 시간 · How much is left of it, up to 60d
        #[arg(long, value_name = "DURATION", value_parser = duration)]
        remaining: Duration,
    },
    /// 앱의 서버로 웹훅을 보내고 대답을 출력 · Send an app its webhook now, and print what its server said
    #[command(
        after_help = "Examples:\n  katok emulator webhook unlink --person ryan\n  katok emulator webhook account-status user-unlinked --person ryan"
    )]
    Webhook {
        #[command(subcommand)]
        command: WebhookCommand,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ClockCommand {
    /// 지금 시각 · What time it is there
    Show,
    /// 앞으로 돌리기 · Turn it forward
    #[command(
        after_help = "Examples:\n  katok emulator clock advance 6h\n  katok emulator clock advance 2h30m\n  katok emulator clock advance 1mo"
    )]
    Advance {
        /// 얼마나(2h30m, 1d, 6h) · How far (2h30m, 1d, 6h; m is a minute, mo a month)
        #[arg(value_name = "DURATION", allow_hyphen_values = true, value_parser = span)]
        by: Span,
    },
    /// 이 시각으로 맞추기 · Turn it to this time, from where it goes on
    #[command(
        after_help = "Examples:\n  katok emulator clock set 2026-03-01T09:00:00+09:00\n  katok emulator clock set 2026-03-01T00:00:00Z"
    )]
    Set {
        /// 시각 · The time, RFC 3339
        #[arg(value_name = "TIME", value_parser = time)]
        to: Timestamp,
    },
    /// 실제 시각으로 되돌리기 · Turn it back to the real time
    Real,
}

#[derive(Debug, Subcommand)]
pub(crate) enum FaultsCommand {
    /// 장애 목록 · The faults, and how far each has come
    List,
    /// 장애 만들기 · Make something go wrong from now on
    #[command(after_help = "\
Examples:
  katok emulator faults add --code -9798 --person ryan --times 2
  katok emulator faults add --code KOE237 --path /oauth/token
  katok emulator faults add --delay 3s --path '/v2/api/talk/*'
  katok emulator faults add --drop after --method POST --times 1
  echo '{\"then\":{\"status\":502,\"body\":\"Bad Gateway\"}}' | katok emulator faults add --json-fault -
")]
    Add(Box<AddFault>),
    /// 장애 없애기, 번호가 없으면 모두 · Take a fault back by its number, or all of them
    #[command(after_help = "Examples:\n  katok emulator faults clear\n  katok emulator faults clear 3")]
    Clear {
        /// 번호 · Its number
        id: Option<u64>,
    },
}

#[derive(Debug, clap::Args)]
#[command(group(
    ArgGroup::new("effect").args(["status", "code", "delay", "drop", "json_fault"]).required(true).multiple(true)
))]
pub(crate) struct AddFault {
    #[command(flatten)]
    pub(crate) matching: Match,
    /// 몇 번만 · So many times, then never again
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) times: Option<u32>,
    #[command(flatten)]
    pub(crate) then: Then,
    /// 장애 문서, -는 표준 입력 · The whole fault as a JSON document, with all it can do; - reads standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["Match", "times", "Then"])]
    pub(crate) json_fault: Option<PathBuf>,
}

/// Which exchanges a fault is about.
#[derive(Debug, clap::Args)]
#[group(multiple = true)]
pub(crate) struct Match {
    /// 이 메서드만 · Only this method
    #[arg(long)]
    pub(crate) method: Option<String>,
    /// 이 경로만, 끝의 *는 무엇이든 · Only this path; * at its end stands for anything
    #[arg(long, value_parser = path)]
    pub(crate) path: Option<String>,
    /// 이 사람의 것만 · Only what is done on behalf of this person
    #[arg(long, value_name = "KEY")]
    pub(crate) person: Option<String>,
    /// 이 앱의 것만 · Only what this app asks for
    #[arg(long, value_name = "KEY")]
    pub(crate) app: Option<String>,
}

/// What happens then.
#[derive(Debug, clap::Args)]
#[group(multiple = true)]
pub(crate) struct Then {
    /// 이 HTTP 상태로 거절 · Refuse with this HTTP status
    #[arg(long, value_parser = clap::value_parser!(u16).range(200..=599))]
    pub(crate) status: Option<u16>,
    /// 이 코드로 거절(-402, KOE237) · Refuse with this code (-402, KOE237); status and text come from Kakao's table
    #[arg(long, allow_hyphen_values = true, value_parser = kakao_code)]
    pub(crate) code: Option<KakaoCode>,
    /// 코드 옆의 글 · The text beside the code
    #[arg(long, value_name = "TEXT", requires = "code")]
    pub(crate) msg: Option<String>,
    /// 먼저 이만큼 기다림(3s, 500ms) · Wait so long first (3s, 500ms), up to 10m
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) delay: Option<Duration>,
    /// 답 없이 끊음 · Close the connection without an answer: before the work is done, or after
    #[arg(long, value_enum, conflicts_with_all = ["status", "code", "msg"])]
    pub(crate) drop: Option<DropWhen>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DropWhen {
    /// 아무것도 하지 않고 · With nothing done
    Before,
    /// 일은 하고 · With the work done
    After,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Journal {
    /// 새로 오는 대로 계속, Ctrl-C까지 · Go on with each that comes, until Ctrl-C
    #[arg(long, short)]
    pub(crate) follow: bool,
    /// 이 번호 다음 것만 · Only those after this number
    #[arg(long, value_name = "ID")]
    pub(crate) since: Option<u64>,
    /// 마지막 몇 개만 · Only the last so many [default: 20; with --since all]
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Approve {
    /// 인가 요청 주소(/oauth/authorize) · The address of the authorize request (/oauth/authorize?…)
    pub(crate) url: Url,
    /// 누구로 · As whom
    #[arg(long, value_name = "KEY")]
    pub(crate) person: String,
    /// 취소를 누름 · Press cancel
    #[arg(long, conflicts_with = "scopes")]
    pub(crate) deny: bool,
    /// 선택 항목 가운데 이것만 동의 · Agree only to these of the optional items, comma-separated [default: all]
    #[arg(long, value_name = "SCOPES", value_delimiter = ',')]
    pub(crate) scopes: Option<Vec<String>>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum WebhookCommand {
    /// 연결 해제 웹훅 · The unlink webhook
    Unlink {
        #[command(flatten)]
        about: About,
        /// 누가 끊었는지 · Who parted the two, such as `ACCOUNT_DELETE`
        #[arg(long, value_name = "TYPE", default_value = "UNLINK_FROM_APPS")]
        referrer_type: String,
    },
    /// 계정 상태 변경 웹훅 · The account status webhook
    AccountStatus {
        /// 이벤트 · The event, such as user-linked, user-unlinked or account-disabled
        event: String,
        #[command(flatten)]
        about: About,
        /// 이벤트의 이유 · The reason in the event
        #[arg(long)]
        reason: Option<String>,
    },
}

/// Whom a webhook is about.
#[derive(Debug, clap::Args)]
pub(crate) struct About {
    /// 누구의 일 · About whom
    #[arg(long, value_name = "KEY")]
    pub(crate) person: String,
    /// 어느 앱에게 · To which app [default: the only one]
    #[arg(long, value_name = "KEY")]
    pub(crate) app: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Exec {
    /// 시작 상태 · Seed document (YAML or JSON)
    #[arg(long, value_name = "FILE")]
    pub(crate) seed: Option<PathBuf>,
    /// 에뮬레이터 포트 · Port of the emulator (0: any free one)
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// 다른 호스트로도 나갈 수 있게 함 · Let CMD reach other hosts too
    #[arg(long)]
    pub(crate) allow_others: bool,
    /// CMD의 네트워크 · Network of CMD
    #[arg(long, value_enum, default_value_t = Network::Auto)]
    pub(crate) network: Network,
    /// 실행할 명령 · The command
    #[arg(required = true, trailing_var_arg = true, value_name = "CMD")]
    pub(crate) command: Vec<OsString>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Network {
    /// 가능하면 private, 아니면 shared · private where the kernel allows it, else (and with --allow-others) shared
    Auto,
    /// 카카오와 이 컴퓨터만 있는 네트워크 (Linux) · A network of its own, with nothing but Kakao and this machine (Linux)
    Private,
    /// 이 컴퓨터의 네트워크, 프록시와 환경 변수로 · This machine's network, by a proxy and environment variables
    Shared,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ExecInside {
    #[arg(long)]
    pub(crate) folder: PathBuf,
    #[arg(long, value_delimiter = ',')]
    pub(crate) ports: Vec<u16>,
    #[arg(required = true, trailing_var_arg = true)]
    pub(crate) command: Vec<OsString>,
}

/// How far a clock is turned: also by months, which depend on the day.
fn span(text: &str) -> Result<Span, &'static str> {
    text.parse().map_err(|_| "2h30m, 1d, 6h처럼 적으세요 · write it like 2h30m, 1d or 6h")
}

fn duration(text: &str) -> Result<Duration, &'static str> {
    let duration = span(text)?.to_duration(SpanRelativeTo::days_are_24_hours()).ok();
    duration
        .and_then(|duration| Duration::try_from(duration).ok())
        .ok_or("3s, 10m, 7d처럼 적으세요 · write it like 3s, 10m or 7d")
}

fn time(text: &str) -> Result<Timestamp, &'static str> {
    text.parse()
        .map_err(|_| "2026-03-01T09:00:00+09:00처럼 적으세요 · write it like 2026-03-01T09:00:00+09:00")
}

fn path(text: &str) -> Result<String, &'static str> {
    if text.starts_with('/') {
        Ok(text.to_owned())
    } else {
        Err("경로는 /로 시작합니다. 호스트는 빼세요 · a path begins with /, without the host")
    }
}

fn kakao_code(text: &str) -> Result<KakaoCode, &'static str> {
    KakaoCode::parse(text).ok_or("-402나 KOE237처럼 적으세요 · write it like -402 or KOE237")
}
