//! The stylesheet and the classes of the HTML.

use std::collections::BTreeSet;

use katok_bubble::{Bubble, Language, STYLESHEET};

use crate::contents::{KINDS, missing, ordinary, overlong};

fn classes(html: &str) -> BTreeSet<String> {
    let attributes = html.split("class=\"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default());
    attributes.flat_map(|names| names.split(' ')).map(str::to_owned).collect()
}

#[test]
fn every_class_has_a_rule_and_the_other_way_round() {
    let ruled: BTreeSet<String> = STYLESHEET
        .split(['{', ',', ' ', ':', '\n', ')', '.'])
        .filter(|word| word.starts_with("ktb-"))
        .map(str::to_owned)
        .collect();
    let mut used = BTreeSet::from(["ktb-light".to_owned(), "ktb-dark".to_owned()]);
    for kind in KINDS {
        used.extend(classes(&Bubble::of(&overlong(kind)).html(Language::Korean)));
        used.extend(classes(&Bubble::of(&missing(kind)).html(Language::Korean)));
        used.extend(classes(&Bubble::of(&ordinary(kind)).block_links(|_| false).html(Language::Korean)));
    }
    let is_ratio = |class: &String| class.starts_with("ktb-ratio-");
    assert_eq!(used.difference(&ruled).collect::<Vec<_>>(), Vec::<&String>::new());
    let unused: Vec<_> = ruled.difference(&used).filter(|class| !is_ratio(class)).collect();
    assert_eq!(unused, Vec::<&String>::new());
}

#[test]
fn every_shape_a_picture_may_have_has_a_rule() {
    for ratio in (50..=135).step_by(5) {
        assert!(STYLESHEET.contains(&format!(".ktb-ratio-{ratio} {{")), "{ratio}");
    }
}

#[test]
fn stylesheet_asks_for_nothing() {
    assert!(!STYLESHEET.contains("url(") && !STYLESHEET.contains("@import"));
}
