//! `katok token`.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Debug, clap::Args)]
pub(crate) struct Token {
    #[command(subcommand)]
    pub(crate) command: TokenCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// 누구의 토큰이 언제까지, 어디에 있는지 · Whose tokens there are, until when, and where; never the tokens
    #[command(
        after_help = "Examples:\n  katok token show\n  katok token show --all\n  katok --json token show | jq -r .access_token_expires_at"
    )]
    Show {
        /// 모든 프로필 · Those of every profile
        #[arg(long)]
        all: bool,
    },
    /// 지금 새로 받기 · Get new ones now
    #[command(after_help = "Examples:\n  katok token refresh\n  katok --profile work token refresh")]
    Refresh,
    /// 다른 프로그램의 토큰 파일 가져오기 · Take over the tokens that another program keeps
    #[command(
        after_help = "Examples:\n  katok token import kakao_code.json\n  katok token import ~/.config/kakaome/config.json\n  ssh home cat kakao_code.json | katok token import -\n
JSON, YAML, NAME=value 파일에서 access_token과 refresh_token(accessToken 등도)을 찾아 카카오에 확인한 뒤 저장합니다.
전에 있던 토큰은 날짜가 붙은 파일로 남깁니다.
Finds access_token and refresh_token (also accessToken and the like) in JSON, YAML or NAME=value lines, and
asks Kakao before it keeps them. Tokens that were there before stay in a file with the date in its name."
    )]
    Import {
        /// 토큰 파일, -는 표준 입력 · The file; - reads standard input
        file: PathBuf,
    },
}
