//! Finished public pages, kept for a moment: on a deadline night thousands ask for the same page within a second. Must never hold a page made
//! for somebody signed in.

use std::{
    collections::HashMap,
    sync::RwLock,
    time::{Duration, Instant},
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, VARY},
    web::Bytes,
};
use sha2::{Digest, Sha256};

use super::problem::Problem;

/// Pages by path and query.
#[derive(Debug)]
pub struct PageCache {
    keep: Duration,
    most: usize,
    pages: RwLock<HashMap<String, Kept>>,
}

#[derive(Clone, Debug)]
struct Kept {
    until: Instant,
    html: Bytes,
    tag: String,
}

impl PageCache {
    /// Keeps pages for `keep`, at the most `most` of them; zero switches it off.
    pub fn new(keep: Duration, most: usize) -> Self {
        Self { keep, most, pages: RwLock::new(HashMap::new()) }
    }

    /// The kept page for this request, or the one `make` makes. Only 200 HTML goes in here.
    ///
    /// # Errors
    /// Those of `make`.
    pub async fn page<F>(&self, request: &HttpRequest, make: F) -> Result<HttpResponse, Problem>
    where
        F: AsyncFnOnce() -> Result<String, Problem>,
    {
        let key = request.uri().path_and_query().map_or("", |uri| uri.as_str());
        if let Some(kept) = self.kept(key) {
            return Ok(answer(request, &kept));
        }
        let html = Bytes::from(make().await?);
        let tag = format!("\"{}\"", hex::encode(Sha256::digest(&html)).get(..20).unwrap_or_default());
        let kept = Kept { until: Instant::now() + self.keep, html, tag };
        if !self.keep.is_zero() {
            let mut pages = self.pages.write().unwrap_or_else(std::sync::PoisonError::into_inner);
            if pages.len() >= self.most {
                pages.clear();
            }
            pages.insert(key.to_owned(), kept.clone());
        }
        Ok(answer(request, &kept))
    }

    fn kept(&self, key: &str) -> Option<Kept> {
        let pages = self.pages.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        pages.get(key).filter(|kept| kept.until > Instant::now()).cloned()
    }

    /// Forgets everything: after a change that must show at once.
    pub fn clear(&self) {
        self.pages.write().unwrap_or_else(std::sync::PoisonError::into_inner).clear();
    }
}

fn answer(request: &HttpRequest, kept: &Kept) -> HttpResponse {
    if request.headers().get("if-none-match").is_some_and(|known| known.as_bytes() == kept.tag.as_bytes()) {
        return HttpResponse::NotModified().insert_header((ETAG, kept.tag.clone())).finish();
    }
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "public, max-age=0, must-revalidate"))
        .insert_header((VARY, "accept-encoding"))
        .insert_header((ETAG, kept.tag.clone()))
        .body(kept.html.clone())
}
