//! Who asks, as far as the address tells: the language. Must not look at accounts.

use std::future::{Ready, ready};

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
        let language = request.path().split('/').nth(1).and_then(|code| code.parse().ok());
        ready(language.map(|language| Self { language }).ok_or(Problem::NotFound))
    }
}

/// The language of the path, else the best the browser asks for, else English.
pub fn language_of(request: &HttpRequest) -> Language {
    let of_path = request.path().split('/').nth(1).and_then(|code| code.parse().ok());
    of_path.or_else(|| accepted(request)).unwrap_or_default()
}

/// The language of `Accept-Language` that the browser likes best and that we have. RFC 9110, section 12.5.4.
fn accepted(request: &HttpRequest) -> Option<Language> {
    let header = Header::<AcceptLanguage>::from_request(request, &mut Payload::None).now_or_never()?.ok()?;
    let refused = |code: &str| header.iter().any(|range| range.quality == Quality::ZERO && range.item.to_string().starts_with(code));
    header.ranked().into_iter().find_map(|range| match range {
        Preference::Specific(tag) => tag.primary_language().parse().ok().filter(|language: &Language| !refused(language.code())),
        Preference::Any => None,
    })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn the_language_the_browser_likes_best_is_chosen() {
        let wanted = [
            ("fr", Language::Fr),
            ("de, ru;q=0.5, es;q=0.8", Language::Es),
            ("en;q=0.1, zh-Hant-TW;q=0.9", Language::Zh),
            ("AR-eg, en", Language::Ar),
            ("fr;q=0, ru;q=0.2", Language::Ru),
            ("*", Language::En),
            ("de", Language::En),
            ("", Language::En),
            (";;q=\u{fffd},,,", Language::En),
        ];
        for (header, language) in wanted {
            let request = TestRequest::with_uri("/").insert_header(("accept-language", header)).to_http_request();
            assert_eq!(language_of(&request), language, "{header}");
        }
        let request = TestRequest::with_uri("/ru/states").insert_header(("accept-language", "fr")).to_http_request();
        assert_eq!(language_of(&request), Language::Ru, "the address says more");
    }
}
