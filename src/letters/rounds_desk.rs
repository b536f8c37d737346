//! The list of rounds and the form of a new one. Must hold no rule.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use chrono::NaiveDate;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    desk::{Choice, RoundView, language_choices, post_key},
    following,
    service::{self, NewRound, RoundError},
    store,
};
use crate::{
    accounts::{Permission, SignedIn},
    campaigns::{self, Current, current::CalendarEvent},
    domain::{language::Language, name::required_line},
    entities::letter_round,
    platform::{
        Platform, formats,
        http::{
            forms::{self, FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
        },
        i18n,
    },
    signing::waves,
    states::{self, posts},
};

#[derive(Serialize)]
struct RoundsPage<'a> {
    page: Frame<'a>,
    errors: Vec<FormErrorView>,
    rounds: Vec<RoundView>,
    form: RoundForm,
    events: Vec<Choice>,
    /// Events that are over or running, the newest first.
    past_events: Vec<Choice>,
    waves: Vec<Choice>,
    posts: Vec<Choice>,
    languages: Vec<Choice>,
    /// Rounds whose letters have left.
    reminds: Vec<Choice>,
    may_prepare: bool,
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
struct RoundForm {
    name: String,
    event: String,
    wave: String,
    posts: Vec<String>,
    language: String,
    mode: String,
    /// The round it reminds of.
    reminds: String,
    /// The event it looks back on, instead of one that lies ahead.
    after: String,
}

/// What a link to the form carries.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    event: String,
    posts: Vec<String>,
    reminds: String,
    /// "newest": the newest round for this event whose letters have left.
    remind: String,
}

pub(super) async fn rounds(
    request: HttpRequest,
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
) -> Result<HttpResponse, Problem> {
    let query: Asked = forms::query(&request)?;
    let mut form = RoundForm {
        event: query.event,
        reminds: query.reminds,
        posts: if query.posts.is_empty() { posts::KINDS.map(str::to_owned).into() } else { query.posts },
        mode: "rehearsal".into(),
        ..RoundForm::default()
    };
    if let ("newest", Ok(event)) = (query.remind.as_str(), form.event.parse::<Uuid>()) {
        let newest = store::newest_sent_round(platform.database.read(), campaigns.get(&platform).await?.id, event).await?;
        form.reminds = newest.map(|id| id.to_string()).unwrap_or_default();
    }
    rounds_page(&platform, &staff, &campaigns, form, FormErrors::default(), StatusCode::OK).await
}

async fn rounds_page(
    platform: &Platform,
    staff: &SignedIn,
    campaigns: &campaigns::Register,
    form: RoundForm,
    errors: FormErrors,
    status: StatusCode,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::ReadDesk)?;
    let campaign = campaigns.get(platform).await?;
    let db = platform.database.read();
    let language = staff.language;
    let today = platform.clock.now().date_naive();
    let rounds = letter_round::Entity::find()
        .filter(letter_round::Column::CampaignId.eq(campaign.id))
        .order_by_desc(letter_round::Column::CreatedAt)
        .all(db)
        .await?;
    let held = store::rounds_with_held(db, campaign.id).await?;
    let events = campaign.events.iter().filter(|event| event.status != "past" && event.last_day() >= today);
    let followed = campaign.events.iter().rev().filter(|event| following::may_be_followed(event, today));
    let (waves, posts) = (waves::all(db, campaign.id).await?, posts::kinds_in_use(db).await?);
    let wave_title = |number: i32| i18n::text(language, "roll-wave-title", &i18n::args([("number", i64::from(number).into())]));
    let sent = |round: &&letter_round::Model| round.released_at.is_some() && !round.rehearsal;
    let view = RoundsPage {
        reminds: rounds.iter().filter(sent).map(|round| Choice { value: round.id.to_string(), text: round.name.clone() }).collect(),
        errors: errors.view(language),
        rounds: rounds
            .into_iter()
            .map(|round| {
                let held = held.contains(&round.id);
                RoundView::of(round, held)
            })
            .collect(),
        events: events.map(|event| event_choice(event, language)).collect(),
        past_events: followed.map(|event| event_choice(event, language)).collect(),
        waves: waves.into_iter().map(|wave| Choice { value: wave.number.to_string(), text: wave_title(wave.number) }).collect(),
        posts: posts.into_iter().map(|kind| Choice { text: i18n::word(language, &post_key(&kind)), value: kind }).collect(),
        languages: language_choices(&campaign.config),
        may_prepare: staff.role.may(Permission::PrepareLetters),
        page: staff.frame(platform, "desk-nav-letters"),
        form,
    };
    Ok(platform.site.page(status, "letters/rounds.html", language, &view)?)
}

