//! `katok admin`: what the app's admin key may do for its users; the web never does it.

use futures_util::TryStreamExt as _;
use katok_client::{AdminClient, Error, KakaoCode, KakaoUserId, ListUserIds, Logout, RawCall, Unlink};
use katok_gateway::Sentence;
use serde_json::json;

use super::{unlink, whoami};
use crate::args::{self, AdminCommand, OneUser};
use crate::failure::{Exit, Failure};
use crate::kakao::Kakao;
use crate::output::Output;

const NOT_LINKED: KakaoCode = KakaoCode::Api(-101);
const INVALID_KEY: KakaoCode = KakaoCode::Api(-401);

pub(super) async fn run(kakao: &Kakao, args: &args::Admin, output: Output) -> Result<Exit, Failure> {
    let admin = kakao.admin()?;
    match &args.command {
        AdminCommand::Users => users(&admin, output).await,
        AdminCommand::User { id } => user(&admin, *id, output).await,
        AdminCommand::Unlink(user) => unlink_user(&admin, user, output).await,
        AdminCommand::Logout(user) => log_out_user(&admin, user, output).await,
    }
}

async fn users(admin: &AdminClient, output: Output) -> Result<Exit, Failure> {
    let users: Vec<KakaoUserId> = admin.stream(ListUserIds::new()).try_collect().await.map_err(refused)?;
    output.data(&json!({"elements": users, "total_count": users.len()}), || {
        users.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    })?;
    Ok(Exit::Done)
}

async fn user(admin: &AdminClient, id: i64, output: Output) -> Result<Exit, Failure> {
    let me = RawCall::get("/v2/user/me").parameter("target_id_type", "user_id");
    let profile = admin.call_raw(&me.parameter("target_id", id.to_string())).await.map_err(refused)?;
    whoami::print(output, &profile)?;
    Ok(Exit::Done)
}

async fn unlink_user(admin: &AdminClient, user: &OneUser, output: Output) -> Result<Exit, Failure> {
    let id = user.id;
    let question = Sentence::new(
        format!("사용자 {id}의 연결과 모든 동의, 토큰이 사라집니다. 계속하려면 yes를 입력하세요:"),
        format!("The link of user {id}, all consents and the tokens will be gone. Type yes to go on:"),
    );
    if !user.yes && !unlink::confirmed(output, &question, &format!("katok admin unlink {id} --yes")).await? {
        return Err(Failure::usage("연결을 끊지 않았습니다.", "Nothing was unlinked."));
    }
    let sentence = match admin.call_for(KakaoUserId::new(id), &Unlink).await {
        Ok(_) => Sentence::new("연결을 끊었습니다.", "Unlinked."),
        Err(error) if error.kakao_code() == Some(NOT_LINKED) => {
            Sentence::new("이미 연결되어 있지 않습니다.", "This user was not linked any more.")
        }
        Err(error) => return Err(refused(error)),
    };
    output.done(&json!({"id": id}), &sentence)?;
    Ok(Exit::Done)
}

async fn log_out_user(admin: &AdminClient, user: &OneUser, output: Output) -> Result<Exit, Failure> {
    let id = user.id;
    let question = Sentence::new(
        format!("사용자 {id}의 모든 토큰이 끊겨 모든 곳에서 로그아웃됩니다. 계속하려면 yes를 입력하세요:"),
        format!(
            "All tokens of user {id} will end, and the user is signed out everywhere. Type yes to go on:"
        ),
    );
    if !user.yes && !unlink::confirmed(output, &question, &format!("katok admin logout {id} --yes")).await? {
        return Err(Failure::usage("로그아웃하지 않았습니다.", "Nobody was signed out."));
    }
    let receipt = admin.call_for(KakaoUserId::new(id), &Logout).await.map_err(refused)?;
    output.done(&json!({"id": receipt.id}), &Sentence::new("로그아웃했습니다.", "Signed out."))?;
    Ok(Exit::Done)
}

/// Two refusals mean something else here than to somebody who signs in.
fn refused(error: Error) -> Failure {
    let code = error.kakao_code();
    let mut failure = if code == Some(NOT_LINKED) {
        Failure::new(Exit::Refused, "이 앱에 연결된 사용자가 아닙니다.", "This is no user of the app.")
    } else if code == Some(INVALID_KEY) {
        Failure::usage(
            "카카오가 어드민 키를 받지 않습니다. KAKAO_ADMIN_KEY와 앱의 허용 IP 주소를 확인하세요.",
            "Kakao does not take the admin key. Check KAKAO_ADMIN_KEY and the app's allowed IP addresses.",
        )
    } else {
        return error.into();
    };
    failure.code = code.map(|code| code.to_string().into());
    failure
}
