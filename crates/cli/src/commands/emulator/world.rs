//! `katok emulator seed`, `reset` and `world`: all of the emulator's world at once.

use std::path::Path;

use katok_gateway::Sentence;
use serde_json::{Value, json};

use super::{parse, unreadable};
use crate::control::Control;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::printable::printable;
use crate::standard_input;

pub(super) async fn seed(control: &Control, file: &Path, output: Output) -> Result<Exit, Failure> {
    let text =
        if file == Path::new("-") { standard_input::all().await } else { std::fs::read_to_string(file) };
    let text = text.map_err(|error| unreadable(file, &error))?;
    // The emulator would take it for the built-in seed; but it may come from a program that failed.
    if text.trim().is_empty() {
        return Err(Failure::usage(
            format!("시드가 비어 있습니다: {}", file.display()),
            format!("The seed is empty: {}", file.display()),
        )
        .hint("katok emulator reset --built-in"));
    }
    // It tells a mistake in the person's language.
    parse(&text, file)?;
    let world = control.post_document(&["reset"], text).await?;
    output.say(&begun(&world));
    output.data(&world, || settings(&world, &control.origin()))?;
    Ok(Exit::Done)
}

pub(super) async fn reset(control: &Control, built_in: bool, output: Output) -> Result<Exit, Failure> {
    let world = if built_in {
        control.post(&["reset"], &json!({})).await?
    } else {
        control.post(&["begin-again"], &json!({})).await?
    };
    output.done(&world, &begun(&world))?;
    Ok(Exit::Done)
}

pub(super) async fn show(control: &Control, yaml: bool, output: Output) -> Result<Exit, Failure> {
    let world = control.get(&["world"]).await?;
    let text = if yaml { serde_saphyr::to_string(&world).ok() } else { None };
    output.data(&world, || text.map_or_else(|| format!("{world:#}"), |text| text.trim_end().to_owned()))?;
    Ok(Exit::Done)
}

fn begun(world: &Value) -> Sentence {
    let count = |name: &str| world[name].as_array().map_or(0, Vec::len);
    let (apps, people) = (count("apps"), count("people"));
    Sentence::new(
        format!("처음부터 다시 시작했습니다: 앱 {apps}개, 사람 {people}명."),
        format!("Begun anew: apps: {apps}, people: {people}."),
    )
}

/// What a program needs to be one of the apps, as lines of an environment file.
fn settings(world: &Value, origin: &str) -> String {
    let mut lines = vec![format!("KAKAO_AUTH_BASE_URL={origin}"), format!("KAKAO_API_BASE_URL={origin}")];
    for app in world["apps"].as_array().into_iter().flatten() {
        lines.push(format!("# {}", printable(app["key"].as_str().unwrap_or_default())));
        for (setting, field) in [
            ("KAKAO_REST_API_KEY", "rest_api_key"),
            ("KAKAO_CLIENT_SECRET", "client_secret"),
            ("KAKAO_ADMIN_KEY", "admin_key"),
            ("KAKAO_JAVASCRIPT_KEY", "javascript_key"),
        ] {
            // The client secret may be switched off.
            lines.extend(app[field].as_str().map(|value| format!("{setting}={}", printable(value))));
        }
    }
    lines.join("\n")
}
