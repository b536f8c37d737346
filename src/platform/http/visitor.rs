//! Who asks, as far as the address tells: the language. Must not look at accounts.

use std::{
    future::{Ready, ready},
    net::IpAddr,
};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{AcceptLanguage, Preference, Quality},
    web::Header,
};
use futures_util::FutureExt as _;

use super::problem::Problem;
use crate::domain::language::Language;

/// A reader of a public page: the language stands first in the path.
#[derive(Clone, Copy, Debug)]
pub struct Visitor {
    /// The language of the page.
    pub language: Language,
}

impl FromRequest for Visitor {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let language = request.path().split('/').nth(1).and_then(|code| Language::of_interface(code).ok());
        ready(language.map(|language| Self { language }).ok_or(Problem::NotFound))
    }
}

/// Where a request comes from. Behind `proxies` of our own it is what the outermost of them wrote down: everything further left in the header
/// anybody may have made up. For counting only, and only as a keyed mark (R73).
pub fn source(request: &HttpRequest, proxies: usize) -> Option<IpAddr> {
    let peer = request.peer_addr().map(|peer| peer.ip());
    if proxies == 0 {
        return peer;
    }
    let written: Vec<&str> =
        request.headers().get_all("x-forwarded-for").filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(',')).collect();
    let outermost = written.len().checked_sub(proxies).and_then(|at| written.get(at));
    outermost.and_then(|address| address.trim().parse().ok()).or(peer)
}

/// The language of the path, else the best the browser asks for, else English.
pub fn language_of(request: &HttpRequest) -> Language {
    let of_path = request.path().split('/').nth(1).and_then(|code| Language::of_interface(code).ok());
    of_path.or_else(|| accepted(request)).unwrap_or_default()
}

/// The language of `Accept-Language` that the browser likes best and that we have. RFC 9110, section 12.5.4.
fn accepted(request: &HttpRequest) -> Option<Language> {
    let header = Header::<AcceptLanguage>::from_request(request, &mut Payload::None).now_or_never()?.ok()?;
    let refused = |code: &str| header.iter().any(|range| range.quality == Quality::ZERO && range.item.to_string().starts_with(code));
    header.ranked().into_iter().find_map(|range| match range {
        Preference::Specific(tag) => Language::of_interface(tag.primary_language()).ok().filter(|language| !refused(language.code())),
        Preference::Any => None,
    })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    /// R73: nobody chooses by a header whose share they use up.
    #[test]
    fn a_made_up_source_is_not_believed() {
        let request = TestRequest::default()
            .peer_addr(([10, 0, 0, 1], 5000).into())
            .insert_header(("x-forwarded-for", "1.2.3.4, 203.0.113.9"))
            .to_http_request();
        let from = |proxies| source(&request, proxies).map(|address| address.to_string());
        assert_eq!(from(0).as_deref(), Some("10.0.0.1"), "without a proxy the header is anybody's");
        assert_eq!(from(1).as_deref(), Some("203.0.113.9"), "what our proxy saw");
        assert_eq!(from(2).as_deref(), Some("1.2.3.4"));
        assert_eq!(from(3).as_deref(), Some("10.0.0.1"), "it did not come through all of them");
    }

    #[test]
    fn the_language_the_browser_likes_best_is_chosen() {
        let wanted = [
            ("fr", Language::Fr),
            ("de, ru;q=0.5, es;q=0.8", Language::Es),
            ("en;q=0.1, zh-Hant-TW;q=0.9", Language::Zh),
            ("AR-eg, en", Language::Ar),
            ("fr;q=0, ru;q=0.2", Language::Ru),
            ("*", Language::En),
            // R39: a language of letters alone is none of pages.
            ("pt-PT, pt;q=0.9", Language::En),
            ("pt, ru;q=0.3", Language::Ru),
            ("de", Language::En),
            ("", Language::En),
            (";;q=\u{fffd},,,", Language::En),
        ];
        for (header, language) in wanted {
            let request = TestRequest::with_uri("/").insert_header(("accept-language", header)).to_http_request();
            assert_eq!(language_of(&request), language, "{header}");
        }
        for path in ["/pt", "/pt/states"] {
            let request = TestRequest::with_uri(path).insert_header(("accept-language", "fr")).to_http_request();
            assert_eq!(language_of(&request), Language::Fr, "R39: {path} is no page");
        }
        let request = TestRequest::with_uri("/ru/states").insert_header(("accept-language", "fr")).to_http_request();
        assert_eq!(language_of(&request), Language::Ru, "the address says more");
    }
}
