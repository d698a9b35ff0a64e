//! What a webhook's posts are signed with, as the Standard Webhooks convention has it.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use katok_client::Chance;
use zeroize::Zeroizing;

/// A key that the receiver holds too, `whsec_…`.
pub(crate) struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    const START: &'static str = "whsec_";
    const LENGTH: usize = 32;

    pub(crate) fn generate(chance: &dyn Chance) -> Self {
        let mut bytes = Zeroizing::new(vec![0; Self::LENGTH]);
        chance.fill(&mut bytes);
        Self(bytes)
    }

    /// As its receiver is given it.
    pub(crate) fn shown(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{}{}", Self::START, *Zeroizing::new(STANDARD.encode(&*self.0))))
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text.strip_prefix(Self::START)?).ok()?;
        Some(Self(Zeroizing::new(bytes)))
    }

    /// Signs what stands in a post: its id, the second it is sent in, and its body.
    pub(super) fn sign(&self, id: &str, now: Timestamp, body: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let signed = hmac::sign(&key, format!("{id}.{}.{body}", now.as_second()).as_bytes());
        format!("v1,{}", STANDARD.encode(signed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_as_the_convention_shows() {
        // The example of the Standard Webhooks specification's libraries.
        let secret = Secret::read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let now = Timestamp::from_second(1_614_265_330).unwrap();
        let signed = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", now, r#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_is_read_as_it_is_shown() {
        let secret = Secret::generate(&katok_client::SystemChance);
        assert_eq!(Secret::read(&secret.shown()).unwrap().0, secret.0);
        for text in ["", "whsec_", "MfKQ", "whsec_!"] {
            assert!(Secret::read(text).is_none_or(|secret| secret.0.is_empty()), "{text}");
        }
    }
}
