//! `katok token`: the stored tokens, without showing them.

use std::path::Path;

use jiff::Timestamp;
use katok_client::{Me, TokenStore as _, Tokens};
use katok_gateway::Sentence;
use serde_json::{Value, json};

use super::login;
use crate::args::TokenCommand;
use crate::columns::aligned;
use crate::failure::{Exit, Failure};
use crate::kakao::Kakao;
use crate::korean_time::korean_time;
use crate::output::Output;
use crate::profile::Profile;
use crate::standard_input;
use crate::tokens::import;
use crate::tokens::{KeptIn, can_refresh};

pub(super) async fn run(kakao: &Kakao, command: &TokenCommand, output: Output) -> Result<Exit, Failure> {
    match command {
        TokenCommand::Show { all: false } => show(kakao, output).await,
        TokenCommand::Show { all: true } => show_all(kakao, output).await,
        TokenCommand::Refresh => {
            let stored = kakao.tokens.load(&kakao.key).await?.ok_or_else(Failure::not_signed_in)?;
            kakao.refresh(&stored.value.access_token).await?;
            show(kakao, output).await
        }
        TokenCommand::Import { file } => {
            import::import(kakao, &text(file).await?, output).await?;
            login::greet(kakao, output).await
        }
    }
}

async fn show(kakao: &Kakao, output: Output) -> Result<Exit, Failure> {
    let shown = Shown::of(kakao, kakao.profile.clone()).await?.ok_or_else(Failure::not_signed_in)?;
    output.data(&shown.json(), || shown.lines(output))?;
    Ok(Exit::Done)
}

async fn show_all(kakao: &Kakao, output: Output) -> Result<Exit, Failure> {
    let keys = kakao.tokens.keys().await?;
    let mut profiles: Vec<Profile> = keys.iter().filter_map(|key| Profile::of_key(&kakao.app, key)).collect();
    profiles.sort();
    let mut all = Vec::new();
    for profile in profiles {
        all.extend(Shown::of(kakao, profile).await?);
    }
    let as_json: Vec<Value> = all.iter().map(Shown::json).collect();
    output.data(&json!({"profiles": as_json}), || {
        if all.is_empty() {
            return output.text(&Sentence::new("아무도 로그인하지 않았습니다.", "Nobody is signed in."));
        }
        all.iter().map(|shown| shown.lines(output)).collect::<Vec<_>>().join("\n\n")
    })?;
    Ok(Exit::Done)
}

/// What is known of the tokens of one profile.
struct Shown {
    profile: Profile,
    tokens: Tokens,
    kept_in: KeptIn,
    now: Timestamp,
    /// As Kakao tells it; none while it cannot be asked.
    person: Option<Value>,
}

impl Shown {
    async fn of(kakao: &Kakao, profile: Profile) -> Result<Option<Self>, Failure> {
        let key = profile.key(&kakao.app);
        let Some(stored) = kakao.tokens.load(&key).await? else { return Ok(None) };
        let kept_in = kakao.tokens.kept_in(&key).await?;
        let (tokens, now) = (stored.value, kakao.client.clock().now());
        let person = if tokens.access_token_expires_at > now {
            kakao.client.call_json(&Me, &tokens.access_token).await.ok()
        } else {
            // To look must not change anything.
            None
        };
        Ok(Some(Self { profile, tokens, kept_in, now, person }))
    }

    fn user_id(&self) -> Option<&Value> {
        self.person.as_ref()?.get("id")
    }

    fn nickname(&self) -> Option<&str> {
        self.person.as_ref()?.pointer("/kakao_account/profile/nickname")?.as_str()
    }

    fn refresh_ends_at(&self) -> Option<Timestamp> {
        can_refresh(&self.tokens).then_some(self.tokens.refresh_token_expires_at)
    }

    fn json(&self) -> Value {
        let path = match &self.kept_in {
            KeptIn::File(path) => Some(path),
            KeptIn::Keyring => None,
        };
        json!({
            "profile": self.profile.to_string(),
            "user_id": self.user_id(),
            "nickname": self.nickname(),
            "access_token_expires_at": self.tokens.access_token_expires_at,
            "refresh_token_expires_at": self.refresh_ends_at(),
            "scopes": self.tokens.scopes,
            "kept_in": if path.is_some() { "file" } else { "keyring" },
            "path": path,
        })
    }

    fn lines(&self, output: Output) -> String {
        let person = match (self.nickname(), self.user_id()) {
            (Some(nickname), Some(id)) => format!("{nickname} ({id})"),
            (None, Some(id)) => id.to_string(),
            _ => output.words("지금은 알 수 없음", "not known now"),
        };
        let refresh_ends = self.refresh_ends_at().map_or_else(
            || output.words("없음: 새로 받을 수 없음", "none: cannot be refreshed"),
            |ends_at| self.until(ends_at, output),
        );
        let scopes: Vec<&str> = self.tokens.scopes.iter().map(katok_client::Scope::as_str).collect();
        let scopes = if scopes.is_empty() { output.words("모름", "unknown") } else { scopes.join(", ") };
        let kept_in = match &self.kept_in {
            KeptIn::File(path) => path.display().to_string(),
            KeptIn::Keyring => output.words("시스템 키링", "system keyring"),
        };
        aligned(&[
            [output.words("프로필", "Profile"), self.profile.to_string()],
            [output.words("사람", "Person"), person],
            [
                output.words("액세스 토큰", "Access token"),
                self.until(self.tokens.access_token_expires_at, output),
            ],
            [output.words("리프레시 토큰", "Refresh token"), refresh_ends],
            [output.words("동의 항목", "Scopes"), scopes],
            [output.words("보관", "Kept in"), kept_in],
        ])
    }

    fn until(&self, ends_at: Timestamp, output: Output) -> String {
        let at = korean_time(ends_at).strftime("%Y-%m-%d %H:%M");
        if ends_at > self.now {
            output.words(&format!("{at}까지(한국 시각)"), &format!("until {at} in Korea"))
        } else {
            output.words(&format!("{at}에 끝남(한국 시각)"), &format!("ended {at} in Korea"))
        }
    }
}

/// The file that another program keeps its tokens in.
async fn text(file: &Path) -> Result<String, Failure> {
    let text =
        if file == Path::new("-") { standard_input::all().await } else { std::fs::read_to_string(file) };
    text.map_err(|error| {
        let file = file.display();
        Failure::usage(
            format!("토큰 파일을 읽을 수 없습니다: {file} ({error})"),
            format!("The token file cannot be read: {file} ({error})"),
        )
    })
}
