//! What can be typed after `katok notify`.

use std::ffi::OsString;

use crate::completion;

pub(super) const EXAMPLES: &str = "\
Examples:
  katok notify -- make test
  katok notify --on-failure --title \"밤 백업\" -- /usr/local/bin/backup --all
  katok notify --to 어피치 --lines 0 -- ./long-job

CMD의 종료 상태로 끝나고, 알리지 못해도 그렇습니다. CMD의 인자는 알리지 않습니다(비밀이 있을 수 있으니).
--lines 0이 아니면 CMD의 출력은 파이프를 지나므로 CMD에게 터미널이 아닙니다.
Ends with CMD's exit status, also when the message could not be sent; 127 when there is no such command, 126 when it
cannot be run. CMD's arguments are not sent: they may hold secrets. Unless --lines is 0, CMD's output goes through pipes,
so it is no terminal to CMD.";

#[derive(Debug, clap::Args)]
pub(crate) struct Notify {
    /// 실패했을 때만 · Only when CMD fails
    #[arg(long, conflicts_with = "always")]
    pub(crate) on_failure: bool,
    /// 언제나(기본) · In any case (the default)
    #[arg(long)]
    pub(crate) always: bool,
    /// 명령의 이름 대신 · In place of the command's name
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// 마지막 몇 줄을 함께, 들어가는 만큼 · With so many of the last lines of output, as far as there is room
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u8).range(0..=50))]
    pub(crate) lines: u8,
    /// 받는 친구의 닉네임 또는 uuid, 여러 번 가능 · Receiver by nickname or uuid; repeatable (default: me)
    #[arg(long, value_name = "NICKNAME|UUID", add = completion::friends())]
    pub(crate) to: Vec<String>,
    /// 실행할 명령 · The command
    #[arg(required = true, trailing_var_arg = true, value_name = "CMD")]
    pub(crate) command: Vec<OsString>,
}
