//! Variables of a template: `${name}` anywhere in its texts; `$${` stands for `${` itself.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::sentence::Sentence;

/// A filled-in template grows no longer than this, however often a long value occurs in it.
const MOST_FILLED: usize = 256 * 1024;

const LONGEST_NAME: usize = 40;

/// How many variables a template may have.
const MOST: usize = 100;

/// The variables of a template, in the order in which they first appear.
pub(crate) fn of(template: &Map<String, Value>) -> Result<Vec<String>, Sentence> {
    let mut found = Vec::new();
    for (name, value) in template {
        look_at(value, name, &mut found)?;
    }
    Ok(found)
}

/// Puts values in the place of the variables. A value is text: what looks like a variable in it stays as it is.
pub(crate) fn fill(
    template: &Map<String, Value>,
    values: &BTreeMap<String, String>,
) -> Result<Map<String, Value>, Sentence> {
    let missing: Vec<String> = of(template)?.into_iter().filter(|name| !values.contains_key(name)).collect();
    if !missing.is_empty() {
        let missing = missing.join(", ");
        return Err(Sentence::new(
            format!("템플릿의 변수에 넣을 값이 없습니다: {missing}. variables에 넣어 보내세요."),
            format!("The template has variables without a value: {missing}. Give them in variables."),
        ));
    }
    let mut room = MOST_FILLED;
    let pairs = template.iter().map(|(name, value)| Some((name.clone(), filled(value, values, &mut room)?)));
    pairs.collect::<Option<_>>().ok_or_else(|| {
        let kib = MOST_FILLED / 1024;
        Sentence::new(
            format!("변수를 넣은 템플릿이 {kib} KiB를 넘습니다. 값을 줄이세요."),
            format!("With its variables filled in, the template exceeds {kib} KiB. Give shorter values."),
        )
    })
}

