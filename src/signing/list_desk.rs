//! The desk's form for a frozen list as a document. Must hold no rule.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    web,
};
use serde::Deserialize;

use super::{
    list::{self, Format, Layout},
    waves,
};
use crate::{
    accounts::{Permission, SignedIn},
    campaigns::{self, Current},
    domain::language::Language,
    entities::wave,
    platform::{
        Platform,
        http::{
            forms::{self, Choice},
            problem::Problem,
        },
        i18n,
    },
    states::{self, Directory},
};

/// What may be chosen: layouts, formats, languages.
pub(super) fn choices(language: Language) -> [Vec<Choice>; 3] {
    let of = |kind: &str, key: &'static str| Choice::new(key, i18n::word(language, &format!("list-{kind}-{key}")));
    [
        Layout::ALL.iter().map(|layout| of("layout", layout.key())).collect(),
        Format::ALL.iter().map(|format| of("format", format.key())).collect(),
        languages(),
    ]
}

/// The languages by their own names.
pub(super) fn languages() -> Vec<Choice> {
    Language::INTERFACE.map(Choice::language).into()
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Question {
    layout: String,
    pub(super) format: String,
    language: String,
}

pub(super) async fn download(
    request: HttpRequest,
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    number: web::Path<i32>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::ExportLists)?;
    let question: Question = forms::query(&request)?;
    let bad = || Problem::Bad("bad-query");
    let layout: Layout = question.layout.parse().map_err(|_| bad())?;
    let format: Format = question.format.parse().map_err(|_| bad())?;
    let language = Language::of_interface(&question.language).map_err(|_| bad())?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let wave = waves::by_number(platform.database.read(), campaign.id, *number).await?.ok_or(Problem::NotFound)?;
    file(&platform, (&campaign, &directory), &wave, (layout, format, language)).await
}

/// A frozen list as a file to keep.
pub(super) async fn file(
    platform: &Platform,
    (campaign, directory): (&Current, &Directory),
    wave: &wave::Model,
    (layout, format, language): (Layout, Format, Language),
) -> Result<HttpResponse, Problem> {
    let list = list::read(platform.database.read(), (campaign, directory), wave, language, layout).await?;
    let file = list::write(platform, &list, language, format).await?;
    let name = format!("attachment; filename=\"signatories-{}-{layout}-{language}.{format}\"", wave.number);
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, format.media_type()))
        .insert_header((CONTENT_DISPOSITION, name))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(file))
}
