//! Finished public pages, kept for a moment: on a deadline night thousands ask for the same page within a second. Must never hold a page made
//! for somebody signed in.
//!
//! Cost of a kept page: one look under a read lock and a counted reference to its bytes. It is compressed once, not once a reader; while it is
//! made anew, one request works and the others get the page before.

use std::{
    borrow::Cow,
    collections::HashMap,
    io::Write as _,
    sync::{Arc, OnceLock, PoisonError, RwLock},
    time::{Duration, Instant},
};

use actix_web::{
    FromRequest as _, HttpRequest, HttpResponse,
    dev::Payload,
    http::{
        Uri,
        header::{
            AcceptEncoding, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ContentEncoding, ETAG, Encoding, EntityTag, HeaderValue,
            IF_NONE_MATCH, IfNoneMatch, VARY,
        },
    },
    web::{Bytes, Header},
};
use futures_util::FutureExt as _;
use sha2::{Digest, Sha256};

use super::problem::Problem;

/// How long others are served the page before, while one request makes it anew.
const RENEWAL: Duration = Duration::from_secs(1);
/// A page this many times older than it may be is nobody's any more.
const TOO_OLD: u32 = 3;

/// Pages by path and query, without what is only hung on a link.
#[derive(Debug)]
pub struct PageCache {
    keep: Duration,
    /// Bytes of HTML kept at most: addresses with made-up queries must not fill the memory.
    room: usize,
    pages: RwLock<Pages>,
}

#[derive(Debug, Default)]
struct Pages {
    by_address: HashMap<String, Kept>,
    bytes: usize,
    /// How often everything was forgotten: a page made from what was read before is not kept.
    cleared: u64,
}

#[derive(Clone, Debug)]
struct Kept {
    made: Instant,
    until: Instant,
    page: Arc<Page>,
}

/// A finished page and its compressed forms, each made when the first reader asks for it.
#[derive(Debug)]
struct Page {
    html: Bytes,
    tag: HeaderValue,
    entity_tag: EntityTag,
    gzip: OnceLock<Option<Bytes>>,
    brotli: OnceLock<Option<Bytes>>,
}

impl PageCache {
    /// Keeps pages for `keep`, at most `room` bytes of them before compression; a `keep` of zero switches it off.
    pub fn new(keep: Duration, room: usize) -> Self {
        Self { keep, room, pages: RwLock::default() }
    }

    /// The kept page for this request, or the one `make` makes. Only 200 HTML goes in here.
    ///
    /// # Errors
    /// Those of `make`.
    pub async fn page<F>(&self, request: &HttpRequest, make: F) -> Result<HttpResponse, Problem>
    where
        F: AsyncFnOnce() -> Result<String, Problem>,
    {
        let address = address(request.uri());
        if let Some(page) = self.kept(&address) {
            return Ok(answer(request, &page, true));
        }
        let cleared = self.cleared();
        let page = Arc::new(Page::new(make().await?));
        if self.keep.is_zero() {
            return Ok(answer(request, &page, false));
        }
        self.hold(&address, &page, cleared);
        Ok(answer(request, &page, true))
    }

    /// The page for this address, unless it is this request's turn to make it.
    fn kept(&self, address: &str) -> Option<Arc<Page>> {
        let now = Instant::now();
        {
            let pages = self.pages.read().unwrap_or_else(PoisonError::into_inner);
            let kept = pages.by_address.get(address)?;
            if kept.until > now {
                return Some(Arc::clone(&kept.page));
            }
        }
        let mut pages = self.pages.write().unwrap_or_else(PoisonError::into_inner);
        let kept = pages.by_address.get_mut(address)?;
        if kept.until > now {
            return Some(Arc::clone(&kept.page));
        }
        if now.duration_since(kept.made) < self.keep * TOO_OLD {
            kept.until = now + RENEWAL;
        }
        None
    }

    /// How long a page is kept.
    pub const fn keep(&self) -> Duration {
        self.keep
    }

    /// How often everything was forgotten.
    pub fn cleared(&self) -> u64 {
        self.pages.read().unwrap_or_else(PoisonError::into_inner).cleared
    }

    fn hold(&self, address: &str, page: &Arc<Page>, cleared: u64) {
        let now = Instant::now();
        let mut pages = self.pages.write().unwrap_or_else(PoisonError::into_inner);
        if pages.cleared != cleared {
            return;
        }
        pages.remove(address);
        if pages.bytes + page.html.len() > self.room {
            pages.sweep(now);
        }
        if pages.bytes + page.html.len() <= self.room {
            pages.bytes += page.html.len();
            pages.by_address.insert(address.to_owned(), Kept { made: now, until: now + self.keep, page: Arc::clone(page) });
        }
    }

    /// Forgets everything: after a change that must show at once.
    pub fn clear(&self) {
        let mut pages = self.pages.write().unwrap_or_else(PoisonError::into_inner);
        *pages = Pages { cleared: pages.cleared + 1, ..Pages::default() };
    }
}

