//! Who asks, as far as the address tells: the language. Must not look at accounts.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};

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

/// The first language of `Accept-Language` that we have; browsers list them by preference.
fn accepted(request: &HttpRequest) -> Option<Language> {
    let header = request.headers().get("accept-language")?.to_str().ok()?;
    header.split(',').find_map(|range| range.trim().get(..2)?.to_ascii_lowercase().parse().ok())
}
