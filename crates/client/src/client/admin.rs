//! Calls with the app's admin key, which acts for every user of the app.

use futures_core::Stream;

use super::credential::Credential;
use super::stream::{self, Pages};
use super::{Client, RawCall};
use crate::endpoint::{Auth, Endpoint, Reply};
use crate::error::Call;
use crate::{AdminKey, Error, KakaoUserId};

/// A client that holds the admin key (어드민 키): for servers and operators, never for what a browser reaches.
///
/// Since 2025-12 an app's console says which calls an admin key may make; others are refused with -3.
/// See [Kakao Docs/Getting started, App key].
///
/// ```no_run
/// # async fn example(client: katok_client::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use katok_client::{AdminKey, KakaoUserId, Unlink};
///
/// let admin = client.admin(AdminKey::new("the app's admin key"));
/// admin.call_for(KakaoUserId::new(4_820_000_001), &Unlink).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct AdminClient {
    client: Client,
    key: AdminKey,
}

impl AdminClient {
    pub(super) fn new(client: Client, key: AdminKey) -> Self {
        Self { client, key }
    }

    /// Calls an endpoint that concerns the app.
    pub async fn call<E: Endpoint>(&self, endpoint: &E) -> Result<E::Output, Error> {
        const { assert!(matches!(E::AUTH, Auth::AdminKey), "this endpoint concerns one user: use call_for") }
        let credential = Credential::AdminKey(&self.key, None);
        self.client.request(&Call::of::<E>(), endpoint.encode(), credential, E::decode).await
    }

    /// Calls an endpoint for one user, who need not have a living token.
    pub async fn call_for<E: Endpoint>(&self, user: KakaoUserId, endpoint: &E) -> Result<E::Output, Error> {
        const {
            assert!(
                matches!(E::AUTH, Auth::AccessTokenOrAdminKey),
                "this endpoint is not called with an admin key for one user"
            );
        }
        let credential = Credential::AdminKey(&self.key, Some(user));
        self.client.request(&Call::of::<E>(), endpoint.encode(), credential, E::decode).await
    }

    /// Calls an endpoint this crate has no type for.
    pub async fn call_raw(&self, call: &RawCall) -> Result<serde_json::Value, Error> {
        let credential = Credential::AdminKey(&self.key, None);
        self.client.request(&call.call(), call.parameters(), credential, Reply::json_or_null).await
    }

    /// Everything on all pages of a list, page by page as it is asked for.
    pub fn stream<E: Pages>(
        &self,
        endpoint: E,
    ) -> impl Stream<Item = Result<E::Item, Error>> + Send + use<E> {
        let admin = self.clone();
        stream::all_pages(endpoint, move |endpoint| {
            let admin = admin.clone();
            async move { admin.call(&endpoint).await }
        })
    }
}
