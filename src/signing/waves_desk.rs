//! The desk of waves: what would be frozen, freezing, a wave with its lines, the difference between two. Must hold no rule.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    counts::{Counts, HeadlineView},
    deadline_desk, extension, list_desk,
    moments::DeadlineView,
    publication,
    waves::{self, WaveError},
};
use crate::{
    accounts::{Permission, SignedIn},
    campaigns,
    domain::{
        language::Language,
        wave::{WaveLine, difference},
    },
    entities::wave,
    platform::{
        Platform,
        http::{
            forms::{self, Choice},
            frame::Frame,
            problem::Problem,
        },
        i18n,
    },
    states,
};

/// The desk's addresses.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/desk/waves", web::get().to(list))
        .route("/desk/waves", web::post().to(freeze))
        .route("/desk/waves/deadline", web::post().to(deadline_desk::extend))
        .route("/desk/waves/{number}", web::get().to(show))
        .route("/desk/waves/{number}/publish", web::post().to(publish))
        .route("/desk/waves/{number}/list", web::get().to(list_desk::download));
}

#[derive(Serialize)]
struct WaveView {
    number: i32,
    counts: Option<HeadlineView>,
    frozen_at: DateTime<Utc>,
    content_hash: String,
    published_at: Option<DateTime<Utc>>,
}

impl From<wave::Model> for WaveView {
    fn from(wave: wave::Model) -> Self {
        Self {
            counts: waves::frozen_counts(&wave).as_ref().map(HeadlineView::from),
            number: wave.number,
            frozen_at: wave.frozen_at,
            content_hash: wave.content_hash,
            published_at: wave.published_at,
        }
    }
}

fn step(hours: u32, language: Language) -> Choice {
    let args = i18n::args([("hours", i64::from(hours).into())]);
    Choice::new(hours.to_string(), i18n::text(language, "roll-deadline-step", &args))
}

#[derive(Serialize)]
struct ListPage<'a> {
    page: Frame<'a>,
    now: HeadlineView,
    waves: Vec<WaveView>,
    may_freeze: bool,
    next: i32,
    deadline: DeadlineView,
    may_extend: bool,
    /// Choices of how much longer.
    hours: Vec<Choice>,
}

async fn list(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::ReadDesk)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let headline = Counts::read(&platform, campaign.id).await?.headline(&campaign, &directory);
    let waves: Vec<WaveView> = waves::all(platform.database.read(), campaign.id).await?.into_iter().map(WaveView::from).collect();
    let view = ListPage {
        next: waves.first().map_or(1, |wave| wave.number + 1),
        now: HeadlineView::from(&headline),
        deadline: DeadlineView::of(&campaign, staff.language, platform.clock.now()),
        may_extend: staff.role.may(Permission::ExtendDeadline),
        hours: extension::HOURS.iter().map(|hours| step(*hours, staff.language)).collect(),
        waves,
        may_freeze: staff.role.may(Permission::FreezeWaves),
        page: staff.frame(&platform, "desk-nav-waves"),
    };
    Ok(platform.site.page(StatusCode::OK, "signing/waves.html", staff.language, &view)?)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FreezeForm {
    /// The number the person saw: a second press freezes nothing more.
    next: i32,
}

async fn freeze(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: FreezeForm = staff.form(&body)?;
    staff.require(Permission::FreezeWaves)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let none = i18n::Args::new();
    match waves::freeze(&platform, &campaign, &directory, form.next, Some(staff.id)).await {
        Ok(wave) => Ok(staff.done(&platform, &format!("/desk/waves/{}", wave.number), "roll-wave-frozen", &none).await?),
        Err(WaveError::Empty) => Ok(staff.refused(&platform, "/desk/waves", "roll-wave-empty", &none).await?),
        Err(WaveError::Overtaken) => Ok(staff.refused(&platform, "/desk/waves", "roll-wave-overtaken", &none).await?),
        Err(WaveError::Database(error)) => Err(error.into()),
        Err(WaveError::Unexpected(error)) => Err(error.into()),
    }
}

