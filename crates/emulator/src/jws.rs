//! Signed tokens (JWS, RS256): ID tokens and security events, signed with two keys that everybody may know.

use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The public halves of the keys, as `/.well-known/jwks.json` shows them.
pub(crate) const JWKS: &str = include_str!("jws/jwks.json");

/// Reading a key takes longer than an emulator has to start.
static KEYS: LazyLock<[TestKey; 2]> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct Jwks {
        keys: [Jwk; 2],
    }
    #[derive(Deserialize)]
    struct Jwk {
        kid: String,
    }
    let Jwks { keys: [first, second] } = serde_json::from_str(JWKS).expect("the key set is valid");
    let pair = |der| KeyPair::from_der(der).expect("the test keys are valid");
    [
        TestKey { kid: first.kid, pair: pair(include_bytes!("jws/test_key_1.der")) },
        TestKey { kid: second.kid, pair: pair(include_bytes!("jws/test_key_2.der")) },
    ]
});

struct TestKey {
    kid: String,
    pair: KeyPair,
}

/// In the order of Kakao's tokens.
#[derive(Serialize)]
struct Header<'a> {
    kid: &'a str,
    typ: &'a str,
    alg: &'a str,
}

/// Why a token is none of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Distrust {
    Malformed,
    WrongSignature,
}

/// Signs claims. The keys take turns, so that every client has to select by `kid`.
pub(crate) fn sign(turn: u64, typ: &str, claims: &impl Serialize) -> String {
    let key = &KEYS[usize::from(turn % 2 == 1)];
    let part = |part: Vec<u8>| URL_SAFE_NO_PAD.encode(part);
    let json = |part| serde_json::to_vec(&part).expect("headers are plain data");
    let header = part(json(Header { kid: &key.kid, typ, alg: "RS256" }));
    let claims = part(serde_json::to_vec(claims).expect("claims are plain data"));
    let signed = format!("{header}.{claims}");
    let mut signature = vec![0; key.pair.public_modulus_len()];
    // This kind of signature takes no chance, whatever the library's function asks for.
    let no_chance = SystemRandom::new();
    key.pair
        .sign(&RSA_PKCS1_SHA256, &no_chance, signed.as_bytes(), &mut signature)
        .expect("the test keys can sign");
    format!("{signed}.{}", part(signature))
}

/// The claims of a token that one of our keys signed.
pub(crate) fn verify(token: &str) -> Result<Map<String, Value>, Distrust> {
    let (signed, signature) = token.rsplit_once('.').ok_or(Distrust::Malformed)?;
    let (header, claims) = signed.split_once('.').ok_or(Distrust::Malformed)?;
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| Distrust::Malformed);
    let (header, claims, signature) = (decode(header)?, decode(claims)?, decode(signature)?);
    let header: Map<String, Value> = serde_json::from_slice(&header).map_err(|_| Distrust::Malformed)?;
    let claims = serde_json::from_slice(&claims).map_err(|_| Distrust::Malformed)?;
    let key = KEYS.iter().find(|key| header.get("kid").is_some_and(|kid| kid == &key.kid));
    let key = key.filter(|_| header.get("alg").is_some_and(|alg| alg == "RS256"));
    let public_key = key.ok_or(Distrust::WrongSignature)?.pair.public_key().as_ref();
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public_key)
        .verify(signed.as_bytes(), &signature)
        .map_err(|_| Distrust::WrongSignature)?;
    Ok(claims)
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::RsaPublicKeyComponents;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_published_keys_verify_what_the_keys_of_their_kid_sign_in_turn() {
        let jwks: Value = serde_json::from_str(JWKS).unwrap();
        for (turn, jwk) in (0..).zip(jwks["keys"].as_array().unwrap()) {
            let token = sign(turn, "JWT", &json!({"sub": "1"}));
            let (signed, signature) = token.rsplit_once('.').unwrap();
            let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
            let header: Value = serde_json::from_slice(&decode(signed.split_once('.').unwrap().0)).unwrap();
            assert_eq!(
                header.to_string(),
                json!({"kid": jwk["kid"], "typ": "JWT", "alg": "RS256"}).to_string()
            );
            let part = |name: &str| decode(jwk[name].as_str().unwrap());
            let public_key = RsaPublicKeyComponents { n: part("n"), e: part("e") };
            public_key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &decode(signature)).unwrap();
            assert_eq!(verify(&token).unwrap(), *json!({"sub": "1"}).as_object().unwrap());
        }
    }

    #[test]
    fn kids_are_30_lowercase_hexadecimal_digits() {
        for key in KEYS.iter() {
            let hexadecimal = |c: char| c.is_ascii_hexdigit() && !c.is_ascii_uppercase();
            assert!(key.kid.len() == 30 && key.kid.chars().all(hexadecimal), "{}", key.kid);
        }
    }

    #[test]
    fn what_our_keys_did_not_sign_is_distrusted() {
        let token = sign(0, "JWT", &json!({"sub": "1"}));
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let (header, _) = signed.split_once('.').unwrap();
        let other = URL_SAFE_NO_PAD.encode(r#"{"sub":"2"}"#);
        let unsigned = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
        for (token, distrust) in [
            (format!("{header}.{other}.{signature}"), Distrust::WrongSignature),
            (format!("{unsigned}.{other}."), Distrust::WrongSignature),
            (signed.to_owned(), Distrust::Malformed),
            ("x".to_owned(), Distrust::Malformed),
            (format!("{signed}.!"), Distrust::Malformed),
        ] {
            assert_eq!(verify(&token), Err(distrust), "{token}");
        }
    }
}
