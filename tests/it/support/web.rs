//! A browser's worth of HTTP: cookies kept, redirects shown, forms posted from our own pages.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, Request, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, task::JoinHandle};

use zhenshi::app::sign_in::accounts::AccountError;

use super::service::TestService;

/// The password of everybody's account.
pub const PASSWORD: &str = "correct horse battery";

/// Somebody with a browser.
pub struct Browser {
    address: std::net::SocketAddr,
    cookies: BTreeMap<String, String>,
    /// Sent with every request beside the usual ones.
    pub headers: Vec<(&'static str, String)>,
}

/// The login name of the member of staff `code`.
pub fn login(code: &str) -> String {
    format!("staff.{code}")
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The token of the page's forms.
    pub fn csrf(&self) -> String {
        let (_, rest) = self.text().split_once("data-csrf=\"").expect("a page");
        rest.split('"').next().unwrap().to_owned()
    }
}

impl Browser {
    pub fn new(service: &TestService) -> Self {
        Self { address: service.running().http, cookies: BTreeMap::new(), headers: Vec::new() }
    }

    /// The member of staff `code` of the directory, signed in with an account of his own, which is made if he has none.
    pub async fn of(service: &TestService, code: &str) -> Self {
        let login = login(code);
        let made = service.running().app().accounts("test").create(&login, code, PASSWORD, false).await;
        assert!(
            matches!(made, Ok(()) | Err(AccountError::HasAccount | AccountError::LoginTaken)),
            "{made:?}"
        );
        let mut browser = Self::new(service);
        let answer = browser.post("/sign-in", &[("name", &login), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        browser
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path), Bytes::new()).await
    }

    /// Posts a form from a page of ours, as it is.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs = fields.iter().map(|(name, value)| format!("{name}={}", escape(value)));
        let body = pairs.collect::<Vec<_>>().join("&");
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        self.send(request, body.into()).await
    }

    /// Posts a form of the page at `page`, with its token.
    pub async fn submit(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.get(page).await.csrf();
        self.post(path, &[&[("csrf", csrf.as_str())], fields].concat()).await
    }

    /// A stream, at its beginning.
    pub async fn open(&mut self, path: &str) -> hyper::Response<hyper::body::Incoming> {
        self.begin(Request::get(path), Bytes::new()).await.0
    }

    pub async fn send(&mut self, request: http::request::Builder, body: Bytes) -> Answer {
        let (response, driver) = self.begin(request, body).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        driver.abort();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    async fn begin(
        &self,
        request: http::request::Builder,
        body: Bytes,
    ) -> (hyper::Response<hyper::body::Incoming>, JoinHandle<hyper::Result<()>>) {
        let socket = TcpStream::connect(self.address).await.unwrap();
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(socket)).await.unwrap();
        let driver = tokio::spawn(connection);
        let mut request = request.header(header::HOST, self.address.to_string());
        if request.headers_ref().is_none_or(|headers| !headers.contains_key(header::COOKIE)) {
            let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
            request = request.header(header::COOKIE, cookies.collect::<Vec<_>>().join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        (sender.send_request(request.body(Full::new(body)).unwrap()).await.unwrap(), driver)
    }
}

fn escape(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    text.bytes().map(|b| if plain(&b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
