//! `katok completions`: a script by which a shell completes commands, options and friends' names.

use katok_gateway::Sentence;
use serde_json::json;

use crate::args::Shell;
use crate::completion;
use crate::failure::{Exit, Failure};
use crate::output::Output;

pub(super) fn run(shell: Shell, output: Output) -> Result<Exit, Failure> {
    let script = completion::script(shell.name()).map_err(|error| {
        let Sentence { ko, en } = Sentence::new(
            format!("자동 완성 스크립트를 만들지 못했습니다({error})."),
            format!("The completion script could not be made ({error})."),
        );
        Failure::system(ko, en)
    })?;
    output.data(&json!({"script": script}), || script.trim_end().to_owned())?;
    Ok(Exit::Done)
}
