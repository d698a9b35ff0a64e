//! The data folder: made if it is missing, and used by one katok at a time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// A folder that is ours as long as this value lives.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    // The system frees the lock also when the process is killed.
    _lock: File,
}

/// Why the folder cannot be used; its text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum DataFolderError {
    /// It cannot be made or written.
    #[error("데이터 폴더에 쓸 수 없습니다: {path} ({source}). --data로 다른 폴더를 지정하거나 권한을 확인하세요.\nThe data folder cannot be written: {path} ({source}). Choose another with --data, or check its permissions.", path = .path.display())]
    Unusable {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another katok uses it.
    #[error("다른 katok이 데이터 폴더를 쓰고 있습니다: {path}. 그것을 멈추거나 --data로 다른 폴더를 지정하세요.\nAnother katok uses the data folder: {path}. Stop it, or choose another folder with --data.", path = .0.display())]
    InUse(PathBuf),
}

/// Makes a folder for its own user only, unless it exists already.
pub fn make_private_folder(path: &Path) -> std::io::Result<()> {
    let mut folder = fs::DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.create(path)
}

impl DataFolder {
    /// Makes the folder if needed and takes it for this process alone.
    pub fn take(path: &Path) -> Result<Self, DataFolderError> {
        let unusable = |source| DataFolderError::Unusable { path: path.to_owned(), source };
        make_private_folder(path).map_err(unusable)?;
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path.join("katok.lock"))
            .map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(DataFolderError::InUse(path.to_owned())),
            Err(TryLockError::Error(source)) => Err(unusable(source)),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}
