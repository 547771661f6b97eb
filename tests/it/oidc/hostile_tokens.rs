//! Ten thousand tokens that somebody made to get in: one refusal for all of them, and an honest caller beside them who notices nothing.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use aws_lc_rs::hmac;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use serde_json::{Value, json};
use tonic::Code;

use super::{asks, lists, start};
use crate::support::{
    provider::{Key, Provider, encoded, message},
    service::CHANNELS,
};

/// How many.
const TOKENS: usize = 10_000;
/// How many callers send them at a time.
const SENDERS: usize = 8;
/// Ways of being hostile.
const WAYS: usize = 36;

/// What hostile tokens are made of.
struct Maker {
    provider: Provider,
    key: Arc<Key>,
    stranger: Key,
}

impl Maker {
    /// A token of the provider's own key, with head and claims changed.
    fn changed(&self, change: impl FnOnce(&mut Value, &mut Value)) -> String {
        let (mut head, mut claims) = (self.key.head(), self.provider.claims("ST-CL"));
        change(&mut head, &mut claims);
        self.key.sign(&head, &claims)
    }

    fn by_hmac(&self, secret: &[u8], algorithm: hmac::Algorithm, name: &str) -> String {
        let head = json!({ "alg": name, "typ": "JWT", "kid": self.key.id });
        let message = message(&head, &self.provider.claims("ST-CL"));
        let signature = hmac::sign(&hmac::Key::new(algorithm, secret), message.as_bytes());
        format!("{message}.{}", encoded(signature.as_ref()))
    }