/// What networks and mail programs hang on a link, each reader's another: no page reads it, and a link that is passed around would never be answered
/// with a kept page.
const HUNG_ON: [&str; 8] = ["fbclid", "gclid", "igshid", "mc_cid", "mc_eid", "msclkid", "twclid", "yclid"];

/// A page's address without what is hung on it.
fn address(uri: &Uri) -> Cow<'_, str> {
    let hung_on = |field: &str| {
        let name = field.split('=').next().unwrap_or_default();
        HUNG_ON.contains(&name) || name.starts_with("utm_")
    };
    match uri.query() {
        Some(query) if query.split('&').any(hung_on) => {
            let rest: Vec<&str> = query.split('&').filter(|field| !hung_on(field)).collect();
            Cow::Owned(if rest.is_empty() { uri.path().to_owned() } else { format!("{}?{}", uri.path(), rest.join("&")) })
        }
        _ => Cow::Borrowed(uri.path_and_query().map_or("", |uri| uri.as_str())),
    }
}

impl Pages {
    fn remove(&mut self, address: &str) {
        if let Some(kept) = self.by_address.remove(address) {
            self.bytes -= kept.page.html.len();
        }
    }

    fn sweep(&mut self, now: Instant) {
        self.by_address.retain(|_, kept| kept.until > now);
        self.bytes = self.by_address.values().map(|kept| kept.page.html.len()).sum();
    }
}

impl Page {
    fn new(html: String) -> Self {
        // Weak: the same page, however it is compressed.
        let entity_tag = EntityTag::new_weak(hex::encode(Sha256::digest(&html)).get(..20).unwrap_or_default().to_owned());
        let tag = HeaderValue::from_str(&entity_tag.to_string()).unwrap_or_else(|_| HeaderValue::from_static("W/\"\""));
        Self { html: Bytes::from(html), tag, entity_tag, gzip: OnceLock::new(), brotli: OnceLock::new() }
    }

    fn compressed(&self, encoding: ContentEncoding) -> Option<Bytes> {
        match encoding {
            ContentEncoding::Gzip => self.gzip.get_or_init(|| gzip(&self.html)).clone(),
            ContentEncoding::Brotli => self.brotli.get_or_init(|| brotli(&self.html)).clone(),
            _ => None,
        }
    }
}

fn gzip(html: &[u8]) -> Option<Bytes> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::with_capacity(html.len() / 4), flate2::Compression::default());
    encoder.write_all(html).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

fn brotli(html: &[u8]) -> Option<Bytes> {
    let mut out = Vec::with_capacity(html.len() / 4);
    let parameters = brotli::enc::BrotliEncoderParams { quality: 5, ..Default::default() };
    brotli::BrotliCompress(&mut &*html, &mut out, &parameters).ok()?;
    Some(Bytes::from(out))
}

/// Compressed here when the page is kept; else the middleware around all answers compresses it on its way.
fn answer(request: &HttpRequest, page: &Page, kept: bool) -> HttpResponse {
    if is_known(request, page) {
        return HttpResponse::NotModified().insert_header((ETAG, page.tag.clone())).finish();
    }
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")))
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("public, max-age=0, must-revalidate")))
        .insert_header((VARY, HeaderValue::from_static("accept-encoding")))
        .insert_header((ETAG, page.tag.clone()));
    if kept
        && let Some(encoding) = wanted(request)
        && let Some(bytes) = page.compressed(encoding)
    {
        return response.insert_header((CONTENT_ENCODING, HeaderValue::from_static(encoding.as_str()))).body(bytes);
    }
    response.body(page.html.clone())
}

/// Whether the reader holds this very page: one tag of a list, or any. RFC 9110, section 13.1.2.
fn is_known(request: &HttpRequest, page: &Page) -> bool {
    if !request.headers().contains_key(IF_NONE_MATCH) {
        return false;
    }
    match Header::<IfNoneMatch>::from_request(request, &mut Payload::None).now_or_never() {
        Some(Ok(Header(IfNoneMatch::Items(tags)))) => tags.iter().any(|tag| tag.weak_eq(&page.entity_tag)),
        Some(Ok(Header(IfNoneMatch::Any))) => true,
        _ => false,
    }
}

