//! An identity provider of the test's own: keys that change, tokens of any form, the code flow. Signs with aws-lc-rs itself, so that what reads its tokens
//! is held against another hand.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use axum::{
    Form, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::{get, post},
};
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use zhenshi::config::Oidc;

use super::database::start_time;

pub const CLIENT: &str = "zhenshi-test";
pub const SECRET: &str = "s3cret of the client";
pub const REDIRECT: &str = "https://zhenshi.example/sign-in/oidc/callback";

/// A signing key.
pub struct Key {
    pub id: String,
    pair: EcdsaKeyPair,
}

impl Key {
    pub fn new(id: &str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Self { id: id.to_owned(), pair }
    }

    /// The public point, uncompressed.
    pub fn point(&self) -> Vec<u8> {
        self.pair.public_key().as_ref().to_vec()
    }

    pub fn jwk(&self) -> Value {
        let point = self.point();
        json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.id,
            "x": encoded(&point[1..33]), "y": encoded(&point[33..]),
        })
    }

    pub fn signature(&self, message: &str) -> Vec<u8> {
        self.pair.sign(&SystemRandom::new(), message.as_bytes()).unwrap().as_ref().to_vec()
    }

    /// A token of this head and these claims, as they are.
    pub fn sign(&self, head: &Value, claims: &Value) -> String {
        let message = message(head, claims);
        format!("{message}.{}", encoded(&self.signature(&message)))
    }

    /// The head of its tokens.
    pub fn head(&self) -> Value {
        json!({ "alg": "ES256", "typ": "JWT", "kid": self.id })
    }
}

pub fn encoded(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// What is signed.
pub fn message(head: &Value, claims: &Value) -> String {
    format!("{}.{}", encoded(head.to_string().as_bytes()), encoded(claims.to_string().as_bytes()))
}

#[derive(Default)]
struct Inner {
    keys: Vec<Arc<Key>>,
    /// How often the keys were asked for.
    readings: usize,
    down: bool,
    /// By code: challenge and claims of the token.
    codes: HashMap<String, (String, Value)>,
    issuer: String,
}

/// The running provider.
#[derive(Clone)]
pub struct Provider {
    inner: Arc<Mutex<Inner>>,
    pub issuer: String,
}

impl Provider {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}/realm", listener.local_addr().unwrap());
        let inner =
            Inner { keys: vec![Arc::new(Key::new("key-1"))], issuer: issuer.clone(), ..Inner::default() };
        let inner = Arc::new(Mutex::new(inner));
        let router = Router::new()
            .route("/realm/.well-known/openid-configuration", get(discovery))
            .route("/realm/keys", get(keys))
            .route("/realm/token", post(token))
            .with_state(inner.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { inner, issuer }
    }

    /// What the service is told of it.
    pub fn config(&self, folder: &std::path::Path) -> Oidc {
        let secret = folder.join("client.secret");
        std::fs::write(&secret, format!("{SECRET}\n")).unwrap();
        Oidc {
            issuer: self.issuer.clone(),
            client_id: CLIENT.into(),
            client_secret_file: Some(secret),
            audience: Some("zhenshi-api".into()),
            algorithm: "ES256".into(),
            redirect_url: REDIRECT.into(),
            allow_http: true,
            ..Oidc::default()
        }
    }

    pub fn key(&self) -> Arc<Key> {
        self.inner.lock().unwrap().keys.last().unwrap().clone()
    }

    /// From now on it signs with another key, and the old one is not its any more.
    pub fn rotate(&self, id: &str) -> Arc<Key> {
        let key = Arc::new(Key::new(id));
        self.inner.lock().unwrap().keys = vec![key.clone()];
        key
    }

    pub fn readings(&self) -> usize {
        self.inner.lock().unwrap().readings
    }

    pub fn set_down(&self, down: bool) {
        self.inner.lock().unwrap().down = down;
    }

    /// Claims of a token for calls, of the member of staff `code`.
    pub fn claims(&self, code: &str) -> Value {
        let now = start_time().timestamp();
        json!({
            "iss": self.issuer, "sub": format!("subject of {code}"), "aud": "zhenshi-api", "staff_code": code,
            "iat": now, "nbf": now, "exp": now + 600, "acr": "high", "amr": ["otp", "pwd"],
        })
    }

    /// A good token for calls.
    pub fn token(&self, code: &str) -> String {
        let key = self.key();
        key.sign(&key.head(), &self.claims(code))
    }

    /// What the provider does when a browser comes by `address` and its person signs in as `code`: the fields of the way back.
    pub fn authorize(&self, address: &str, code: &str, change: impl FnOnce(&mut Value)) -> (String, String) {
        let url: http::Uri = address.parse().unwrap();
        let asked: HashMap<String, String> = url
            .query()
            .unwrap()
            .split('&')
            .map(|field| field.split_once('=').unwrap())
            .map(|(name, value)| (name.to_owned(), unescaped(value)))
            .collect();
        assert_eq!(
            (asked["response_type"].as_str(), asked["code_challenge_method"].as_str()),
            ("code", "S256")
        );
        assert_eq!((asked["client_id"].as_str(), asked["redirect_uri"].as_str()), (CLIENT, REDIRECT));
        assert!(asked["scope"].split(' ').any(|scope| scope == "openid"));
        let mut claims = self.claims(code);
        claims["aud"] = json!([CLIENT, "another"]);
        claims["azp"] = json!(CLIENT);
        claims["nonce"] = json!(asked["nonce"]);
        change(&mut claims);
        let mut inner = self.inner.lock().unwrap();
        let given = format!("code {}&+ä", inner.codes.len());
        inner.codes.insert(given.clone(), (asked["code_challenge"].clone(), claims));
        (given, asked["state"].clone())
    }
}

fn unescaped(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let hex = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

type Shared = State<Arc<Mutex<Inner>>>;

async fn discovery(State(inner): Shared) -> Result<String, StatusCode> {
    let inner = inner.lock().unwrap();
    if inner.down {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    let issuer = &inner.issuer;
    Ok(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "id_token_signing_alg_values_supported": ["RS256", "ES256"],
    })
    .to_string())
}

async fn keys(State(inner): Shared) -> String {
    let mut inner = inner.lock().unwrap();
    inner.readings += 1;
    let keys: Vec<Value> = inner.keys.iter().map(|key| key.jwk()).collect();
    json!({ "keys": keys }).to_string()
}

async fn token(
    State(inner): Shared,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Result<String, StatusCode> {
    let login = format!("{CLIENT}:{}", SECRET.replace(' ', "%20"));
    let authorization = format!("Basic {}", BASE64_STANDARD.encode(login));
    let mut inner = inner.lock().unwrap();
    let code = inner.codes.remove(&form["code"]);
    let (challenge, claims) = code.ok_or(StatusCode::BAD_REQUEST)?;
    let shown = encoded(digest(&SHA256, form["code_verifier"].as_bytes()).as_ref());
    let right = headers.get("authorization").is_some_and(|value| value == authorization.as_str())
        && shown == challenge
        && form["grant_type"] == "authorization_code"
        && form["redirect_uri"] == REDIRECT;
    let key = inner.keys.last().unwrap();
    let answer = json!({ "id_token": key.sign(&key.head(), &claims), "token_type": "Bearer" });
    right.then(|| answer.to_string()).ok_or(StatusCode::UNAUTHORIZED)
}
