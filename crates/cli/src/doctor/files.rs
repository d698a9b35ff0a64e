//! The data folder and the token file: whether they can be used, and by their owner alone.

use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::path::Path;

use super::Check;
use crate::failure::Exit;
use crate::printable::printable;

pub(crate) fn checks(data: &Path, tokens: &Path) -> Vec<Check> {
    let folder = match fs::metadata(data) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return vec![Check::fine(
                "data_folder",
                format!("데이터 폴더는 처음 쓸 때 만듭니다: {}.", shown(data)),
                format!("The data folder will be made when it is needed: {}.", shown(data)),
            )];
        }
        Err(error) => Err(error.to_string()),
        Ok(found) if !found.is_dir() => Err("not a folder".to_owned()),
        // Written to, because no permission bit tells of a full or read-only disk.
        Ok(found) => tempfile::tempfile_in(data).map(|_| found).map_err(|error| error.to_string()),
    };
    let mut checks = vec![match folder {
        Ok(found) => private("data_folder", data, &found),
        Err(why) => Check::failed(
            "data_folder",
            Exit::Usage,
            format!("데이터 폴더를 쓸 수 없습니다: {} ({why}).", shown(data)),
            format!("The data folder cannot be used: {} ({why}).", shown(data)),
        )
        .remedy(
            "폴더의 주인과 권한, 남은 공간을 확인하거나 --data로 다른 폴더를 지정하세요.",
            "Check its owner, permissions and free space, or name another folder with --data.",
        ),
    }];
    if let Ok(found) = fs::metadata(tokens) {
        checks.push(private("token_file", tokens, &found));
    }
    checks
}

fn shown(path: &Path) -> String {
    printable(&path.display().to_string())
}

/// Whether others than the owner may open it.
fn private(name: &'static str, path: &Path, found: &Metadata) -> Check {
    let path = shown(path);
    if let Some(mode) = open_to_others(found) {
        let closed = if found.is_dir() { "700" } else { "600" };
        let remedy = format!("chmod {closed} '{path}'");
        return Check::warning(
            name,
            format!("이 컴퓨터의 다른 사용자도 열 수 있습니다: {path} (권한 {mode:o})."),
            format!("Other users of this machine may open {path} (mode {mode:o})."),
        )
        .remedy(remedy.clone(), remedy);
    }
    Check::fine(name, format!("주인만 열 수 있습니다: {path}."), format!("Only its owner may open {path}."))
}

#[cfg(unix)]
fn open_to_others(found: &Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = found.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

/// Elsewhere the folder of the user decides.
#[cfg(not(unix))]
fn open_to_others(_: &Metadata) -> Option<u32> {
    None
}
