//! `katok login`.

#[derive(Debug, clap::Args)]
pub(crate) struct Login {
    /// 브라우저를 열지 않고 주소를 출력한 뒤, 돌아온 주소를 입력받음 · Print the address and read the redirect address from stdin
    #[arg(long)]
    pub(crate) no_browser: bool,
    /// 다른 기기의 브라우저로, QR 코드로 열어서 · With a browser on another device, by a QR code and a gateway
    #[arg(long, conflicts_with = "no_browser")]
    pub(crate) qr: bool,
    /// 이미 있는 토큰으로, 표준 입력에서 읽음 · With tokens there are already, from standard input: JSON, or one token on a line
    #[arg(long, conflicts_with_all = ["no_browser", "qr", "scope"])]
    pub(crate) with_token: bool,
    /// 추가로 동의받을 항목 · Consent items to ask for, comma-separated
    #[arg(long, value_name = "SCOPES", default_value = "")]
    pub(crate) scope: String,
}
