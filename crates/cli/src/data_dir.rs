//! Where katok keeps its files.

use std::path::PathBuf;

use etcetera::BaseStrategy as _;

use crate::args::Args;
use crate::failure::Failure;

/// The data folder: the flag, `KATOK_DATA`, or the platform's.
pub(crate) fn of(args: &Args) -> Result<PathBuf, Failure> {
    if let Some(data) = &args.data {
        return Ok(data.clone());
    }
    platforms().ok_or_else(|| {
        Failure::usage(
            "홈 폴더를 알 수 없습니다. --data로 데이터 폴더를 지정하세요.",
            "The home folder is unknown. Name a data folder with --data.",
        )
    })
}

/// The same before anything is parsed, for a shell that completes a command line.
pub(crate) fn of_environment() -> Option<PathBuf> {
    std::env::var_os("KATOK_DATA").map(PathBuf::from).or_else(platforms)
}

fn platforms() -> Option<PathBuf> {
    etcetera::choose_base_strategy().ok().map(|base| base.data_dir().join("katok"))
}
