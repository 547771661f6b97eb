//! What the page's look and its behaviour are made of: the files of `assets/`, compiled in, served compressed under an address
//! that holds a hash of their content, so that a browser keeps them for ever and never keeps a stale one.
//!
//! To add a file: its line in [`ASSETS`], and what it is and whose in `NOTICE` if it is not ours.

use std::{
    io::Write as _,
    sync::{LazyLock, OnceLock},
};

use aws_lc_rs::digest::{SHA256, digest};
use axum::{
    extract::Path,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY},
    },
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};

/// A year: whatever lies under an address with a hash stays what it is.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Bytes of the hash in the address.
const HASH_BYTES: usize = 9;
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// A file of `assets/`.
struct Asset {
    name: &'static str,
    media_type: &'static str,
    bytes: &'static [u8],
    address: OnceLock<String>,
    gzip: OnceLock<Bytes>,
}

impl Asset {
    const fn new(name: &'static str, media_type: &'static str, bytes: &'static [u8]) -> Self {
        Self { name, media_type, bytes, address: OnceLock::new(), gzip: OnceLock::new() }
    }

    fn address(&self) -> &str {
        self.address.get_or_init(|| {
            let hash = digest(&SHA256, self.bytes);
            let hash = URL_SAFE_NO_PAD.encode(hash.as_ref().get(..HASH_BYTES).unwrap_or_default());
            format!("/assets/{hash}/{}", self.name)
        })
    }

    /// Compressed once, when it is first asked for.
    fn gzip(&self) -> Bytes {
        let make = || {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            // Writing to memory cannot fail; an empty file would show at once.
            let _ = encoder.write_all(self.bytes);
            Bytes::from(encoder.finish().unwrap_or_default())
        };
        self.gzip.get_or_init(make).clone()
    }
}

macro_rules! file {
    ($name:literal, $media_type:expr, $path:literal) => {
        Asset::new($name, $media_type, include_bytes!(concat!("../../assets/", $path)))
    };
}

static ASSETS: LazyLock<[Asset; 8]> = LazyLock::new(|| {
    [
        file!("bootstrap.css", CSS, "vendor/bootstrap-5.3.9.min.css"),
        file!("app.css", CSS, "app.css"),
        file!("htmx.js", JS, "vendor/htmx-4.0.1.min.js"),
        file!("app.js", JS, "app.js"),
        file!("cases.js", JS, "cases.js"),
        file!("plots.js", JS, "plots.js"),
        file!("echarts.js", JS, "vendor/echarts-6.1.0.common.min.js"),
        file!("icon.svg", SVG, "icon.svg"),
    ]
});

/// The address of the file `name`; empty for a name that there is not, which a test of the templates rules out.
pub(super) fn address(name: &str) -> &'static str {
    ASSETS.iter().find(|asset| asset.name == name).map_or("", Asset::address)
}

/// Answers with a file. An address with another hash is one of another version of the program: not here.
pub(super) async fn asset(Path((hash, name)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let wanted = format!("/assets/{hash}/{name}");
    let Some(asset) = ASSETS.iter().find(|asset| asset.address() == wanted) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut answer = HeaderMap::new();
    answer.insert(CONTENT_TYPE, HeaderValue::from_static(asset.media_type));
    answer.insert(CACHE_CONTROL, FOR_EVER);
    answer.insert(VARY, HeaderValue::from_static("accept-encoding"));
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepted.split(',').any(|coding| coding.trim().eq_ignore_ascii_case("gzip")) {
        answer.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        return (answer, asset.gzip()).into_response();
    }
    // `gzip;q=0` and the like come from nobody's browser: they get the plain bytes, which is right as well.
    (answer, Bytes::from_static(asset.bytes)).into_response()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[tokio::test]
    async fn a_file_is_served_under_its_hash_only() {
        let address = address("app.css");
        let (hash, name) = address.trim_start_matches("/assets/").split_once('/').unwrap();
        let path = |hash: &str| Path((hash.to_owned(), name.to_owned()));
        assert_eq!(asset(path("other"), HeaderMap::new()).await.status(), StatusCode::NOT_FOUND);
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("br, gzip"));
        let answer = asset(path(hash), headers).await;
        assert_eq!(answer.headers()[CONTENT_ENCODING], "gzip");
        assert!(answer.headers()[CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        let packed = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        let mut text = String::new();
        flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text, include_str!("../../assets/app.css"));
    }

    #[test]
    fn what_every_page_loads_fits_its_budget() {
        // The rest of the 150 KB is the page itself.
        let every_page = ["bootstrap.css", "app.css", "htmx.js", "app.js", "cases.js", "icon.svg"];
        let bytes: usize =
            ASSETS.iter().filter(|a| every_page.contains(&a.name)).map(|a| a.gzip().len()).sum();
        assert!(bytes <= 70_000, "{bytes} bytes");
    }
}
