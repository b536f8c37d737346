//! What was promised at a meeting, at the desk: one more, or what became of one. Must hold no rule.

use actix_web::{HttpResponse, http::StatusCode, web};
use sea_orm::EntityTrait;
use serde::Serialize;
use uuid::Uuid;

use super::{
    desk::choices,
    meeting_form::PromiseForm,
    meetings::{self, MeetingError},
    meetings_desk::{Forms, meeting_of, meeting_page, offered, owners},
};
use crate::{
    accounts::{Permission, SignedIn, store},
    campaigns::{self, Current},
    domain::meeting::PromiseStatus,
    entities::promise,
    platform::{
        Platform,
        http::{
            forms::{Choice, FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
        },
        i18n,
    },
    states,
};

/// The desk's addresses.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/desk/meetings/{id}/promises", web::post().to(record))
        .route("/desk/meetings/{id}/promises/{promise}", web::get().to(show))
        .route("/desk/meetings/{id}/promises/{promise}", web::post().to(settle));
}

async fn record(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    id: web::Path<Uuid>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: PromiseForm = staff.form(&body)?;
    staff.require(Permission::RecordReplies)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let row = meeting_of(&platform, &campaign, *id).await?;
    let accounts = store::all(platform.database.read()).await?;
    match form.check(&offered(&accounts, None), platform.clock.now().date_naive(), true) {
        Err(errors) => {
            let forms = Forms { promise: &form, suggest: None };
            meeting_page(&platform, &staff, (&campaign, &directory), row, forms, &errors).await
        }
        Ok(new) => {
            meetings::promise(&platform, &row, &new, staff.id).await?;
            Ok(staff.done(&platform, &format!("/desk/meetings/{}", row.id), "promise-done", &i18n::Args::new()).await?)
        }
    }
}

#[derive(Serialize)]
struct PromisePage<'a> {
    page: Frame<'a>,
    errors: Vec<FormErrorView>,
    meeting: String,
    action: String,
    country: String,
    form: &'a PromiseForm,
    owners: Vec<Choice>,
    statuses: Vec<Choice>,
}

async fn promise_of(platform: &Platform, campaign: &Current, (meeting, id): (Uuid, Uuid)) -> Result<promise::Model, Problem> {
    let found = promise::Entity::find_by_id(id).one(platform.database.read()).await?;
    found.filter(|row| row.campaign_id == campaign.id && row.meeting_id == meeting).ok_or(Problem::NotFound)
}

async fn promise_page(
    platform: &Platform,
    staff: &SignedIn,
    states: &states::Register,
    row: &promise::Model,
    form: &PromiseForm,
    errors: &FormErrors,
) -> Result<HttpResponse, Problem> {
    let accounts = store::all(platform.database.read()).await?;
    let meeting = format!("/desk/meetings/{}", row.meeting_id);
    let view = PromisePage {
        page: staff.frame(platform, "promise-one"),
        errors: errors.view(staff.language),
        action: format!("{meeting}/promises/{}", row.id),
        meeting,
        country: states.get(platform).await?.name(&row.iso3, staff.language).to_owned(),
        form,
        owners: owners(&accounts, row.owner_id),
        statuses: choices(staff, "promise-status", PromiseStatus::ALL.iter().map(|status| status.key())),
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(platform.site.page(status, "replies/promise.html", staff.language, &view)?)
}

async fn show(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    path: web::Path<(Uuid, Uuid)>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::RecordReplies)?;
    let row = promise_of(&platform, &*campaigns.get(&platform).await?, path.into_inner()).await?;
    promise_page(&platform, &staff, &states, &row, &PromiseForm::of(&row), &FormErrors::default()).await
}

async fn settle(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    path: web::Path<(Uuid, Uuid)>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: PromiseForm = staff.form(&body)?;
    staff.require(Permission::RecordReplies)?;
    let row = promise_of(&platform, &*campaigns.get(&platform).await?, path.into_inner()).await?;
    let accounts = store::all(platform.database.read()).await?;
    let new = match form.check(&offered(&accounts, row.owner_id), platform.clock.now().date_naive(), false) {
        Ok(new) => new,
        Err(errors) => return promise_page(&platform, &staff, &states, &row, &form, &errors).await,
    };
    match meetings::settle(&platform, &row, &new, form.seen.parse().unwrap_or(-1), staff.id).await {
        Ok(()) => Ok(staff.done(&platform, &format!("/desk/meetings/{}", row.meeting_id), "promise-done", &i18n::Args::new()).await?),
        Err(MeetingError::Changed) => {
            let mut errors = FormErrors::default();
            errors.add("text", "meeting-error-changed");
            promise_page(&platform, &staff, &states, &row, &form, &errors).await
        }
        Err(MeetingError::Database(error)) => Err(error.into()),
    }
}
