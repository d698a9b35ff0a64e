//! Saved templates in the composer: to go on with one, to keep what is written as one.

use katok_bubble::Language;
use serde_json::Value;

use super::view::{Said, Told};
use crate::app::App;
use crate::compose::{Composition, Draft};
use crate::saved_template::{self, SavedTemplate};
use crate::store::{AccountId, SavedTemplateId, StoredTemplate};
use crate::web::refusal::Refusal;

/// A saved template to choose.
pub(super) struct Saved {
    pub(super) id: String,
    pub(super) name: String,
}

/// Those of an account, the newest first; none where they cannot be read, for the composer works without.
pub(super) async fn all(app: &App, account: &AccountId) -> Vec<Saved> {
    let all = saved_template::all(app, account).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "web.compose.saved_templates_unread");
        Vec::new()
    });
    let shown = |(stored, saved): (StoredTemplate, SavedTemplate)| Saved {
        id: stored.id.as_str().to_owned(),
        name: saved.name,
    };
    all.into_iter().map(shown).collect()
}

type Outcome = (Composition, Said);

/// Puts a saved template in the place of what is written.
pub(super) async fn load(
    app: &App,
    account: &AccountId,
    composition: Composition,
    language: Language,
) -> Outcome {
    let Some(id) = SavedTemplateId::presented(&composition.saved) else {
        return refused(composition, Refusal::not_found(), language);
    };
    let saved = match saved_template::one(app, account, &id).await {
        Ok((_, saved)) => saved,
        Err(error) => return refused(composition, error.into(), language),
    };
    let template = Value::Object(saved.template);
    let draft = match Draft::of_template(&template) {
        Some((draft, lost)) if lost.is_empty() => draft,
        // No field can hold all of it.
        _ => Draft { kind: None, json: format!("{template:#}"), ..composition.draft.clone() },
    };
    let told = Told::well(
        language
            .choose(format!("‘{}’ 템플릿을 불러왔습니다.", saved.name), format!("Loaded “{}”.", saved.name)),
    );
    (
        Composition { draft, template_name: saved.name, ..composition },
        Said { told: Some(told), ..Said::default() },
    )
}

/// Saves what is written, in the place of a template of the same name if there is one.
pub(super) async fn save(
    app: &App,
    account: &AccountId,
    composition: Composition,
    language: Language,
) -> Outcome {
    let Ok(Value::Object(template)) = composition.draft.written().template else {
        let told = Told::badly(language.choose("JSON을 먼저 고쳐 주세요.", "Mend the JSON first."));
        return (composition, Said { is_judged: true, told: Some(told), ..Said::default() });
    };
    let name = composition.template_name.trim().to_owned();
    let same = all(app, account).await.into_iter().find(|saved| saved.name == name);
    let same = same.and_then(|saved| SavedTemplateId::presented(&saved.id));
    let wish = SavedTemplate { name: name.clone(), template };
    let saved = match same {
        Some(id) => saved_template::replace(app, account, &id, wish).await.map(|()| id),
        None => saved_template::make(app, account, wish).await,
    };
    match saved {
        Ok(id) => {
            let told = Told::well(
                language.choose(format!("‘{name}’ 템플릿으로 저장했습니다."), format!("Saved as “{name}”.")),
            );
            let saved = id.as_str().to_owned();
            (Composition { saved, ..composition }, Said { told: Some(told), ..Said::default() })
        }
        Err(error) => refused(composition, error.into(), language),
    }
}

/// Deletes a saved template; what is written stays.
pub(super) async fn delete(
    app: &App,
    account: &AccountId,
    composition: Composition,
    language: Language,
) -> Outcome {
    if let Some(id) = SavedTemplateId::presented(&composition.saved)
        && let Err(error) = app.store.delete_template(account, &id).await
    {
        return refused(composition, error.into(), language);
    }
    let told = Told::well(language.choose("템플릿을 지웠습니다.", "The template is deleted."));
    (composition, Said { told: Some(told), ..Said::default() })
}

fn refused(composition: Composition, refusal: Refusal, language: Language) -> Outcome {
    let told = Told::badly(language.choose(refusal.sentence.ko, refusal.sentence.en));
    (composition, Said { told: Some(told), ..Said::default() })
}
