//! What `katok completions` and `katok man` are told.

use std::path::PathBuf;

pub(super) const EXAMPLES: &str = "\
Examples:
  katok completions bash > ~/.local/share/bash-completion/completions/katok
  katok completions zsh > ~/.zfunc/_katok
  katok completions fish > ~/.config/fish/completions/katok.fish
  katok completions powershell >> $PROFILE

--to는 katok friends가 마지막으로 받은 친구 이름으로 완성합니다.
--to completes the names of friends that `katok friends` got last.";

pub(super) const MAN_EXAMPLES: &str = "\
Examples:
  katok man | man -l -
  katok man --out ~/.local/share/man/man1";

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
    #[value(alias = "pwsh")]
    Powershell,
}

impl Shell {
    /// As the completion engine calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
            Self::Powershell => "powershell",
        }
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// 셸 · The shell
    pub(crate) shell: Shell,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Man {
    /// 명령마다 한 파일씩 여기에 · Write a page for each command into this folder (default: the first page to stdout)
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}
