//! Webhooks that go out: where they may lead.

use super::{Environment, SettingsFile, set};
use crate::sentence::Sentence;

/// `KATOK_WEBHOOK_PRIVATE_ADDRESSES`: whether people's webhooks may lead to where only the gateway reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PrivateAddresses {
    /// To public addresses only, and only by https.
    #[default]
    Deny,
    /// Also to this machine and to private networks, there by plain http as well.
    Allow,
}

impl PrivateAddresses {
    pub(super) fn read(env: Environment<'_>, file: &SettingsFile, problems: &mut Vec<Sentence>) -> Self {
        let text = set(env, "KATOK_WEBHOOK_PRIVATE_ADDRESSES")
            .or_else(|| file.gateway.webhook_private_addresses.clone());
        match text.as_deref() {
            None | Some("deny") => Self::Deny,
            Some("allow") => Self::Allow,
            Some(_) => {
                problems.push(Sentence::new(
                    "KATOK_WEBHOOK_PRIVATE_ADDRESSES 값은 deny 또는 allow여야 합니다.",
                    "KATOK_WEBHOOK_PRIVATE_ADDRESSES must be deny or allow.",
                ));
                Self::Deny
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_private_is_reached_unless_allowed_and_nothing_else_is_taken() {
        let read = |text: &str| {
            let mut problems = Vec::new();
            let read =
                PrivateAddresses::read(&|_| Some(text.to_owned()), &SettingsFile::default(), &mut problems);
            (read, problems.len())
        };
        assert_eq!(read(""), (PrivateAddresses::Deny, 0));
        assert_eq!(read("allow"), (PrivateAddresses::Allow, 0));
        assert_eq!(read("yes"), (PrivateAddresses::Deny, 1));
    }
}