enum Part<'a> {
    Text(&'a str),
    Variable(&'a str),
}

/// Takes the first part off a text; what begins like a variable and is none is an error.
fn first_part(text: &str) -> Result<(Part<'_>, &str), &str> {
    if let Some(rest) = text.strip_prefix("$${") {
        return Ok((Part::Text("${"), rest));
    }
    if let Some(rest) = text.strip_prefix("${") {
        let (name, rest) = rest.split_once('}').filter(|(name, _)| is_name(name)).ok_or(text)?;
        return Ok((Part::Variable(name), rest));
    }
    let end = text.char_indices().skip(1).find(|(_, letter)| *letter == '$').map_or(text.len(), |(at, _)| at);
    let (before, rest) = text.split_at(end);
    Ok((Part::Text(before), rest))
}

fn is_name(name: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    (1..=LONGEST_NAME).contains(&name.chars().count()) && name.chars().all(is_part)
}

fn look_at(value: &Value, path: &str, found: &mut Vec<String>) -> Result<(), Sentence> {
    match value {
        Value::String(text) => {
            let mut rest = text.as_str();
            while !rest.is_empty() {
                let part;
                (part, rest) = first_part(rest).map_err(|_| malformed(path))?;
                if let Part::Variable(name) = part
                    && !found.iter().any(|known| known == name)
                {
                    if found.len() == MOST {
                        return Err(too_many());
                    }
                    found.push(name.to_owned());
                }
            }
            Ok(())
        }
        Value::Array(list) => list
            .iter()
            .enumerate()
            .try_for_each(|(index, value)| look_at(value, &format!("{path}[{index}]"), found)),
        Value::Object(object) => {
            object.iter().try_for_each(|(name, value)| look_at(value, &format!("{path}.{name}"), found))
        }
        _ => Ok(()),
    }
}

/// Nothing when there is no room left.
fn filled(value: &Value, values: &BTreeMap<String, String>, room: &mut usize) -> Option<Value> {
    Some(match value {
        Value::String(text) => {
            let (mut written, mut rest) = (String::new(), text.as_str());
            while !rest.is_empty() {
                let part;
                (part, rest) = first_part(rest).ok()?;
                let text = match part {
                    Part::Text(text) => text,
                    Part::Variable(name) => values.get(name)?,
                };
                *room = room.checked_sub(text.len())?;
                written.push_str(text);
            }
            written.into()
        }
        Value::Array(list) => {
            list.iter().map(|value| filled(value, values, room)).collect::<Option<Vec<_>>>()?.into()
        }
        Value::Object(object) => {
            let pairs = object.iter().map(|(name, value)| Some((name.clone(), filled(value, values, room)?)));
            pairs.collect::<Option<Map<_, _>>>()?.into()
        }
        other => other.clone(),
    })
}

fn too_many() -> Sentence {
    Sentence::new(
        format!("한 템플릿의 변수는 {MOST}개까지입니다."),
        format!("A template may have {MOST} variables."),
    )
}

fn malformed(path: &str) -> Sentence {
    Sentence::new(
        format!(
            "{path}: ${{ 뒤에는 글자, 숫자, 밑줄로 된 {LONGEST_NAME}자까지의 이름과 }}가 와야 합니다. ${{를 글자 그대로 보내려면 $${{로 쓰세요."
        ),
        format!(
            "{path}: after ${{ comes a name of up to {LONGEST_NAME} letters, digits and underscores, and a }}. Write $${{ for ${{ itself."
        ),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn template(json: Value) -> Map<String, Value> {
        serde_json::from_value(json).unwrap()
    }

    fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn variables_are_found_in_the_order_of_the_template_each_once() {
        let template = template(json!({
            "object_type": "feed",
            "content": {"title": "${이름}님, ${day}일", "link": {"web_url": "https://example.com/${id}"}},
            "buttons": [{"title": "${day}"}, {"title": "$${day} ${last_one}"}],
            "social": {"like_count": 1}
        }));
        assert_eq!(of(&template).unwrap(), ["이름", "day", "id", "last_one"]);
    }

    #[test]
    fn values_are_text_and_nothing_in_them_is_a_variable() {
        let template = template(json!({"text": "${a}${b} $${a} $1 $", "n": 1, "list": ["${b}", null]}));
        let filled = fill(&template, &values(&[("a", "${b}"), ("b", "\"}, {"), ("c", "unused")])).unwrap();
        assert_eq!(
            Value::from(filled),
            json!({"text": "${b}\"}, { ${a} $1 $", "n": 1, "list": ["\"}, {", null]})
        );
    }

    #[test]
    fn all_values_that_are_missing_are_named() {
        let template = template(json!({"text": "${a} ${b} ${c}"}));
        let refused = fill(&template, &values(&[("b", "")])).unwrap_err();
        assert!(refused.ko.contains("a, c") && refused.en.contains("a, c"), "{refused}");
    }

    #[test]
    fn what_begins_like_a_variable_and_is_none_is_refused_with_its_place() {
        for text in ["${", "${}", "a ${b c}", "${a.b}", "${a", &format!("${{{}}}", "n".repeat(41))] {
            let refused = of(&template(json!({"buttons": [{"title": text}]}))).unwrap_err();
            assert!(refused.en.starts_with("buttons[0].title:"), "{text}: {refused}");
        }
        assert!(of(&template(json!({"text": "$ $$ $a {b} }"}))).unwrap().is_empty());
    }

    #[test]
    fn a_long_value_that_occurs_often_is_refused_before_it_is_written_out() {
        let template = template(json!({"text": "${a}".repeat(4000)}));
        let refused = fill(&template, &values(&[("a", &"긴".repeat(50_000))])).unwrap_err();
        assert!(refused.en.contains("256 KiB"), "{refused}");
    }

    proptest! {
        #[test]
        fn a_text_written_with_the_escape_comes_out_as_it_was(text in any::<String>()) {
            // A dollar sign before the escape would be taken for its beginning.
            prop_assume!(!text.contains("$${"));
            let written = template(json!({"text": text.replace("${", "$${")}));
            prop_assert_eq!(fill(&written, &BTreeMap::new()).unwrap(), template(json!({"text": text})));
        }

        #[test]
        fn values_arrive_whole_wherever_they_are_put(before in "[a-z ]*", value in any::<String>()) {
            let written = template(json!({"list": [format!("{before}${{x}}!")]}));
            let filled = fill(&written, &values(&[("x", &value)])).unwrap();
            prop_assert_eq!(&filled["list"][0], &json!(format!("{before}{value}!")));
        }
    }
}
