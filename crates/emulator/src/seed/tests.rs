//! What a seed may leave out, and how a wrong one is told.

use super::*;

fn wrong(text: &str) -> String {
    Seed::parse(text).unwrap_err().to_string()
}

#[test]
fn built_in_seed_has_seven_people_and_ryan_is_not_linked_yet() {
    let seed = Seed::built_in();
    assert_eq!(seed.people.len(), 7);
    assert!(seed.links.iter().all(|link| link.person.as_str() != "ryan"));
    let ryan = &seed.people[0];
    assert_eq!((ryan.nickname.as_str(), ryan.email.as_str()), ("라이언", "ryan@example.com"));
    assert_eq!(ryan.password.secret(), "pw-ryan");
}

#[test]
fn what_a_document_leaves_out_is_filled_in_the_same_way_every_time() {
    let text = r#"{"apps": [{"key": "shop"}], "people": [{"key": "mina"}]}"#;
    let seed = Seed::parse(text).unwrap();
    assert_eq!(seed, Seed::parse(text).unwrap());
    let app = &seed.apps[0];
    assert_eq!(app.rest_api_key.len(), 32);
    assert!(app.rest_api_key.chars().all(|c| c.is_ascii_hexdigit() && !c.is_ascii_uppercase()));
    assert!(app.client_secret.is_some());
    assert!(seed.people[0].user_ids.contains_key("shop"));
}

#[test]
fn adding_somebody_changes_nobody_elses_id() {
    let one = Seed::parse("apps: [{key: shop}]\npeople: [{key: mina}]").unwrap();
    let two = Seed::parse("apps: [{key: shop}]\npeople: [{key: jun}, {key: mina}]").unwrap();
    assert_eq!(one.people[0], two.people[1]);
}

#[test]
fn the_filled_in_document_is_a_seed_document_itself() {
    let seed = Seed::built_in();
    let text = serde_json::to_string(&seed).unwrap();
    assert_eq!(Seed::parse(&text).unwrap(), seed);
}

#[test]
fn a_client_secret_of_null_is_switched_off() {
    let seed = Seed::parse("apps: [{key: shop, client_secret: null}]").unwrap();
    assert_eq!(seed.apps[0].client_secret, None);
    let again = Seed::parse(&serde_json::to_string(&seed).unwrap()).unwrap();
    assert_eq!(again.apps[0].client_secret, None);
}

#[test]
fn an_empty_document_means_the_built_in_seed() {
    for empty in ["", "{}", " \n", "{ }", "# nobody yet\n"] {
        assert_eq!(Seed::parse(empty).unwrap(), Seed::built_in());
    }
}

#[test]
fn an_unknown_field_is_refused_by_name_and_line() {
    for text in
        ["{\"apps\": [\n{\"key\": \"a\", \"redirect_url\": 1}]}", "apps:\n  - {key: a, redirect_url: 1}"]
    {
        let error = wrong(text);
        assert!(error.contains("redirect_url") && error.contains("line 2"), "{error}");
    }
}

#[test]
fn unknown_fields_are_refused_at_every_depth() {
    let app = |inside: &str| format!("apps: [{{key: a, {inside}}}]");
    let documents = [
        "colour: 1".to_owned(),
        app("colour: 1"),
        app("consent_items: [{id: friends, level: optional, colour: 1}]"),
        app("templates: [{id: 1, kind: feed, body: {}, colour: 1}]"),
        app("webhooks: {unlink: {url: 'http://a/', colour: 1}}"),
        app("quotas: {colour: 1}"),
        "people: [{key: a, colour: 1}]".to_owned(),
        "people: [{key: a}, {key: b}]\nfriendships: [{of: a, with: b, colour: 1}]".to_owned(),
        "links: [{app: a, person: b, colour: 1}]".to_owned(),
    ];
    for document in documents {
        assert!(wrong(&document).contains("colour"), "{document}");
    }
}

#[test]
fn what_contradicts_itself_is_refused_with_its_place() {
    assert!(wrong("people: [{key: a}, {key: a}]").contains("key (a)"));
    assert!(wrong("people: [{key: a}]\nlinks: [{app: shop, person: a}]").contains("there is no app shop"));
    assert!(wrong("people: [{key: a}]\nfriendships: [{of: a, with: b}]").contains("there is no person b"));
    assert!(wrong("people: [{key: 'a b'}]").contains("a key is made of"));
    let twice = "apps: [{key: s}]\npeople: [{key: a, user_ids: {s: 1}}, {key: b, user_ids: {s: 1}}]";
    assert!(wrong(twice).contains("somebody else's id"));
}

#[test]
fn debug_shows_no_secret() {
    let debug = format!("{:?}", Seed::built_in());
    assert!(!debug.contains("pw-ryan") && !debug.contains("de305ec7"));
}

