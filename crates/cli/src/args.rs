//! What can be typed.

mod completions;
mod doctor;
pub(crate) mod emulator;
mod explain;
mod login;
mod notify;
mod send;
mod token;

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use katok_gateway::OutboxScope;
use url::Url;

pub(crate) use self::completions::{Completions, Man, Shell};
pub(crate) use self::explain::Explain;
pub(crate) use self::login::Login;
pub(crate) use self::notify::Notify;
pub(crate) use self::send::Send;
pub(crate) use self::token::{Token, TokenCommand};
use crate::language::Language;
use crate::profile::Profile;

const EVERYWHERE: &str = "모든 명령의 옵션 · Options of every command";

/// 카카오 로그인과 카카오톡 메시지 · Kakao Login and KakaoTalk messages, from any script
#[derive(Debug, Parser)]
#[command(
    name = "katok",
    version,
    about,
    max_term_width = 100,
    after_help = "\
KAKAO_REST_API_KEY가 없으면 이 컴퓨터의 에뮬레이터를, 있으면 카카오를 씁니다.
Without KAKAO_REST_API_KEY the emulator on this machine is used, with it Kakao.

Exit status: 0 done, 1 Kakao refused (or something sealed does not open), 2 wrong usage or settings, 3 sign-in or consent needed,
4 network or server trouble (worth trying again), 5 outcome unconfirmed"
)]
pub(crate) struct Args {
    /// 결과를 JSON으로 출력 · Print data as JSON
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub(crate) json: bool,
    /// 설정 파일 · Settings file (default: katok.toml in the data folder)
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "FILE", env = "KATOK_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// 데이터 폴더 · Data folder (default: the platform's)
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "DIR", env = "KATOK_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// 누구로, 여러 사람이 함께 쓸 때 · Whose tokens, when several people sign in side by side [default: default]
    #[arg(long, global = true, help_heading = EVERYWHERE, value_name = "NAME", env = "KATOK_PROFILE")]
    pub(crate) profile: Option<Profile>,
    /// 말하는 언어 · Language to speak (default: the locale's)
    #[arg(
        long,
        global = true,
        help_heading = EVERYWHERE,
        value_enum,
        value_name = "ko|en",
        hide_possible_values = true,
        env = "KATOK_LANG"
    )]
    pub(crate) lang: Option<Language>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// 게이트웨이와 웹 페이지를 실행 · Run gateway and page (and the emulator when no Kakao key is set)
    #[command(display_order = 1)]
    Up(Up),
    /// 에뮬레이터만 실행, 또는 실행 중인 에뮬레이터 다루기 · Run the emulator alone, or act on one that runs
    #[command(display_order = 13)]
    Emulator(emulator::Emulator),
    /// 설정 보기와 점검 · Show and check the settings
    #[command(display_order = 14)]
    Config(Config),
    /// 설정과 카카오의 답을 살펴, 어디서 무엇을 바꿀지 알려 줌 · Check the settings against Kakao: what to change, and where
    #[command(after_help = doctor::EXAMPLES)]
    #[command(display_order = 11)]
    Doctor,
    /// 카카오 오류 설명 · What an error of Kakao's means, what to do, and where in Kakao's console
    #[command(after_help = explain::EXAMPLES)]
    #[command(display_order = 12)]
    Explain(Explain),
    /// 템플릿 점검과 미리 보기 · Check a template and see it, before anything is sent
    #[command(display_order = 10)]
    Template(Template),
    /// 금고 키 돌보기 · Look after the vault keys, while gateways run
    #[command(display_order = 16)]
    Vault(Vault),
    /// 보낼 메시지 돌보기 · Look after what is to be sent, while gateways run
    #[command(display_order = 15)]
    Outbox(Outbox),
    /// 데이터베이스 백업, 실행 중에도 · Copy the SQLite database into a new file, also while the gateway runs
    #[command(display_order = 17)]
    Backup {
        /// 만들 파일 · The file to make
        file: PathBuf,
    },
    /// 백업 되돌리기 · Put a backup in the place of the database, while no gateway runs
    #[command(display_order = 18)]
    Restore {
        /// 백업 파일 · The backup
        file: PathBuf,
    },
    /// 셸 자동 완성 · A script by which a shell completes commands, options and friends' names
    #[command(after_help = completions::EXAMPLES)]
    #[command(display_order = 20)]
    Completions(Completions),
    /// 매뉴얼 페이지 · The manual pages
    #[command(after_help = completions::MAN_EXAMPLES)]
    #[command(display_order = 21)]
    Man(Man),
    /// 메시지 보내기 · Send a message to me, or to friends
    #[command(after_help = send::EXAMPLES)]
    #[command(display_order = 2)]
    Send(Box<Send>),
    /// 명령을 실행하고 결과를 알림 · Run a command, and send how it ended
    #[command(after_help = notify::EXAMPLES)]
    #[command(display_order = 3)]
    Notify(Notify),
    #[command(flatten)]
    Act(Act),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Template {
    #[command(subcommand)]
    pub(crate) command: TemplateCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TemplateCommand {
    /// 카카오가 거절하거나 다르게 보여 줄 것 모두 · All that Kakao would refuse (exit status 1) or show otherwise
    #[command(
        after_help = "Examples:\n  katok template lint feed.json\n  katok template lint --domain https://shop.example.com feed.yaml\n  build-message | katok template lint -"
    )]
    Lint {
        /// 템플릿 파일(JSON 또는 YAML), -는 표준 입력 · The template (JSON or YAML); - reads standard input
        file: PathBuf,
        /// 앱에 등록한 웹 도메인, 여러 번 가능 · A web domain registered for the app; repeatable (links elsewhere do not open)
        #[arg(long = "domain", value_name = "URL", value_parser = web_address)]
        domains: Vec<Url>,
    },
    /// 휴대폰에 보일 모습 · What a phone will show of it
    #[command(
        after_help = "Examples:\n  katok template preview feed.json\n  katok template preview --as svg feed.json > feed.svg\n  katok template preview --as html --dark feed.yaml > feed.html"
    )]
    Preview {
        /// 템플릿 파일(JSON 또는 YAML), -는 표준 입력 · The template (JSON or YAML); - reads standard input
        file: PathBuf,
        /// 무엇으로 그릴지 · How to draw it
        #[arg(long = "as", value_enum, value_name = "FORM", default_value_t = Drawing::Terminal)]
        drawing: Drawing,
        /// 어두운 화면으로, svg와 html에서 · In dark colours, as svg or html
        #[arg(long)]
        dark: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Drawing {
    /// 터미널의 글자 · Lines of a terminal
    Terminal,
    /// 그림 파일 · A picture
    Svg,
    /// 웹 페이지 · A web page
    Html,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Vault {
    #[command(subcommand)]
    pub(crate) command: VaultCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum VaultCommand {
    /// 새 금고 키로 모두 다시 봉인 · Make a new vault key and seal every account by it
    Rotate,
    /// 봉인이 모두 열리는지 확인 · Open everything that is sealed (exit status 1 if something does not open)
    Check,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Outbox {
    #[command(subcommand)]
    pub(crate) command: OutboxCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OutboxCommand {
    /// 메시지 목록, 새것부터 · List messages, the newest first, without what they say
    List {
        /// 이 상태의 것만 · Only with a delivery in this state
        #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(katok_gateway::outbox_states()))]
        state: Option<String>,
        /// 이 계정의 것만 · Only of this account
        #[arg(long, value_name = "ACCOUNT")]
        account: Option<String>,
        /// 몇 개까지 · How many at most
        #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
    },
    /// 메시지 하나와 수신 건 · A message and its deliveries
    Show {
        /// 메시지 · The message (msg_…)
        message: String,
        /// 내용도, 금고 키로 열어서 · Also what it says, opened by the vault key
        #[arg(long)]
        content: bool,
    },
    /// 도착하지 않았거나 그럴 수 있는 것을 다시 보냄 · Send again what did not arrive, or may not have
    Resend {
        /// 메시지 · The message (msg_…)
        message: String,
    },
    /// 보내지 않은 것을 취소 · Take back what has not been sent
    Cancel {
        /// 메시지 · The message (msg_…)
        message: String,
    },
    /// 지금 보낼 것이 없어질 때까지 기다림 · Wait until nothing is due any more (exit status 4 if it takes too long)
    Drain {
        /// 몇 초까지 · For how many seconds at most
        #[arg(long, value_name = "SECONDS", default_value_t = 60)]
        timeout: u64,
    },
    /// 전송 멈추기, 접수는 계속 · Begin to send nothing more; go on accepting
    Pause(Whose),
    /// 멈춘 전송 계속하기 · Go on with what was paused
    Resume(Whose),
}

/// Whose messages.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Whose {
    /// 모두 · Everybody's
    #[arg(long)]
    all: bool,
    /// 이 계정의 것 · Those of this account
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// 이 API 키로 보낸 것 · Those sent by this API key (key_…)
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
}

impl Whose {
    pub(crate) fn scope(&self) -> OutboxScope {
        match (&self.account, &self.key) {
            (Some(account), _) => OutboxScope::Account(account.clone()),
            (None, Some(key)) => OutboxScope::Key(key.clone()),
            (None, None) => OutboxScope::All,
        }
    }
}

/// What a person does at Kakao by this program.
#[derive(Debug, Subcommand)]
pub(crate) enum Act {
    /// 카카오로 로그인 · Sign in with Kakao
    #[command(
        after_help = "Examples:\n  katok login\n  katok login --no-browser\n  KATOK_GATEWAY_URL=http://192.0.2.7:4000 katok login --qr\n  katok login --scope friends,talk_message\n  katok login --with-token < kakao_code.json\n
--no-browser --json은 한 줄에 하나씩 출력합니다: 먼저 {\"authorize_url\": …}, 로그인한 뒤 프로필.
With --no-browser --json prints JSON Lines: first {\"authorize_url\": …}, after the sign-in the profile."
    )]
    #[command(display_order = 4)]
    Login(Login),
    /// 로그아웃 · Sign out and end the tokens
    #[command(display_order = 5)]
    Logout,
    /// 연결 끊기 · Unlink this person and the app: consents and tokens are gone
    #[command(display_order = 6)]
    Unlink(Unlink),
    /// 지금 로그인한 사람 · Who is signed in
    #[command(display_order = 7)]
    Whoami,
    /// 저장된 토큰 · The stored tokens
    #[command(display_order = 9)]
    Token(Token),
    /// 친구 목록 · List friends who can receive messages
    #[command(display_order = 8)]
    Friends,
    /// 운영자: 어드민 키로 앱의 사용자를 다룸 · Operator: what the app's admin key may do for its users
    #[command(
        after_help = "Examples:\n  katok admin users\n  katok admin user 4820000001\n  katok admin unlink 4820000001\n
KAKAO_ADMIN_KEY 또는 KAKAO_ADMIN_KEY_FILE이 필요합니다. 에뮬레이터의 키는 알아서 찾습니다.
Needs KAKAO_ADMIN_KEY or KAKAO_ADMIN_KEY_FILE; an emulator's key is found by itself."
    )]
    #[command(display_order = 19)]
    Admin(Admin),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Admin {
    #[command(subcommand)]
    pub(crate) command: AdminCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AdminCommand {
    /// 앱에 연결된 모든 사용자의 회원번호 · The ids of all users of the app
    Users,
    /// 사용자 한 명 · What the app may know of one user
    User {
        /// 회원번호 · The user's id
        id: i64,
    },
    /// 사용자의 연결 끊기 · Unlink a user and the app
    Unlink(OneUser),
    /// 사용자를 모든 곳에서 로그아웃 · Revoke all tokens of a user
    Logout(OneUser),
}

#[derive(Debug, clap::Args)]
pub(crate) struct OneUser {
    /// 회원번호 · The user's id
    pub(crate) id: i64,
    /// 묻지 않기 · Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Up {
    /// 게이트웨이 포트 · Port of the gateway (0: any free one) [default: 4000]
    #[arg(long)]
    pub(crate) port: Option<u16>,
    /// 에뮬레이터 포트 · Port of the embedded emulator (0: any free one) [default: 4100]
    #[arg(long)]
    pub(crate) emulator_port: Option<u16>,
    /// 에뮬레이터의 시작 상태 · Seed document of the embedded emulator (YAML or JSON)
    #[arg(long, value_name = "FILE")]
    pub(crate) seed: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Config {
    #[command(subcommand)]
    pub(crate) command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// 설정값과 출처, 잘못된 점 모두 · Every setting, where it comes from, and all that is wrong (exit status 2)
    Show,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Unlink {
    /// 묻지 않고 끊기 · Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
}

fn web_address(address: &str) -> Result<Url, &'static str> {
    let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.ok_or("http:// 또는 https:// 주소가 필요합니다 · a whole http:// or https:// address is needed")
}
