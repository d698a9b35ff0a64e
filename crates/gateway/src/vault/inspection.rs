//! Inspection: whether everything that is sealed opens, and how many accounts hang on which vault key.

use std::path::Path;
use std::sync::Arc;

use katok_client::{Chance, Clock};
use serde::Serialize;

use super::{TokenVault, Vault, VaultError};
use crate::config::VaultKeyText;
use crate::seal::Purpose;
use crate::store::{SealedAccount, SealedMessage, SealedRecurring, SealedTemplate, SealedWebhook, Store};

/// How many accounts or messages are read at a time.
const PAGE: i64 = 500;

/// What an inspection found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Inspection {
    /// The vault key that seals from now on.
    pub writing_key: String,
    /// The vault keys that accounts hang on.
    pub keys: Vec<KeyInUse>,
    /// How many accounts were looked at.
    pub accounts: u64,
    /// How many sealed values opened.
    pub opened: u64,
    /// How many did not, though their keys are here.
    pub damaged: u64,
}

/// A vault key with the accounts that hang on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyInUse {
    /// Its name; none for what was sealed before keys had names.
    pub id: Option<String>,
    /// How many accounts.
    pub accounts: u64,
}

/// Opens everything there is. A missing key is an error, before anything else is looked at.
pub(crate) async fn inspect(
    store: &Store,
    given: Option<&VaultKeyText>,
    data: &Path,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
) -> Result<Inspection, VaultError> {
    let (vault, writing) = Vault::whole_beside(given, data, store, chance).await?;
    let vault = Arc::new(vault);
    let keys = store.accounts_by_key().await?.into_iter();
    let keys = keys.map(|(id, accounts)| KeyInUse { id: id.map(|id| id.to_string()), accounts });
    let mut inspection = Inspection {
        writing_key: writing.to_string(),
        keys: keys.collect(),
        accounts: 0,
        opened: 0,
        damaged: 0,
    };
    let now = clock.now();
    let tokens = TokenVault::new(store.clone(), vault.clone(), clock);
    let mut after = String::new();
    loop {
        let accounts = store.sealed_accounts(&after, PAGE).await?;
        let Some(last) = accounts.last() else { break };
        last.id.as_str().clone_into(&mut after);
        for account in accounts {
            inspection.accounts += 1;
            inspection.look_at(&vault, &tokens, &account);
        }
    }
    let mut last_message = 0;
    loop {
        let messages = store.sealed_messages(last_message, PAGE).await?;
        let Some(last) = messages.last() else { break };
        last_message = last.seq;
        for message in messages {
            inspection.count(opens(&vault, &message));
        }
    }
    let mut after = String::new();
    loop {
        let webhooks = store.sealed_webhooks(&after, PAGE).await?;
        let Some(last) = webhooks.last() else { break };
        last.id.as_str().clone_into(&mut after);
        for webhook in webhooks {
            inspection.count(webhook_opens(&vault, &webhook));
        }
    }
    let mut after = String::new();
    loop {
        let recurring = store.sealed_recurring(&after, PAGE).await?;
        let Some(last) = recurring.last() else { break };
        last.id.as_str().clone_into(&mut after);
        for recurring in recurring {
            inspection.count(recurring_opens(&vault, &recurring));
        }
    }
    let mut after = String::new();
    loop {
        let templates = store.sealed_templates(&after, PAGE).await?;
        let Some(last) = templates.last() else { break };
        last.id.as_str().clone_into(&mut after);
        for template in templates {
            inspection.count(template_opens(&vault, &template));
        }
    }
    for sealed in store.sealed_login_attempts(now).await? {
        inspection.count(vault.open(Purpose::LoginAttempt, &sealed).is_ok());
    }
    Ok(inspection)
}

fn opens(vault: &Vault, message: &SealedMessage) -> bool {
    let key = message.data_key.as_ref().and_then(|key| vault.data_key(&message.account, key).ok());
    let purpose = Purpose::Message { account: message.account.as_str(), id: message.id.as_str() };
    key.is_some_and(|key| key.open(purpose, &message.sealed).is_ok())
}

fn webhook_opens(vault: &Vault, webhook: &SealedWebhook) -> bool {
    let key = webhook.data_key.as_ref().and_then(|key| vault.data_key(&webhook.account, key).ok());
    let purpose = Purpose::Webhook { account: webhook.account.as_str(), id: webhook.id.as_str() };
    key.is_some_and(|key| key.open(purpose, &webhook.sealed).is_ok())
}

fn recurring_opens(vault: &Vault, recurring: &SealedRecurring) -> bool {
    let key = recurring.data_key.as_ref().and_then(|key| vault.data_key(&recurring.account, key).ok());
    let purpose = Purpose::Recurring { account: recurring.account.as_str(), id: recurring.id.as_str() };
    key.is_some_and(|key| key.open(purpose, &recurring.sealed).is_ok())
}

fn template_opens(vault: &Vault, template: &SealedTemplate) -> bool {
    let key = template.data_key.as_ref().and_then(|key| vault.data_key(&template.account, key).ok());
    let purpose = Purpose::SavedTemplate { account: template.account.as_str(), id: template.id.as_str() };
    key.is_some_and(|key| key.open(purpose, &template.sealed).is_ok())
}

impl Inspection {
    /// Whether everything opened.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.damaged == 0
    }

    fn look_at(&mut self, vault: &Vault, tokens: &TokenVault, account: &SealedAccount) {
        if let Some(data_key) = &account.data_key {
            self.count(vault.data_key(&account.id, data_key).is_ok());
        }
        if let Some(held) = &account.tokens {
            self.count(tokens.open(&account.id, held).is_ok());
        }
    }

    fn count(&mut self, opens: bool) {
        if opens {
            self.opened += 1;
        } else {
            self.damaged += 1;
        }
    }
}