/// The best encoding this reader takes, of those pages are kept in.
fn wanted(request: &HttpRequest) -> Option<ContentEncoding> {
    let accepted = Header::<AcceptEncoding>::from_request(request, &mut Payload::None).now_or_never()?.ok()?;
    match accepted.negotiate([Encoding::brotli(), Encoding::gzip(), Encoding::identity()].iter())? {
        Encoding::Known(encoding @ (ContentEncoding::Brotli | ContentEncoding::Gzip)) => Some(encoding),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Read as _;

    use actix_web::{body::MessageBody as _, test::TestRequest};

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    async fn ask(cache: &PageCache, path: &str, encodings: &str, html: &str) -> HttpResponse {
        let request = TestRequest::with_uri(path).insert_header(("accept-encoding", encodings)).to_http_request();
        cache.page(&request, async || Ok(html.to_owned())).await.unwrap()
    }

    fn bytes(response: HttpResponse) -> Bytes {
        response.into_body().try_into_bytes().unwrap()
    }

    #[tokio::test]
    async fn a_kept_page_is_made_once_and_comes_as_the_reader_wants_it() {
        let cache = PageCache::new(LONG, 1_000_000);
        let page = "<p>words</p>".repeat(200);
        assert_eq!(bytes(ask(&cache, "/en", "", &page).await), page);
        assert_eq!(bytes(ask(&cache, "/en", "identity", "another").await), page);
        let zipped = ask(&cache, "/en", "gzip", "another").await;
        assert_eq!(zipped.headers().get(CONTENT_ENCODING).unwrap(), "gzip");
        let mut plain = String::new();
        flate2::read::GzDecoder::new(&*bytes(zipped)).read_to_string(&mut plain).unwrap();
        assert_eq!(plain, page);
        let packed = ask(&cache, "/en", "gzip;q=0.5, br", "another").await;
        assert_eq!(packed.headers().get(CONTENT_ENCODING).unwrap(), "br");
        let mut plain = Vec::new();
        brotli::BrotliDecompress(&mut &*bytes(packed), &mut plain).unwrap();
        assert_eq!(plain, page.as_bytes());
    }

    #[tokio::test]
    async fn a_link_that_was_passed_around_is_the_same_page() {
        let cache = PageCache::new(LONG, 10_000);
        assert_eq!(bytes(ask(&cache, "/en?stance=oppose", "", "page").await), "page");
        for path in ["/en?fbclid=abc&stance=oppose", "/en?stance=oppose&utm_source=x&utm_medium=y", "/en?stance=oppose&gclid="] {
            assert_eq!(bytes(ask(&cache, path, "", "another").await), "page", "{path}");
        }
        assert_eq!(bytes(ask(&cache, "/en?stance=support&fbclid=abc", "", "another").await), "another");
        assert_eq!(bytes(ask(&cache, "/en?fbclid=1", "", "home").await), "home");
        assert_eq!(bytes(ask(&cache, "/en", "", "another").await), "home");
    }

    #[tokio::test]
    async fn made_up_addresses_do_not_fill_the_memory() {
        let cache = PageCache::new(LONG, 10_000);
        for number in 0..100 {
            ask(&cache, &format!("/en?x={number}"), "", &"x".repeat(1000)).await;
        }
        let pages = cache.pages.read().unwrap();
        assert!(pages.bytes <= 10_000 && pages.by_address.len() <= 10, "{} bytes", pages.bytes);
    }

    #[tokio::test]
    async fn while_one_makes_a_page_anew_the_others_get_the_one_before() {
        // Long enough for a machine that is busy with something else.
        let cache = PageCache::new(Duration::from_millis(1000), 10_000);
        ask(&cache, "/en", "", "before").await;
        tokio::time::sleep(Duration::from_millis(1100)).await;
        assert!(cache.kept("/en").is_none(), "this one makes it");
        assert_eq!(bytes(ask(&cache, "/en", "", "after").await), "before");
        tokio::time::sleep(RENEWAL + Duration::from_millis(50)).await;
        assert_eq!(bytes(ask(&cache, "/en", "", "after").await), "after");
    }

    #[tokio::test]
    async fn a_page_made_of_what_was_forgotten_meanwhile_is_not_kept() {
        let cache = PageCache::new(LONG, 10_000);
        let request = TestRequest::with_uri("/en").to_http_request();
        let make = async || {
            cache.clear();
            Ok("with a name".to_owned())
        };
        cache.page(&request, make).await.unwrap();
        assert_eq!(bytes(ask(&cache, "/en", "", "without").await), "without");
    }

    #[tokio::test]
    async fn a_page_the_reader_holds_is_not_sent_again() {
        let cache = PageCache::new(LONG, 10_000);
        let tag = ask(&cache, "/en", "", "words").await.headers().get(ETAG).unwrap().to_str().unwrap().to_owned();
        let strong = tag.trim_start_matches("W/");
        for (known, status) in [
            (tag.clone(), 304),
            (format!("\"another\", {tag}"), 304),
            (strong.to_owned(), 304),
            ("*".to_owned(), 304),
            ("\"another\"".to_owned(), 200),
            ("words".to_owned(), 200),
        ] {
            let request = TestRequest::with_uri("/en").insert_header(("if-none-match", known.as_str())).to_http_request();
            let response = cache.page(&request, async || Ok("words".to_owned())).await.unwrap();
            assert_eq!(response.status(), status, "{known}");
        }
    }

    #[tokio::test]
    async fn a_page_that_is_switched_off_is_made_each_time() {
        let cache = PageCache::new(Duration::ZERO, 10_000);
        ask(&cache, "/en", "", "before").await;
        assert_eq!(bytes(ask(&cache, "/en", "", "after").await), "after");
    }
}
