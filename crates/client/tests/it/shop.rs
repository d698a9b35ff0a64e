//! A service whose app asks for more than the built-in one, has terms and properties, and people to ask.

use katok_emulator::Seed;

use crate::service::Service;

const SEED: &str = "
apps:
- key: demo
  rest_api_key: de300de300de300de300de300de30001
  client_secret: de305ec7de305ec7de305ec7de305ec7
  admin_key: de30ad31de30ad31de30ad31de30ad31
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
links: [{app: demo, person: a}, {app: demo, person: b}, {app: demo, person: c}]
";

pub(crate) async fn open() -> Service {
    open_but(|_| {}).await
}

/// The shop in a world that differs.
pub(crate) async fn open_but(change: impl FnOnce(&mut Seed)) -> Service {
    Service::start_but(|seed| {
        *seed = Seed::parse(SEED).unwrap();
        change(seed);
    })
    .await
}
