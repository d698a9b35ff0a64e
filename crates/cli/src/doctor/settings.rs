//! The settings: which are set and from where, what is wrong with them, and whether the keys look like keys.

use std::path::Path;

use katok_client::{AdminKey, ClientSecret};
use katok_gateway::config::{CATALOGUE, KakaoKeys, Source};

use super::{Check, State};
use crate::args::Args;
use crate::commands::mistyped_variables;
use crate::failure::Exit;
use crate::kakao::environment;
use crate::printable::printable;
use crate::up_settings::{UpSettings, path_of_file};

const APP_KEYS: [&str; 2] = ["[앱] > [플랫폼 키]", "[App] > [Platform key]"];

/// What is set, and each thing that is wrong with it.
pub(crate) fn checks(args: &Args, data: &Path) -> (Vec<Check>, UpSettings) {
    let mut problems = Vec::new();
    let settings = UpSettings::read(args, data, None, &mut problems);
    let mut checks = vec![what_is_set(args, data, &settings)];
    let told = |sentence, state| {
        Check { sentence, ..Check::new("setting", state, "", "") }
            .remedy("katok config show", "katok config show")
    };
    checks.extend(problems.into_iter().map(|problem| told(problem, State::Failed(Exit::Usage))));
    checks.extend(mistyped_variables().into_iter().map(|hint| told(hint, State::Warning)));
    if let Some(app) = &settings.app {
        checks.push(key_shapes(&app.keys));
    }
    (checks, settings)
}

fn what_is_set(args: &Args, data: &Path, settings: &UpSettings) -> Check {
    let found = CATALOGUE.iter().map(|setting| setting.effective(&environment, &settings.file));
    let set: Vec<(String, String)> = found
        .filter_map(|found| match &found.source {
            Source::Environment(variable) => Some((variable.clone(), variable.clone())),
            Source::File => found.setting.key.map(|key| (format!("{key}(파일)"), format!("{key} (file)"))),
            Source::Flag | Source::Default => None,
        })
        .collect();
    if set.is_empty() {
        return Check::fine(
            "settings",
            "설정한 것이 없습니다. 이 컴퓨터의 에뮬레이터를 씁니다.",
            "Nothing is set: the emulator on this machine is used.",
        );
    }
    let file = path_of_file(args, data);
    let (ko, en) = if file.exists() { ("", "") } else { (" (없음)", " (there is none)") };
    let file = printable(&file.display().to_string());
    let (file_ko, file_en) = (format!("{file}{ko}"), format!("{file}{en}"));
    let list = |part: fn(&(String, String)) -> &str| set.iter().map(part).collect::<Vec<_>>().join(", ");
    let (ko, en) = (list(|(ko, _)| ko), list(|(_, en)| en));
    Check::fine(
        "settings",
        format!("설정: {ko}. 설정 파일: {file_ko}."),
        format!("Set: {en}. Settings file: {file_en}."),
    )
}

/// All of Kakao's samples have 32 hexadecimal digits, but no document promises that.
fn is_usual(key: &str) -> bool {
    key.len() == 32 && key.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn key_shapes(keys: &KakaoKeys) -> Check {
    let rest = keys.rest_api_key.secret();
    let others = [
        ("KAKAO_JAVASCRIPT_KEY", keys.javascript_key.as_deref()),
        ("KAKAO_ADMIN_KEY", keys.admin_key.as_ref().map(AdminKey::secret)),
        ("KAKAO_CLIENT_SECRET", keys.client_secret.as_ref().map(ClientSecret::secret)),
    ];
    if let Some((name, _)) = others.iter().find(|(_, key)| *key == Some(rest)) {
        return Check::failed(
            "key_shapes",
            Exit::Usage,
            format!("KAKAO_REST_API_KEY와 {name}의 값이 같습니다. 둘은 서로 다른 키입니다."),
            format!("KAKAO_REST_API_KEY and {name} are the same; they are two different keys."),
        )
        .remedy(
            "콘솔에서 각 키를 다시 복사해 제 이름의 설정에 넣으세요.",
            "Copy each key from the console again, into the setting of its own name.",
        )
        .at(APP_KEYS);
    }
    let app_keys = [("KAKAO_REST_API_KEY", Some(rest)), others[0], others[1]];
    let odd = app_keys.into_iter().find_map(|(name, key)| Some((name, key.filter(|key| !is_usual(key))?)));
    match odd {
        None => Check::fine(
            "key_shapes",
            "앱 키의 모양이 맞습니다(소문자 16진수 32자).",
            "The app keys look like keys: 32 hexadecimal digits.",
        ),
        Some((name, key)) => {
            let length = key.chars().count();
            Check::warning(
                "key_shapes",
                format!("{name}의 모양이 낯섭니다({length}자). 카카오의 앱 키는 소문자 16진수 32자입니다."),
                format!("{name} looks unusual: {length} characters. Kakao's app keys are 32 hexadecimal digits in small letters."),
            )
            .remedy(
                "따옴표, 빈칸, KakaoAK 같은 말 없이 키만 끝까지 복사했는지 확인하세요.",
                "See that you copied the whole key and nothing else: no quotes, spaces or words such as KakaoAK.",
            )
            .at(APP_KEYS)
        }
    }
}
