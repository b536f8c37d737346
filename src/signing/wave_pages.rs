//! A published wave as everybody sees it: its numbers, its list in every form, and words to pass on (R9, R25). Must show no wave that is not published,
//! and nothing that the list itself does not print.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use chrono::{DateTime, Duration, Utc};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter};
use serde::Serialize;

use super::{
    counts::HeadlineView,
    list::{self, Format, Layout},
    list_desk::{self, Question},
    publication::MOST_NAMES,
    waves,
};
use crate::{
    campaigns,
    entities::{wave, wave_entry},
    platform::{
        Platform,
        http::{
            forms,
            frame::Frame,
            problem::Problem,
            visitor::{self, Visitor},
        },
        i18n, throttle,
    },
    states,
};

/// Lists one network may fetch in an hour: typesetting is work.
const PER_NETWORK: i32 = 60;

/// The pages' addresses.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/{lang}/signatories/wave/{number}", web::get().to(show))
        .route("/{lang}/signatories/wave/{number}/list", web::get().to(download));
}

#[derive(Serialize)]
struct WavePage<'a> {
    page: Frame<'a>,
    number: i32,
    counts: Option<HeadlineView>,
    frozen_at: DateTime<Utc>,
    content_hash: String,
    /// Names taken out since, because somebody withdrew or asked to be withheld.
    names_removed: i32,
    /// Words to pass on.
    kit: Option<String>,
    /// Where the text is read.
    text_address: String,
    list_address: String,
    files: Vec<FileView>,
}

#[derive(Serialize)]
struct FileView {
    href: String,
    text: String,
}

/// The published wave with this number.
async fn published(platform: &Platform, campaign: &campaigns::Current, number: i32) -> Result<wave::Model, Problem> {
    let wave = waves::by_number(platform.database.read(), campaign.id, number).await?;
    wave.filter(|wave| wave.published_at.is_some()).ok_or(Problem::NotFound)
}

/// How many names a wave prints, for what is too long to be typeset while somebody waits.
async fn names(platform: &Platform, wave: &wave::Model) -> Result<u64, DbErr> {
    let named =
        wave_entry::Entity::find().filter(wave_entry::Column::WaveId.eq(wave.id)).filter(wave_entry::Column::PrintedName.is_not_null());
    named.count(platform.database.read()).await
}

/// Two queries.
async fn show(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    path: web::Path<(String, i32)>,
) -> Result<HttpResponse, Problem> {
    let campaign = campaigns.get(&platform).await?;
    let wave = published(&platform, &campaign, path.1).await?;
    let typeset = names(&platform, &wave).await? <= MOST_NAMES as u64;
    let language = visitor.language;
    let base = format!("{}/{language}", platform.site.base_url);
    let formats = Format::ALL.iter().filter(|format| typeset || !format.is_typeset());
    let file = |format: &Format| FileView {
        href: format!("/{language}/signatories/wave/{}/list?format={format}", wave.number),
        text: i18n::word(language, &format!("list-format-{format}")),
    };
    let args = i18n::args([("number", i64::from(wave.number).into())]);
    let view = WavePage {
        page: platform.site.frame(language, request.path(), i18n::text(language, "roll-wave-title", &args)),
        number: wave.number,
        counts: waves::frozen_counts(&wave).as_ref().map(HeadlineView::from),
        frozen_at: wave.frozen_at,
        names_removed: wave.names_removed,
        kit: list::kit(&wave, &campaign, language),
        text_address: format!("{base}/statement"),
        list_address: format!("{base}/signatories/wave/{}", wave.number),
        files: formats.map(file).collect(),
        content_hash: wave.content_hash,
    };
    Ok(platform.site.page(StatusCode::OK, "signing/published_wave.html", language, &view)?)
}

async fn download(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    path: web::Path<(String, i32)>,
) -> Result<HttpResponse, Problem> {
    let question: Question = forms::query(&request)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let wave = published(&platform, &campaign, path.1).await?;
    let format: Format = question.format.parse().map_err(|_| Problem::Bad("bad-query"))?;
    if format.is_typeset() && names(&platform, &wave).await? > MOST_NAMES as u64 {
        return Err(Problem::NotFound);
    }
    if let Some(from) = visitor::source(&request, platform.proxies) {
        let now = platform.clock.now();
        let bucket = format!("list:{}", platform.keys.network_hash(from, now.date_naive()));
        if !throttle::allow(platform.database.write(), &bucket, PER_NETWORK, Duration::hours(1), now).await? {
            return Err(Problem::TooMany);
        }
    }
    list_desk::file(&platform, (&campaign, &directory), &wave, (Layout::Country, format, visitor.language)).await
}
