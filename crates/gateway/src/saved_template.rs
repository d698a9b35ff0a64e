//! Saved templates: a template under a name, whose variables are filled in when it is sent.

mod variables;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::api_key::to_the_millisecond;
use crate::app::App;
use crate::seal::{DataKey, DoesNotOpen, Purpose};
use crate::sentence::Sentence;
use crate::store::{AccountId, SavedTemplateId, StoreError, StoredTemplate};
use crate::vault::TokenVaultError;

pub(crate) use variables::{fill, of as variables_of};

/// How many saved templates an account may have.
pub(crate) const MOST: i64 = 100;

const LONGEST_NAME: usize = 60;

/// Of a template as JSON: many times what Kakao takes.
const LARGEST: usize = 16 * 1024;

/// A template under its name, as it is asked for and as it is sealed.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedTemplate {
    pub(crate) name: String,
    /// It may be broken: who designs a message saves it before it is finished.
    pub(crate) template: Map<String, Value>,
}

/// How a message names a saved template in place of one of its own.
#[derive(Deserialize)]
pub(crate) struct Filling {
    saved_template: String,
    #[serde(default)]
    variables: BTreeMap<String, String>,
}

/// Why a template was not saved, or not found.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotSaved {
    #[error("it cannot be saved")]
    Unsound(Sentence),
    #[error("the account has as many as it may")]
    TooMany,
    #[error("the account has none of this name")]
    NotFound,
    #[error("the account is gone")]
    NoAccount,
    #[error(transparent)]
    Vault(#[from] TokenVaultError),
}

impl From<StoreError> for NotSaved {
    fn from(error: StoreError) -> Self {
        Self::Vault(error.into())
    }
}

impl SavedTemplate {
    /// The names of its variables, in the order in which they first appear.
    pub(crate) fn variables(&self) -> Vec<String> {
        variables::of(&self.template).unwrap_or_default()
    }

    fn checked(self) -> Result<Self, Sentence> {
        let name = self.name.trim().to_owned();
        if !(1..=LONGEST_NAME).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            return Err(Sentence::new(
                format!("이름은 한 줄, 1자부터 {LONGEST_NAME}자까지입니다."),
                format!("A name is one line of 1 to {LONGEST_NAME} characters."),
            ));
        }
        if serde_json::to_vec(&self.template).is_ok_and(|written| written.len() > LARGEST) {
            let kib = LARGEST / 1024;
            return Err(Sentence::new(
                format!("템플릿은 JSON으로 {kib} KiB까지 저장할 수 있습니다."),
                format!("A template of up to {kib} KiB of JSON can be saved."),
            ));
        }
        variables::of(&self.template)?;
        Ok(Self { name, ..self })
    }

    fn seal(&self, key: &DataKey, account: &AccountId, id: &SavedTemplateId) -> Vec<u8> {
        let plain = serde_json::to_vec(self).expect("texts and JSON can be written");
        key.seal(purpose(account, id), &Zeroizing::new(plain))
    }

    fn open(key: &DataKey, account: &AccountId, stored: &StoredTemplate) -> Result<Self, DoesNotOpen> {
        let plain = key.open(purpose(account, &stored.id), &stored.sealed)?;
        serde_json::from_slice(&plain).map_err(|_| DoesNotOpen::Damaged)
    }
}

fn purpose<'a>(account: &'a AccountId, id: &'a SavedTemplateId) -> Purpose<'a> {
    Purpose::SavedTemplate { account: account.as_str(), id: id.as_str() }
}

/// Saves a new template.
pub(crate) async fn make(
    app: &App,
    account: &AccountId,
    wish: SavedTemplate,
) -> Result<SavedTemplateId, NotSaved> {
    let saved = wish.checked().map_err(NotSaved::Unsound)?;
    let key = data_key(app, account).await?;
    let now = to_the_millisecond(app.clock.now());
    let id = SavedTemplateId::new(now, app.chance_for_an_id());
    let stored = StoredTemplate {
        sealed: saved.seal(&key, account, &id),
        id: id.clone(),
        created_at: now,
        changed_at: now,
    };
    if app.store.insert_template(account, &stored, MOST).await? { Ok(id) } else { Err(NotSaved::TooMany) }
}

/// Puts another template, and another name, in the place of a saved one.
pub(crate) async fn replace(
    app: &App,
    account: &AccountId,
    id: &SavedTemplateId,
    wish: SavedTemplate,
) -> Result<(), NotSaved> {
    let saved = wish.checked().map_err(NotSaved::Unsound)?;
    let sealed = saved.seal(&data_key(app, account).await?, account, id);
    let replaced = app.store.replace_template(account, id, &sealed, app.clock.now()).await?;
    if replaced { Ok(()) } else { Err(NotSaved::NotFound) }
}

/// One saved template.
pub(crate) async fn one(
    app: &App,
    account: &AccountId,
    id: &SavedTemplateId,
) -> Result<(StoredTemplate, SavedTemplate), NotSaved> {
    let stored = app.store.template(account, id).await?.ok_or(NotSaved::NotFound)?;
    let saved = SavedTemplate::open(&data_key(app, account).await?, account, &stored);
    Ok((stored, saved.map_err(TokenVaultError::from)?))
}

/// All saved templates of an account, the newest first.
pub(crate) async fn all(
    app: &App,
    account: &AccountId,
) -> Result<Vec<(StoredTemplate, SavedTemplate)>, NotSaved> {
    let key = data_key(app, account).await?;
    let open = |stored: StoredTemplate| {
        let saved = SavedTemplate::open(&key, account, &stored).map_err(TokenVaultError::from)?;
        Ok((stored, saved))
    };
    app.store.templates(account).await?.into_iter().map(open).collect()
}

/// What a message says that names a saved template.
pub(crate) async fn filled(
    app: &App,
    account: &AccountId,
    filling: &Filling,
) -> Result<Map<String, Value>, NotSaved> {
    let unknown = || {
        NotSaved::Unsound(Sentence::new(
            "saved_template이 저장한 템플릿의 id가 아닙니다. GET /v1/templates에서 확인하세요.",
            "saved_template is not the id of a saved template. Look at GET /v1/templates.",
        ))
    };
    let id = SavedTemplateId::presented(&filling.saved_template).ok_or_else(unknown)?;
    let found = one(app, account, &id).await;
    let (_, saved) = found.map_err(|error| if let NotSaved::NotFound = error { unknown() } else { error })?;
    variables::fill(&saved.template, &filling.variables).map_err(NotSaved::Unsound)
}

async fn data_key(app: &App, account: &AccountId) -> Result<DataKey, NotSaved> {
    app.tokens.data_key(account).await?.ok_or(NotSaved::NoAccount)
}
