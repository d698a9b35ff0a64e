//! What `katok explain` can be given.

pub(super) const EXAMPLES: &str = "\
Examples:
  katok explain KOE006
  katok explain -402 -502
  katok explain '{\"error\":\"invalid_grant\",\"error_code\":\"KOE320\"}'
  katok explain 'https://shop.example.com/callback?error=access_denied&state=…'
  journalctl -u shop | katok explain -";

#[derive(Debug, clap::Args)]
pub(crate) struct Explain {
    /// 코드, 로그인이 돌려준 error, 또는 그것이 든 오류·로그·주소. -는 표준 입력 · A code, the `error` a login came back
    /// with, or an error, log or address with one in it; - reads standard input
    #[arg(required = true, value_name = "CODE|TEXT", allow_negative_numbers = true)]
    pub(crate) pasted: Vec<String>,
}
