//! Every endpoint of this crate in one table, for the tests that are about all of them.

use crate::endpoint::{Auth, Endpoint, Reply, Unreadable};
use crate::error::Call;
use crate::login::RefreshTokens;
use crate::*;

pub(super) struct Row {
    /// The type with its modules.
    pub(super) name: &'static str,
    /// The folder of its samples.
    pub(super) samples: &'static str,
    pub(super) call: Call,
    #[cfg_attr(
        not(feature = "oidc"),
        expect(dead_code, reason = "only the page of all endpoints asks for it")
    )]
    pub(super) auth: Auth,
    pub(super) decode: fn(&Reply) -> Result<(), Unreadable>,
}

fn row<E: Endpoint>(samples: &'static str) -> Row {
    Row {
        name: std::any::type_name::<E>(),
        samples,
        call: Call::of::<E>(),
        auth: E::AUTH,
        decode: |reply| E::decode(reply).map(drop),
    }
}

pub(super) fn endpoints() -> Vec<Row> {
    vec![
        row::<ExchangeCode>("oauth_token_code"),
        row::<RefreshTokens<'_>>("oauth_token_refresh"),
        #[cfg(feature = "oidc")]
        row::<GetProviderMetadata>("openid_configuration"),
        #[cfg(feature = "oidc")]
        row::<GetJwks>("jwks"),
        #[cfg(feature = "oidc")]
        row::<GetIdTokenInfo>("oauth_tokeninfo"),
        #[cfg(feature = "oidc")]
        row::<GetUserInfo>("oidc_userinfo"),
        row::<Me>("user_me"),
        row::<MeOnly>("user_me"),
        row::<ListUsers>("app_users"),
        row::<ListUserIds>("user_ids"),
        row::<GetAccessTokenInfo>("user_access_token_info"),
        row::<SignUp>("user_signup"),
        row::<UpdateProfile>("user_update_profile"),
        row::<Logout>("user_logout"),
        row::<Unlink>("user_unlink"),
        row::<ListScopes>("user_scopes"),
        row::<RevokeScopes>("user_revoke_scopes"),
        row::<ListServiceTerms>("user_service_terms"),
        row::<UpgradeServiceTerms>("user_upgrade_service_terms"),
        row::<RevokeServiceTerms>("user_revoke_service_terms"),
        row::<ListShippingAddresses>("user_shipping_address"),
        row::<GetTalkProfile>("talk_profile"),
        row::<ListFriends>("talk_friends"),
        row::<SendToMe>("talk_memo_default_send"),
        row::<SendScrapToMe>("talk_memo_scrap_send"),
        row::<SendCustomToMe>("talk_memo_send"),
        row::<SendToFriends>("talk_friends_message_default_send"),
        row::<SendScrapToFriends>("talk_friends_message_scrap_send"),
        row::<SendCustomToFriends>("talk_friends_message_send"),
        row::<UploadImage>("talk_message_image_upload"),
        row::<ScrapeImage>("talk_message_image_scrap"),
        row::<DeleteImage>("talk_message_image_delete"),
        row::<ListChannels>("talk_channels"),
        row::<ListChannelsOfUsers>("talk_channels_multi"),
        row::<GetEventsConfiguration>("events_configuration"),
    ]
}

/// Whether the sample of this name is one of the folder's.
pub(super) fn is_in(name: &str, folder: &str) -> bool {
    name.split_once('/').is_some_and(|(of, _)| of == folder)
}
