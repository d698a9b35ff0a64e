//! A Kakao with one app and some people, and a client that knows the app.

use katok_client::{AccessToken, AdminClient, AdminKey, Client, ClientSecret, RestApiKey};
use katok_emulator::{Emulator, Options, Seed};

const SEED: &str = "
apps:
- key: shop
  rest_api_key: REST_API_KEY
  client_secret: CLIENT_SECRET
  admin_key: ADMIN_KEY
  oidc: true
  redirect_uris: ['https://svc.example/cb']
  logout_redirect_uris: ['https://svc.example/out']
  consent_items:
  - {id: profile_nickname, level: required}
  - {id: account_email, level: optional}
  - {id: gender, level: in_use}
  - {id: age_range, level: in_use}
  - {id: birthday, level: in_use}
  - {id: shipping_address, level: in_use}
  - {id: talk_message, level: in_use}
  permissions: [message]
  properties: [favorite]
  service_terms: [{tag: service, required: true}, {tag: news}, {tag: ads}]
  channels: [{public_id: _ZeUTxl, uuid: '@shop'}]
people:
- key: mina
  nickname: 미나
  gender: female
  age_range: '20~29'
  birthday: '0715'
  birthday_type: LUNAR
  shipping_addresses:
  - {id: 1, updated_at: 100, type: NEW}
  - {id: 2, updated_at: 200, type: NEW}
  - {id: 3, updated_at: 150, type: OLD, is_default: true}
  - {id: 4, updated_at: 300, type: OLD}
  - {id: 5, updated_at: 400, type: OLD}
- {key: jiho}
- {key: a}
- {key: b}
- {key: c}
links: [{app: shop, person: a}, {app: shop, person: b}, {app: shop, person: c}]
";

pub(crate) struct Emulated {
    pub(crate) emulator: Emulator,
    pub(crate) client: Client,
    pub(crate) admin: AdminClient,
}

impl Emulated {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut Seed)) -> Self {
        let mut seed = Seed::parse(SEED).unwrap();
        change(&mut seed);
        let emulator = Emulator::start(Options { seed, ..Options::default() }).await.unwrap();
        let client = Client::builder(RestApiKey::new("REST_API_KEY"))
            .client_secret(ClientSecret::new("CLIENT_SECRET"))
            .auth_base_url(emulator.base_url())
            .api_base_url(emulator.base_url())
            .build()
            .unwrap();
        let admin = client.admin(AdminKey::new("ADMIN_KEY"));
        Self { emulator, client, admin }
    }

    /// Somebody who agreed to what the app asks for at the first login, and to these.
    pub(crate) async fn signed_in(&self, person: &str, scopes: &[&str]) -> AccessToken {
        AccessToken::new(self.emulator.sign_in("shop", person, scopes).await.unwrap().access_token)
    }
}
