//! `katok emulator people`: who there is, and which apps they are signed up to.

use serde_json::json;

use crate::columns::aligned;
use crate::control::{Control, World};
use crate::failure::{Exit, Failure};
use crate::output::Output;

pub(super) async fn run(control: &Control, output: Output) -> Result<Exit, Failure> {
    let World { people, links, .. } = control.world().await?;
    let apps_of = |person: &str| -> Vec<&str> {
        links.iter().filter(|link| link.person == person).map(|link| link.app.as_str()).collect()
    };
    let listed = people.iter().map(|person| {
        json!({
            "key": person.key,
            "nickname": person.nickname,
            "email": person.email,
            "apps": apps_of(&person.key),
        })
    });
    output.data(&json!({"people": listed.collect::<Vec<_>>()}), || {
        let mut rows = vec![[
            output.words("키", "key"),
            output.words("닉네임", "nickname"),
            output.words("이메일", "email"),
            output.words("연결된 앱", "apps"),
        ]];
        rows.extend(people.iter().map(|person| {
            [
                person.key.clone(),
                person.nickname.clone(),
                person.email.clone(),
                apps_of(&person.key).join(","),
            ]
        }));
        aligned(&rows)
    })?;
    Ok(Exit::Done)
}
