//! Somebody deletes their account at the service, which unlinks them from Kakao, however often it has to try:
//! `cargo run -p katok-client --example delete_account`.
#![expect(clippy::print_stdout, reason = "an example shows what happens")]

mod kakao;

use std::error::Error;

use katok_client::{AdminClient, AdminKey, KakaoUserId, Me, Remedy, Unlink};

/// What is left to do about a person who is being deleted.
#[derive(Debug)]
enum Unlinking {
    Done,
    TryAgainLater,
}

/// The admin key unlinks people whose tokens are long dead. -101 says that they are not linked: it is done.
async fn unlink(admin: &AdminClient, user: KakaoUserId) -> Result<Unlinking, katok_client::Error> {
    match admin.call_for(user, &Unlink).await {
        Ok(_) => Ok(Unlinking::Done),
        Err(error) if error.is_not_linked() => Ok(Unlinking::Done),
        Err(error) if matches!(error.remedy(), Remedy::Retry { .. }) => Ok(Unlinking::TryAgainLater),
        Err(error) => Err(error),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let kakao = kakao::start().await?;
    let token = kakao.token_of_ryan().await?;
    let user = kakao.client.call(&Me, &token).await?.id;
    let admin = kakao.client.admin(AdminKey::new("de30ad31de30ad31de30ad31de30ad31"));

    // The answer is lost on its way, although Kakao did the work.
    kakao.emulator.fault(katok_emulator::Fault::on("/v1/user/unlink").times(1).drop_after())?;
    for attempt in 1..=3 {
        println!("attempt {attempt}: {:?}", unlink(&admin, user).await?);
    }
    Ok(())
}