async fn publish(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    number: web::Path<i32>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let _: HashMap<String, String> = staff.form(&body)?;
    staff.require(Permission::PublishWaves)?;
    let campaign = campaigns.get(&platform).await?;
    let wave = waves::by_number(platform.database.read(), campaign.id, *number).await?.ok_or(Problem::NotFound)?;
    let (here, none) = (format!("/desk/waves/{number}"), i18n::Args::new());
    match publication::publish(&platform, &wave, staff.id).await? {
        true => Ok(staff.done(&platform, &here, "roll-wave-published", &none).await?),
        false => Ok(staff.refused(&platform, &here, "roll-wave-published-before", &none).await?),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ShowQuery {
    against: i32,
}

#[derive(Serialize)]
struct ShowPage<'a> {
    page: Frame<'a>,
    may_publish: bool,
    wave: WaveView,
    lines: Vec<LineView>,
    withheld: usize,
    against: i32,
    earlier: Vec<i32>,
    joined: Vec<LineView>,
    left: Vec<LineView>,
    changed: Vec<ChangeView>,
    may_export: bool,
    layouts: Vec<Choice>,
    formats: Vec<Choice>,
    languages: Vec<Choice>,
    language: &'static str,
}

#[derive(Serialize)]
struct LineView {
    name: Option<String>,
    kind: &'static str,
    place: String,
}

#[derive(Serialize)]
struct ChangeView {
    before: LineView,
    after: LineView,
}

async fn show(
    request: HttpRequest,
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    number: web::Path<i32>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::ReadDesk)?;
    let against = forms::query::<ShowQuery>(&request)?.against;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let db = platform.database.read();
    let wave = waves::by_number(db, campaign.id, *number).await?.ok_or(Problem::NotFound)?;
    let lines = waves::lines(db, wave.id).await?;
    let earlier_wave = waves::by_number(db, campaign.id, against).await?.filter(|earlier| earlier.number < wave.number);
    let earlier_lines = match &earlier_wave {
        Some(earlier) => waves::lines(db, earlier.id).await?,
        None => Vec::new(),
    };
    let view_of = |line: &WaveLine| LineView {
        name: line.printed_name.clone(),
        kind: line.kind.key(),
        place: directory.place(line.location_label.as_deref(), line.iso3.as_deref(), staff.language),
    };
    let (mut joined, mut left, mut changed) = (Vec::new(), Vec::new(), Vec::new());
    if earlier_wave.is_some() {
        let difference = difference(&earlier_lines, &lines);
        joined = difference.joined.into_iter().map(view_of).collect();
        left = difference.left.into_iter().map(view_of).collect();
        changed =
            difference.changed.into_iter().map(|(before, after)| ChangeView { before: view_of(before), after: view_of(after) }).collect();
    }
    let args = i18n::args([("number", i64::from(wave.number).into())]);
    let [layouts, formats, languages] = list_desk::choices(staff.language);
    let view = ShowPage {
        may_publish: staff.role.may(Permission::PublishWaves) && wave.published_at.is_none(),
        may_export: staff.role.may(Permission::ExportLists),
        layouts,
        formats,
        languages,
        language: staff.language.code(),
        page: staff.frame_titled(&platform, i18n::text(staff.language, "roll-wave-title", &args)),
        withheld: lines.iter().filter(|line| line.printed_name.is_none()).count(),
        lines: lines.iter().filter(|line| line.printed_name.is_some()).map(view_of).collect(),
        against: earlier_wave.map_or(0, |earlier| earlier.number),
        earlier: (1..wave.number).collect(),
        joined,
        left,
        changed,
        wave: wave.into(),
    };
    Ok(platform.site.page(StatusCode::OK, "signing/wave.html", staff.language, &view)?)
}
