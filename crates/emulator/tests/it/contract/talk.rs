//! What the samples of KakaoTalk's calls need in the world.

use katok_emulator::Seed;
use katok_emulator::seed::{
    Channel, ChannelRelation, ConsentItem, ConsentLevel, CustomTemplate, TemplateKind, TemplatePurpose,
};
use serde_json::json;

pub(super) fn prepare(case: &str, seed: &mut Seed) {
    let app = &mut seed.apps[0];
    app.javascript_key = "JAVASCRIPT_KEY".into();
    let body =
        json!({"content": {"title": "${name}", "link": {"web_url": "https://shop.example.com/${path}"}}});
    let purpose = match case {
        "talk_friends_message_send/template_for_sharing" => TemplatePurpose::Share,
        _ => TemplatePurpose::Message,
    };
    app.templates = vec![CustomTemplate { id: 90001, kind: TemplateKind::Feed, purpose, body }];
    if case.starts_with("talk_channels") {
        let consent = ConsentItem { id: "plusfriends".to_owned(), level: ConsentLevel::Optional };
        app.consent_items.push(consent);
        app.admin_key = katok_emulator::seed::Secret::new("ADMIN_KEY");
        app.channels = [("_ZeUTxl", "@exampleshop"), ("_Bxkd", "@examplecafe")]
            .map(|(id, uuid)| Channel { public_id: id.into(), uuid: uuid.into(), suspended: false })
            .into();
        seed.people[0].channels = [("_ZeUTxl".to_owned(), ChannelRelation::Added)].into();
        seed.people[0].user_ids.insert(app.key.clone(), 1_234_567_890);
    }
}
