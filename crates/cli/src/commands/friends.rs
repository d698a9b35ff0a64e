//! `katok friends`: who can receive messages.

use katok_client::Friend;
use katok_gateway::Sentence;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr as _;

use crate::failure::{Exit, Failure};
use crate::kakao::Kakao;
use crate::output::Output;
use crate::printable::printable;

pub(super) async fn run(kakao: &Kakao, output: Output) -> Result<Exit, Failure> {
    print(&kakao.friends().await?, output)?;
    Ok(Exit::Done)
}

pub(super) fn print(friends: &[Friend], output: Output) -> Result<(), Failure> {
    let elements: Vec<Value> = friends
        .iter()
        .map(|friend| {
            json!({
                "id": friend.id,
                "uuid": friend.uuid,
                "favorite": friend.favorite,
                "profile_nickname": friend.profile_nickname,
                "profile_thumbnail_image": friend.profile_thumbnail_image,
            })
        })
        .collect();
    output.data(&json!({"elements": elements, "total_count": friends.len()}), || table(friends, output))
}

/// Nickname, star and uuid in columns; a Hangul syllable is two columns wide.
fn table(friends: &[Friend], output: Output) -> String {
    if friends.is_empty() {
        return output.text(&Sentence::new(
            "이 앱에 로그인하고 동의한 친구가 아직 없습니다.",
            "No friend has signed in to this app and agreed yet.",
        ));
    }
    let name = |friend: &Friend| printable(friend.profile_nickname.as_deref().unwrap_or_default());
    let widest = friends.iter().map(|friend| name(friend).width()).max().unwrap_or(0);
    let line = |friend: &Friend| {
        let name = name(friend);
        let padding = " ".repeat(widest - name.width());
        let star = if friend.favorite == Some(true) { "★" } else { " " };
        format!("{star} {name}{padding}  {}", printable(friend.uuid.as_str()))
    };
    friends.iter().map(line).collect::<Vec<_>>().join("\n")
}