#[test]
fn only_a_document_that_says_nothing_means_the_built_in_seed() {
    let nobody = Seed { apps: vec![], people: vec![], friendships: vec![], links: vec![] };
    for empty in [r#"{"apps": [], "people": []}"#, "apps: []\npeople: []", "{links: []}"] {
        assert_eq!(Seed::parse(empty).unwrap(), nobody, "{empty}");
    }
    assert!(Seed::parse(r#"{"apps": null}"#).is_err());
}

#[test]
fn yaml_may_be_written_in_one_line() {
    let one_line = Seed::parse("{apps: [{key: shop}], people: [{key: mina}]}").unwrap();
    assert_eq!(one_line, Seed::parse("apps: [{key: shop}]\npeople: [{key: mina}]").unwrap());
    // What went wrong is told in the language of the document.
    assert!(wrong("{apps: [{key: shop, colour: 1}]}").contains("colour"));
    assert!(wrong(r#"{"apps": [{"key": "shop"]}"#).contains("expected `,` or `}` at line 1 column 25"));
}

#[test]
fn what_kakaos_console_does_not_take_is_refused_with_its_place() {
    let app = |inside: &str| wrong(&format!("apps: [{{key: shop, {inside}}}]"));
    for (field, values) in [
        (
            "quotas.friends_per_page",
            &["quotas: {friends_per_page: 0}", "quotas: {friends_per_page: 101}"][..],
        ),
        ("rest_api_key", &["rest_api_key: ''"]),
        ("native_app_key", &["native_app_key: ''"]),
        ("client_secret", &["client_secret: ''"]),
        ("admin_key", &["admin_key: ''"]),
        ("javascript_key", &["javascript_key: ''"]),
        (
            "redirect_uris",
            &[
                "redirect_uris: ['http://a/#f']",
                "redirect_uris: ['http://a/#']",
                "redirect_uris: ['myapp://a']",
                "redirect_uris: [http://a/1, http://a/2, http://a/3, http://a/4, http://a/5, http://a/6, \
                 http://a/7, http://a/8, http://a/9, http://a/10, http://a/11]",
            ],
        ),
        ("logout_redirect_uris", &["logout_redirect_uris: ['http://a/#f']"]),
        (
            "templates",
            &[
                "templates: [{id: 1, kind: feed, body: []}]",
                "templates: [{id: 1, kind: feed, body: {}}, {id: 1, kind: list, body: {}}]",
            ],
        ),
        (
            "web_domains",
            &[
                "web_domains: [shop.example]",
                "web_domains: ['https://shop.example/']",
                "web_domains: ['https://shop.example/shop']",
                "web_domains: ['https://shop.example?a']",
                "web_domains: ['https://me@shop.example']",
                "web_domains: ['ftp://shop.example']",
            ],
        ),
    ] {
        for value in values {
            let error = app(value);
            assert!(error.contains(&format!(" {field} (shop)")), "{value}: {error}");
        }
    }
    Seed::parse("apps: [{key: shop, web_domains: ['https://shop.example:443', 'http://[::1]:4000']}]")
        .unwrap();

    let twice = |field: &str| wrong(&format!("apps: [{{key: a, {field}: k}}, {{key: b, {field}: k}}]"));
    for field in ["rest_api_key", "javascript_key", "native_app_key", "admin_key"] {
        assert!(twice(field).contains(&format!(" {field} (b)")), "{}", twice(field));
    }
    // Whoever logs in with a key has to be one client.
    assert!(app("rest_api_key: k, javascript_key: k").contains(" javascript_key (shop)"));
}

#[test]
fn one_size_of_a_picture_stands_in_for_the_other() {
    for given in ["profile_image_url", "thumbnail_image_url"] {
        let seed = Seed::parse(&format!("people: [{{key: mina, {given}: 'http://a/p.jpg'}}]")).unwrap();
        let mina = &seed.people[0];
        assert_eq!(mina.profile_image_url.as_deref(), Some("http://a/p.jpg"));
        assert_eq!(mina.thumbnail_image_url, mina.profile_image_url);
    }
}

#[test]
fn a_link_holds_nothing_that_its_app_cannot_store() {
    let link = |app: &str, link: &str| {
        format!(
            "apps: [{{key: shop, {app}}}]\npeople: [{{key: mina}}]\nlinks: [{{app: shop, person: mina, {link}}}]"
        )
    };
    for (fitting, held) in [
        ("properties: [size]", "properties: {size: L}"),
        ("service_terms: [{tag: news}]", "service_terms: [news]"),
        ("automatic_linking: false", "registered: false"),
    ] {
        Seed::parse(&link(fitting, held)).unwrap();
        let error = wrong(&link("", held));
        assert!(error.contains(" links (mina)"), "{held}: {error}");
    }
}

#[test]
fn a_contradiction_is_told_with_its_field_and_the_line_of_its_entry() {
    let cases = [
        ("\napps:\n  - key: a\n  - key: b\n    members: [nobody]\n", "members, line 4"),
        ("apps:\n- {key: a}\n\n- {key: a}\n", "key (a), line 4"),
        ("apps: [{key: a}]\npeople:\n- {key: p}\n- {key: q, email: p@example.com}\n", "email (q), line 4"),
        (
            "apps: [{key: a}]\npeople:\n- {key: p, user_ids: {a: 1}}\n- {key: q, user_ids: {a: 1}}\n",
            "user_ids (q), line 4",
        ),
        ("people: [{key: p}]\nfriendships:\n- {of: p, with: q}\n", "friendships, line 3"),
        ("people: [{key: p}]\nlinks:\n# why not\n- {app: a, person: p}\n", "links (p), line 4"),
        (
            "{\"apps\": [\n  {\"key\": \"a\"},\n  {\"key\": \"b\", \"redirect_uris\": [\"x\"]}\n]}",
            "redirect_uris (b), line 3",
        ),
    ];
    for (text, place) in cases {
        let told = wrong(text);
        assert!(told.contains(place), "{place}: {told}");
    }
}