fn event_choice(event: &CalendarEvent, language: Language) -> Choice {
    let day = formats::day_to(language, event.starts_on, &event.precision);
    Choice { value: event.id.to_string(), text: format!("{} ({day})", event.names.get(language)) }
}

/// What the round counts down to or looks back on, and which of the two.
fn event_of(form: &RoundForm, campaign: &Current, today: NaiveDate, errors: &mut FormErrors) -> Option<(Uuid, bool)> {
    let chosen = |id: &str| id.parse::<Uuid>().ok().and_then(|id| campaign.events.iter().find(|event| event.id == id));
    let follows = !form.after.is_empty();
    if follows && !form.event.is_empty() {
        errors.add("after", "letters-error-after-both");
        return None;
    }
    let event = if follows { chosen(&form.after).filter(|event| following::may_be_followed(event, today)) } else { chosen(&form.event) };
    if event.is_none() {
        let (field, key) = if follows { ("after", "letters-error-after") } else { ("event", "letters-error-event") };
        errors.add(field, key);
    }
    event.map(|event| (event.id, follows))
}

pub(super) async fn create(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: RoundForm = staff.form(&body)?;
    staff.require(Permission::PrepareLetters)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let mut errors = FormErrors::default();
    let name = required_line(&form.name, 100).map_err(|_| errors.add("name", "letters-error-name"));
    let event = event_of(&form, &campaign, platform.clock.now().date_naive(), &mut errors);
    let wave = form.wave.parse::<i32>().ok();
    if wave.is_none() {
        errors.add("wave", "letters-error-wave");
    }
    let mut kinds = posts::kinds_in_use(platform.database.read()).await?;
    kinds.retain(|kind| form.posts.contains(kind));
    if kinds.is_empty() {
        errors.add("posts", "letters-error-posts");
    }
    let language = campaign.config.language_of_letters(&form.language);
    if language.is_none() && !form.language.is_empty() {
        errors.add("language", "letters-error-language");
    }
    let reminds = Some(form.reminds.as_str()).filter(|id| !id.is_empty()).map(str::parse::<Uuid>).transpose();
    if reminds.is_err() {
        errors.add("reminds", "letters-error-reminds");
    }
    let reminds = reminds.ok().flatten();
    let (Ok(name), Some((event_id, follows)), Some(wave), true) = (name, event, wave, errors.is_empty()) else {
        return rounds_page(&platform, &staff, &campaigns, form, errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let new = NewRound {
        name,
        event_id,
        wave,
        posts: kinds,
        language,
        rehearsal: form.mode != "send",
        reminds,
        follows,
        dated_on: platform.clock.now().date_naive(),
    };
    match service::create(&platform, &campaign, &directory, new, staff.id).await {
        Ok(id) => Ok(staff.done(&platform, &format!("/desk/letters/{id}"), "letters-done-created", &i18n::Args::new()).await?),
        Err(RoundError::NameTaken) => {
            errors.add("name", "letters-error-name-taken");
            rounds_page(&platform, &staff, &campaigns, form, errors, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(RoundError::Missing) => {
            let (field, key) = if reminds.is_some() { ("reminds", "letters-error-reminds") } else { ("wave", "letters-error-wave") };
            errors.add(field, key);
            rounds_page(&platform, &staff, &campaigns, form, errors, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(anyhow::Error::from(error).into()),
    }
}
