//! The user who is logged in: who they are, what they agreed to, and taking the app out of their account.
//!
//! | type | request | [called with](crate::Auth) | consent | [effect](crate::Effect) |
//! |---|---|---|---|---|
//! | [`Me`] | `GET /v2/user/me` | token or admin key | | read |
//! | [`MeOnly`] | `GET /v2/user/me` | token or admin key | | read |
//! | [`UpdateProfile`] | `POST /v1/user/update_profile` | token | | change |
//! | [`GetAccessTokenInfo`] | `GET /v1/user/access_token_info` | token | | read |
//! | [`Logout`] | `POST /v1/user/logout` | token or admin key | | once |
//! | [`Unlink`] | `POST /v1/user/unlink` | token or admin key | | once |
//! | [`SignUp`] | `POST /v1/user/signup` | token | | once |
//! | [`ListScopes`] | `GET /v2/user/scopes` | token or admin key | | read |
//! | [`RevokeScopes`] | `POST /v2/user/revoke/scopes` | token or admin key | | once |
//! | [`ListServiceTerms`] | `GET /v2/user/service_terms` | token or admin key | | read |
//! | [`UpgradeServiceTerms`] | `POST /v2/user/upgrade/service_terms` | token or admin key | | once |
//! | [`RevokeServiceTerms`] | `POST /v2/user/revoke/service_terms` | token or admin key | | once |
//! | [`ListShippingAddresses`] | `GET /v1/user/shipping_address` | token or admin key | shipping_address | read |
//! | [`ListUserIds`] | `GET /v1/user/ids` | admin key | | read |
//! | [`ListUsers`] | `GET /v2/app/users` | admin key | | read |

mod access_token_info;
mod app_users;
mod logout;
mod me;
mod profile;
mod property_key;
mod revoke_scopes;
mod revoke_service_terms;
mod scopes;
mod service_terms;
mod shipping_addresses;
mod sign_up;
mod unlink;
mod update_profile;
mod upgrade_service_terms;
mod user_ids;

pub use access_token_info::{AccessTokenInfo, GetAccessTokenInfo};
pub use app_users::{ListUsers, ListUsersError};
pub use logout::Logout;
pub use me::{Me, MeOnly};
pub use profile::{AgeRange, BirthdayType, ForPartner, Gender, KakaoAccount, KakaoProfile, Profile};
pub use property_key::PropertyKey;
pub use revoke_scopes::RevokeScopes;
pub use revoke_service_terms::{RevokeServiceTerms, RevokedServiceTerm, RevokedServiceTerms};
pub use scopes::{ConsentItem, ConsentType, ListScopes, UserScopes};
pub use service_terms::{AgreedBy, ListServiceTerms, ServiceTerm, UserServiceTerms};
pub use shipping_addresses::{
    ListShippingAddresses, ShippingAddress, ShippingAddressPage, ShippingAddressType,
};
pub use sign_up::SignUp;
pub use unlink::{Unlink, UserReceipt};
pub use update_profile::UpdateProfile;
pub use upgrade_service_terms::{AgreedServiceTerm, AgreedServiceTerms, UpgradeServiceTerms};
pub use user_ids::{ListUserIds, UserIdPage};
