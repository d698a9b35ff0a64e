//! Custom templates: the arguments that stand in for their `${placeholders}`.
//!
//! See [Kakao Docs/Message template: Custom].

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::fault::ApiFault;
use crate::seed::{CustomTemplate, TemplateKind};

const NAME: &str = "template_args";

/// What stands in for the placeholders of a template, by their names.
pub(crate) type TemplateArgs = BTreeMap<String, String>;

/// Reads `template_args`: a JSON object of strings. What is left out is empty.
pub(crate) fn template_args(text: Option<&str>) -> Result<TemplateArgs, ApiFault> {
    match text {
        None | Some("") => Ok(TemplateArgs::new()),
        Some(text) => serde_json::from_str(text).map_err(|_| ApiFault::unparsable(NAME)),
    }
}

/// The template object of a custom template with its arguments, and the names of those that are missing.
///
/// A placeholder without its argument stays as it is, so that whoever looks at the message sees what is missing.
pub(crate) fn filled(template: &CustomTemplate, args: &TemplateArgs) -> (Value, BTreeSet<String>) {
    let mut object = template.body.clone();
    if let Some(fields) = object.as_object_mut() {
        let object_type = match template.kind {
            TemplateKind::Feed | TemplateKind::Scrap => "feed",
            TemplateKind::List => "list",
            TemplateKind::Commerce => "commerce",
        };
        fields.insert("object_type".to_owned(), object_type.into());
    }
    let mut missing = BTreeSet::new();
    substitute(&mut object, args, &mut missing);
    (object, missing)
}

fn substitute(template: &mut Value, args: &TemplateArgs, missing: &mut BTreeSet<String>) {
    match template {
        Value::String(text) => *text = with_args(text, args, missing),
        Value::Array(items) => items.iter_mut().for_each(|item| substitute(item, args, missing)),
        Value::Object(fields) => fields.values_mut().for_each(|field| substitute(field, args, missing)),
        _ => {}
    }
}

/// What an argument brings is not looked at again: it may hold `${…}` itself.
fn with_args(text: &str, args: &TemplateArgs, missing: &mut BTreeSet<String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, behind)) = after.split_once('}') else { break };
        filled.push_str(before);
        if let Some(value) = args.get(name) {
            filled.push_str(value);
        } else {
            missing.insert(name.to_owned());
            filled.extend(["${", name, "}"]);
        }
        rest = behind;
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn placeholders_are_filled_wherever_they_stand_and_the_missing_ones_named() {
        let mut template = json!({"content": {"title": "${name}님, ${count}개 ${", "link": {"web_url": "https://a.example/${path}"}},
            "items": ["${name}", 7, null]});
        let args =
            [("name", "${count}"), ("path", "p/1")].map(|(name, value)| (name.into(), value.into())).into();
        let mut missing = BTreeSet::new();
        substitute(&mut template, &args, &mut missing);
        assert_eq!(
            template,
            json!({"content": {"title": "${count}님, ${count}개 ${", "link": {"web_url": "https://a.example/p/1"}},
                "items": ["${count}", 7, null]})
        );
        assert_eq!(missing, ["count".to_owned()].into());
    }

    #[test]
    fn arguments_are_an_object_of_strings() {
        assert_eq!(template_args(None).unwrap(), TemplateArgs::new());
        assert_eq!(template_args(Some(r#"{"a":"b"}"#)).unwrap()["a"], "b");
        for wrong in ["[]", "{", r#"{"a":1}"#, "\"a\""] {
            assert_eq!(template_args(Some(wrong)).unwrap_err(), ApiFault::unparsable("template_args"));
        }
    }
}