    /// The `n`th one.
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn make(&self, n: usize, luck: &mut ChaCha20Rng) -> String {
        let good = self.changed(|_, _| ());
        let (body, signature) = good.rsplit_once('.').unwrap();
        let now = self.provider.claims("x")["iat"].as_i64().unwrap();
        let far = luck.random_range(31..1_000_000_000_i64);
        match n % WAYS {
            0 => self.changed(|head, _| head["alg"] = json!("none")),
            1 => format!(
                "{}.",
                message(
                    &json!({"alg": "none", "typ": "JWT", "kid": self.key.id}),
                    &self.provider.claims("ST-CL")
                )
            ),
            2 => self.by_hmac(&self.key.point(), hmac::HMAC_SHA256, "HS256"),
            3 => self.by_hmac(self.key.jwk().to_string().as_bytes(), hmac::HMAC_SHA512, "HS512"),
            4 => self.changed(|_, claims| claims["exp"] = json!(now - far)),
            5 => self.changed(|_, claims| claims["nbf"] = json!(now + far)),
            6 => self.changed(|_, claims| claims["iat"] = json!(now + far)),
            7 => self.changed(|_, claims| claims["aud"] = json!(["zhenshi", "zhenshi-api ", "ZHENSHI-API"])),
            8 => self.changed(|_, claims| claims["iss"] = json!(format!("{}/", self.provider.issuer))),
            9 => format!("{body}."),
            10 => self.changed(|_, claims| claims["x"] = json!("x".repeat(luck.random_range(5_100..5_200)))),
            11 => {
                let mut bytes: Vec<u8> = signature.bytes().collect();
                // Not the last character: some of its bits say nothing.
                let at = luck.random_range(0..bytes.len() - 1);
                bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
                format!("{body}.{}", String::from_utf8(bytes).unwrap())
            }
            12 => {
                let mut claims = self.provider.claims("ST-CS");
                claims["jti"] = json!(far);
                format!("{}.{signature}", message(&self.key.head(), &claims))
            }
            13 => self.stranger.sign(&self.stranger.head(), &self.provider.claims("ST-CL")),
            14 => self.changed(|head, _| head["crit"] = json!(["exp"])),
            15 => self.changed(|head, _| head["cty"] = json!("JWT")),
            16 => self
                .changed(|head, _| head["typ"] = json!(["JWE", "dpop+jwt", "logout+jwt", ""][n / WAYS % 4])),
            17 => self.changed(|head, _| drop(head.as_object_mut().unwrap().remove("kid"))),
            18 => self.changed(|head, _| drop(head.as_object_mut().unwrap().remove("typ"))),
            19 => self.changed(|_, claims| {
                drop(
                    claims.as_object_mut().unwrap().remove(["exp", "aud", "sub", "iss", "iat"][n / WAYS % 5]),
                );
            }),
            20 => self.stranger.sign(&self.key.head(), &self.provider.claims("ST-CL")),
            21 => self.changed(|head, _| {
                head["alg"] = json!(["ES384", "es256", "RS256", "EdDSA", "ES256 "][n / WAYS % 5]);
            }),
            22 => {
                let claims = self.provider.claims("ST-CL").to_string();
                let twice = claims.replacen('{', &format!("{{\"exp\":{},", now + far), 1);
                let message = format!(
                    "{}.{}",
                    encoded(self.key.head().to_string().as_bytes()),
                    encoded(twice.as_bytes())
                );
                format!("{message}.{}", encoded(&self.key.signature(&message)))
            }
            23 => format!("{good}="),
            24 => self.changed(|_, claims| {
                claims["exp"] = [json!("9999999999"), json!(1e300), json!(-1), json!([1]), json!(null)]
                    [n / WAYS % 5]
                    .clone();
            }),
            25 => self.changed(|_, claims| claims["aud"] = json!({ "zhenshi-api": true })),
            26 => self.changed(|_, claims| {
                claims["staff_code"] = json!(["ST-NOBODY", "", "ST-CL\n", "*", "staff:ST-CL"][n / WAYS % 5]);
            }),
            27 => self.changed(|_, claims| claims["azp"] = json!("another client")),
            28 => {
                let head =
                    json!({ "alg": "ES256", "typ": "JWT", "kid": self.key.id, "jwk": self.stranger.jwk() });
                self.stranger.sign(&head, &self.provider.claims("ST-CL"))
            }
            29 => self.changed(|head, _| head["b64"] = json!(false)),
            30 => good[..luck.random_range(1..good.len())].to_owned(),
            31 => {
                (0..luck.random_range(1..2_000)).map(|_| char::from(luck.random_range(b'!'..=b'~'))).collect()
            }
            32 => format!("zhenshi_{good}"),
            33 => format!("{good}.{signature}"),
            // The zeros that some verifiers took for a signature of anything (CVE-2022-21449).
            34 => format!("{body}.{}", encoded(&[0; 64])),
            _ => self.changed(|head, _| head["zip"] = json!("DEF")),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_hostile_tokens_get_one_refusal_and_honest_callers_notice_nothing() {
    let (provider, service) = start(|_| ()).await;
    let system = service.token("core", &["*"], &CHANNELS).await;
    let mut client = lists(&service).await;
    let honest = [system, provider.token("ST-CL")];
    for token in &honest {
        assert_eq!(asks(&mut client, token).await.0, Code::Ok);
    }
    let done = Arc::new(AtomicBool::new(false));
    let beside: Vec<_> = honest
        .into_iter()
        .map(|token| {
            let (mut client, done) = (client.clone(), done.clone());
            tokio::spawn(async move {
                let (mut calls, mut wrong) = (0, Vec::new());
                while !done.load(Ordering::Relaxed) {
                    let told = asks(&mut client, &token).await;
                    calls += 1;
                    if told.0 != Code::Ok {
                        wrong.push(told);
                    }
                }
                (calls, wrong)
            })
        })
        .collect();

    let maker = Arc::new(Maker {
        key: provider.key(),
        stranger: Key::new("a key of nobody"),
        provider: provider.clone(),
    });
    let mut senders = Vec::new();
    for sender in 0..SENDERS {
        let (mut client, maker) = (lists(&service).await, maker.clone());
        senders.push(tokio::spawn(async move {
            let mut told = BTreeSet::new();
            let mut luck = ChaCha20Rng::seed_from_u64(sender as u64);
            for n in (sender..TOKENS).step_by(SENDERS) {
                let token = maker.make(n, &mut luck);
                let (code, reason, words) = asks(&mut client, &token).await;
                assert_eq!(reason, "TOKEN_INVALID", "way {}: {token}", n % WAYS);
                told.insert((format!("{code:?}"), reason, words));
            }
            told
        }));
    }
    let mut told = BTreeSet::new();
    for sender in senders {
        told.extend(sender.await.unwrap());
    }
    done.store(true, Ordering::Relaxed);
    assert_eq!(told.len(), 1, "{told:?}");
    for honest in beside {
        let (calls, wrong) = honest.await.unwrap();
        assert!(calls > 100 && wrong.is_empty(), "{calls} calls, {wrong:?}");
    }
    assert!(provider.readings() <= 2, "{} readings of the keys", provider.readings());
    service.stop().await;
}
