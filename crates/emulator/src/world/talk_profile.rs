//! The profile in KakaoTalk, which is not the one of the Kakao account.
//!
//! See [Kakao Docs/Kakao Talk Social: REST API].

use jiff::Timestamp;

use super::credentials::Credentials;
use super::{Command, World};
use crate::fault::ApiFault;

const API: &str = "TALK_PROFILE";
/// The item of old apps that stands for the other two.
const WHOLE_PROFILE: &str = "profile";

/// Asks for the user's profile in KakaoTalk.
pub(crate) struct ShowTalkProfile {
    pub(crate) credentials: Credentials,
}

/// A profile as far as the user agreed to give it.
pub(crate) struct TalkProfile {
    pub(crate) user_id: i64,
    pub(crate) nickname: Option<String>,
    /// The addresses of the picture and its small form, empty for people who chose none.
    pub(crate) pictures: Option<(String, String)>,
}

impl Command for ShowTalkProfile {
    type Reply = TalkProfile;
    type Fault = ApiFault;

    fn run(self, world: &mut World, now: Timestamp) -> Result<TalkProfile, ApiFault> {
        let caller = world.caller_by_token(&self.credentials, now)?;
        let items = ["profile_nickname", "profile_image", WHOLE_PROFILE];
        let asked = items.iter().find(|item| caller.app.level(item).is_some());
        caller.require_enabled(asked.unwrap_or(&items[0]), API)?;
        if !items.iter().any(|item| caller.may_know(item)) {
            caller.require(asked.unwrap_or(&items[0]), API)?;
        }
        caller.require_talk()?;
        let may_know = |item: &str| caller.may_know(item) || caller.may_know(WHOLE_PROFILE);
        let person = caller.person;
        let address = |url: &Option<String>| url.clone().unwrap_or_default();
        let profile = TalkProfile {
            user_id: caller.user_id(),
            nickname: may_know("profile_nickname").then(|| person.nickname.clone()),
            pictures: may_know("profile_image")
                .then(|| (address(&person.profile_image_url), address(&person.thumbnail_image_url))),
        };
        let (app, quotas) = (caller.app.key.clone(), caller.app.quotas);
        world.counts_of_today(&app, now).count_talk_profile(&quotas)?;
        Ok(profile)
    }
}
