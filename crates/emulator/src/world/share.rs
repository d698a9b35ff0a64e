//! KakaoTalk Share: the look that Kakao's SDKs take at a template before people share it.

use jiff::Timestamp;
use serde_json::Value;

use super::app_call::AppCall;
use super::chat::MessageKind;
use super::template::Warning;
use super::wording::{Composed, Wording};
use super::{Command, World};
use crate::fault::ApiFault;

/// Asks whether a message may be shared, and how it comes out.
pub(crate) struct ValidateShare {
    pub(crate) call: AppCall,
    pub(crate) wording: Wording,
}

/// A message as it would be shared.
pub(crate) struct Shareable {
    pub(crate) app_name: String,
    pub(crate) kind: MessageKind,
    pub(crate) template_object: Value,
    pub(crate) warnings: Vec<Warning>,
    /// The arguments that the template wants and did not get.
    pub(crate) missing: Vec<String>,
}

impl Command for ValidateShare {
    type Reply = Shareable;
    type Fault = ApiFault;
    const CHANGES_THE_WORLD: bool = false;

    fn run(self, world: &mut World, _: Timestamp) -> Result<Shareable, ApiFault> {
        let app = world.app_by_key(&self.call)?;
        let Composed { kind, template_object, warnings, missing } = self.wording.compose(app)?;
        let missing = missing.into_iter().collect();
        Ok(Shareable { app_name: app.name.clone(), kind, template_object, warnings, missing })
    }
}
