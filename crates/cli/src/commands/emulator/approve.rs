//! `katok emulator approve`: plays the person at the consent page.

use serde_json::json;

use crate::args::emulator::Approve;
use crate::control::Control;
use crate::failure::{Exit, Failure};
use crate::output::Output;

pub(super) async fn run(control: &Control, approve: &Approve, output: Output) -> Result<Exit, Failure> {
    let Approve { url, person, deny, scopes } = approve;
    let decision = if *deny { "deny" } else { "allow" };
    let approval = json!({"authorize_url": url, "person": person, "decision": decision, "scopes": scopes});
    let answer = control.post(&["approve"], &approval).await?;
    output.data(&answer, || answer["redirect_url"].as_str().unwrap_or_default().to_owned())?;
    Ok(Exit::Done)
}
