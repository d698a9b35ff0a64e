//! What can be typed after `katok send`.

use std::path::PathBuf;

use clap::ArgGroup;
use url::Url;

use super::web_address;
use crate::completion;

pub(super) const EXAMPLES: &str = "\
Examples:
  katok send \"배포 완료\"
  katok send --to 어피치 --to 무지 \"안녕\"
  make report | katok send --split -
  katok send --feed \"새 글\" --description \"읽어 보세요\" --image cover.png --link https://blog.example.com/1
  katok send --list \"오늘의 뉴스\" --item \"탁구|스포츠|https://img.example.com/a.png\" \\
             --item \"커피|음식|https://img.example.com/b.png|https://news.example.com/b\"
  katok send --template feed.yaml --dry-run

게이트웨이를 거쳐 · Through a gateway (KATOK_GATEWAY_URL, KATOK_API_KEY):
  katok send --wait \"배포 완료\"
  katok send --at \"내일 09:00\" \"일어나\"
  katok send --saved tpl_… --var version=2.1";

// What belongs to one kind of message conflicts with the other kinds: clap takes `requires` back where it cannot hold.
#[derive(Debug, clap::Args)]
#[command(group = ArgGroup::new("content").required(true).args(["text", "template", "feed", "list", "saved"]))]
pub(crate) struct Send {
    /// 보낼 내용, -는 표준 입력 · The text, up to 200 characters; - reads standard input
    #[arg(allow_hyphen_values = true, value_parser = text)]
    pub(crate) text: Option<String>,
    /// 템플릿 파일(JSON 또는 YAML) · A Kakao template object as a file (JSON or YAML)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["link", "button", "button_title"])]
    pub(crate) template: Option<PathBuf>,
    /// 피드의 제목 · A feed with this title
    #[arg(long, value_name = "TITLE")]
    pub(crate) feed: Option<String>,
    /// 피드의 설명 · What stands below the title of the feed
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["text", "template", "list", "saved"])]
    pub(crate) description: Option<String>,
    /// 피드의 그림 파일, 카카오에 올려서 · The picture of the feed: a file, uploaded to Kakao (JPEG, PNG or GIF, up to 5 MB)
    #[arg(long, value_name = "FILE", conflicts_with = "image_url")]
    pub(crate) image: Option<PathBuf>,
    /// 피드의 그림 주소 · The picture of the feed: an address on the public internet
    #[arg(long, value_name = "URL", value_parser = web_address)]
    pub(crate) image_url: Option<Url>,
    /// 목록의 제목 · A list under this title, with two or three --item
    #[arg(long, value_name = "HEADER")]
    pub(crate) list: Option<String>,
    /// 목록의 한 줄: 제목|설명|그림 주소|링크, 뒤부터 생략 가능 · A row of the list; leave out what you lack from the end
    #[arg(long, value_name = "TITLE|TEXT|IMAGE_URL|LINK", conflicts_with_all = ["text", "template", "feed", "saved"])]
    pub(crate) item: Vec<String>,
    /// 게이트웨이에 저장한 템플릿, 이름이나 id · A template saved at the gateway, by name or id
    #[arg(long, value_name = "NAME|ID", conflicts_with_all = ["link", "button", "button_title", "dry_run"])]
    pub(crate) saved: Option<String>,
    /// 저장한 템플릿의 ${이름}에 넣을 값, 여러 번 가능 · What to fill in for ${name} of the saved template; repeatable
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = variable, conflicts_with_all = ["text", "template", "feed", "list"])]
    pub(crate) variables: Vec<(String, String)>,
    /// 눌렀을 때 열 주소 · Where a tap on the message leads
    #[arg(long, value_name = "URL", value_parser = web_address)]
    pub(crate) link: Option<Url>,
    /// 버튼, 두 개까지 · A button and what it opens; up to two
    #[arg(long, value_name = "TITLE=URL", value_parser = button)]
    pub(crate) button: Vec<(String, Url)>,
    /// 카카오의 버튼 "자세히 보기"의 다른 이름 · Another title on Kakao's own button, which opens the link
    #[arg(long, value_name = "TITLE", conflicts_with = "button")]
    pub(crate) button_title: Option<String>,
    /// 받는 친구의 닉네임 또는 uuid, 여러 번 가능 · Receiver by nickname or uuid; repeatable (default: me)
    #[arg(long, value_name = "NICKNAME|UUID", add = completion::friends())]
    pub(crate) to: Vec<String>,
    /// 긴 글을 여러 메시지로, 차례대로 · Send a long text as several messages, one after the other
    #[arg(long, conflicts_with_all = ["truncate", "template", "feed", "list", "saved"])]
    pub(crate) split: bool,
    /// 긴 글을 단어에서 자르고 …을 붙임 · Cut a long text at a word, and end it with …
    #[arg(long, conflicts_with_all = ["template", "feed", "list", "saved"])]
    pub(crate) truncate: bool,
    /// 보낼 시각: +30m, "내일 09:00", "모레 오후 3시", RFC 3339; 한국 시각, 게이트웨이를 거칠 때만 · When to send it, by Korean time; only through a gateway
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) at: Option<String>,
    /// 게이트웨이가 보낼 때까지, 60초나 이만큼 기다림 · Wait until the gateway has sent it, for 60 seconds or so many
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, require_equals = true, default_missing_value = "60", conflicts_with = "at", value_parser = clap::value_parser!(u64).range(..=86_400))]
    pub(crate) wait: Option<u64>,
    /// 보내지 않고 점검과 모습만 · Send nothing: show what Kakao would refuse (exit status 1) and what the phone will show
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Takes texts such as `-5도`, but no single word such as `--jsno`, which is a mistyped option.
fn text(text: &str) -> Result<String, &'static str> {
    if text.starts_with("--") && !text.contains(char::is_whitespace) {
        return Err(
            "그런 옵션이 없습니다. 이대로 보내려면 표준 입력으로 넣으세요 · no such option; to send it as a text, pipe it into `katok send -`",
        );
    }
    Ok(text.to_owned())
}

/// The title ends at the first `=`, because addresses are full of them.
fn button(text: &str) -> Result<(String, Url), &'static str> {
    match text.split_once('=') {
        Some((title, address)) if !title.trim().is_empty() => {
            Ok((title.trim().to_owned(), web_address(address.trim())?))
        }
        _ => Err("\"제목=https://…\"처럼 쓰세요 · write it as \"TITLE=https://…\""),
    }
}

fn variable(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("이름=값으로 쓰세요 · write it as NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}
