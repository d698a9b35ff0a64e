//! `GET /v2/app/users`: what the app may know about several of its users.

use http::Method;
use serde::Deserialize;

use super::property_key;
use crate::endpoint::{Auth, Effect, Endpoint, Host, Parameters, Reply, Unreadable, sealed};
use crate::{KakaoUserId, Profile, PropertyKey, Scope};

/// Asks about several users with the admin key; without property keys, when each was linked.
///
/// Nobody says what becomes of an id that is no user of the app: be ready for fewer answers than questions.
/// See [Kakao Docs/Kakao Login REST API, Retrieve multiple user information].
///
/// ```no_run
/// # async fn example(admin: katok_client::AdminClient) -> Result<(), Box<dyn std::error::Error>> {
/// use katok_client::{KakaoUserId, ListUsers, PropertyKey};
///
/// let users = [KakaoUserId::new(4_820_000_001), KakaoUserId::new(4_820_000_002)];
/// let everything = [PropertyKey::KAKAO_ACCOUNT, PropertyKey::PROPERTIES, PropertyKey::HAS_SIGNED_UP];
/// let profiles = admin.call(&ListUsers::new(users)?.property_keys(everything)?).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListUsers {
    users: Vec<KakaoUserId>,
    property_keys: Vec<PropertyKey>,
}

impl ListUsers {
    /// The most users of one call.
    pub const MAX: usize = 100;
    /// The most users of one call that names property keys.
    pub const MAX_WITH_PROPERTY_KEYS: usize = 20;

    /// These users: at least one, at most [`MAX`](Self::MAX).
    pub fn new(users: impl IntoIterator<Item = KakaoUserId>) -> Result<Self, ListUsersError> {
        Self { users: users.into_iter().collect(), property_keys: Vec::new() }.within_limits()
    }

    /// Asks for these parts, of at most [`MAX_WITH_PROPERTY_KEYS`](Self::MAX_WITH_PROPERTY_KEYS) users.
    pub fn property_keys(
        mut self,
        keys: impl IntoIterator<Item = PropertyKey>,
    ) -> Result<Self, ListUsersError> {
        self.property_keys = keys.into_iter().collect();
        self.within_limits()
    }

    fn within_limits(self) -> Result<Self, ListUsersError> {
        let max = if self.property_keys.is_empty() { Self::MAX } else { Self::MAX_WITH_PROPERTY_KEYS };
        match self.users.len() {
            0 => Err(ListUsersError::Nobody),
            given if given > max => Err(ListUsersError::TooMany { given, max }),
            _ => Ok(self),
        }
    }
}

/// Why a list of users cannot be asked about in one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ListUsersError {
    /// The list is empty.
    #[error("name at least one user")]
    Nobody,
    /// The list is longer than Kakao takes in one call.
    #[error("one call asks about at most {max} users and {given} were given: ask in several calls")]
    TooMany {
        /// How many were given.
        given: usize,
        /// How many there may be: fewer with property keys than without.
        max: usize,
    },
}

impl sealed::Sealed for ListUsers {}

impl Endpoint for ListUsers {
    const METHOD: Method = Method::GET;
    const HOST: Host = Host::Api;
    const PATH: &'static str = "/v2/app/users";
    const AUTH: Auth = Auth::AdminKey;
    const SCOPES: &'static [Scope] = &[];
    const EFFECT: Effect = Effect::Read;
    type Output = Vec<Profile>;

    fn encode(&self) -> Parameters {
        let ids: serde_json::Value = self.users.iter().map(|user| user.get()).collect();
        Parameters::new()
            .with("target_id_type", "user_id")
            .with("target_ids", ids.to_string())
            .with_some("property_keys", property_key::to_json(&self.property_keys))
    }

    /// Kakao's samples are a bare array, and its table of fields puts that array into `elements`.
    fn decode(reply: &Reply) -> Result<Vec<Profile>, Unreadable> {
        #[derive(Deserialize)]
        struct Wire {
            elements: Vec<Profile>,
        }
        if reply.body.trim_ascii_start().starts_with(b"[") {
            return reply.json();
        }
        let Wire { elements } = reply.json()?;
        Ok(elements)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Remedy;
    use crate::contract::Sample;

    fn users(count: i64) -> impl Iterator<Item = KakaoUserId> {
        (4_820_000_001..).map(KakaoUserId::new).take(usize::try_from(count).unwrap())
    }

    #[tokio::test]
    async fn users_come_with_the_time_of_their_link() {
        for sample in ["ids_and_times", "elements"] {
            let sample = Sample::named(&format!("app_users/{sample}"));
            let profiles = sample.call_by_admin(&ListUsers::new(users(2)).unwrap()).await.unwrap();
            assert!(profiles.iter().map(|profile| profile.id).eq(users(2)));
            assert_eq!(profiles[1].connected_at, Some("2026-01-03T03:04:05Z".parse().unwrap()));
        }
    }

    #[tokio::test]
    async fn what_is_asked_for_comes_along() {
        let ask = ListUsers::new(users(1)).unwrap().property_keys([PropertyKey::PROFILE]).unwrap();
        let profiles = Sample::named("app_users/property_keys").call_by_admin(&ask).await.unwrap();
        assert_eq!(profiles[0].nickname(), Some("Lee"));
    }

    #[tokio::test]
    async fn a_wrong_admin_key_is_the_operators_business() {
        let sample = Sample::named("app_users/wrong_admin_key");
        let admin = sample.client("").admin(crate::AdminKey::new("WRONG_KEY"));
        let error = admin.call(&ListUsers::new(users(2)).unwrap()).await.unwrap_err();
        assert_eq!(error.remedy(), Remedy::TellOperator);
    }

    #[test]
    fn more_than_kakao_takes_is_refused_before_it_is_sent() {
        assert_eq!(ListUsers::new([]), Err(ListUsersError::Nobody));
        assert_eq!(ListUsers::new(users(101)), Err(ListUsersError::TooMany { given: 101, max: 100 }));
        let all = ListUsers::new(users(100)).unwrap();
        let error = all.clone().property_keys([PropertyKey::EMAIL]).unwrap_err();
        assert_eq!(error, ListUsersError::TooMany { given: 100, max: 20 });
        assert_eq!(all.clone().property_keys([]), Ok(all));
        ListUsers::new(users(20)).unwrap().property_keys([PropertyKey::EMAIL]).unwrap();
    }
}
