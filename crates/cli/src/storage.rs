//! Where the gateway of these settings keeps everything.

use katok_gateway::Storage;
use katok_gateway::config::ListenSettings;

use crate::args::Args;
use crate::data_dir;
use crate::failure::Failure;
use crate::kakao::{environment, no_problems, settings_file};

/// Finds it as `katok up` does.
pub(crate) fn of(args: &Args) -> Result<Storage, Failure> {
    let data = data_dir::of(args)?;
    let mut problems = Vec::new();
    let file = settings_file(args, &data, &mut problems);
    let listen = ListenSettings::read(&environment, &file, None, &mut problems);
    no_problems(&problems)?;
    Ok(Storage { data, database: listen.database, vault_key: listen.vault_key })
}
