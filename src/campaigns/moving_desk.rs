//! The page on which a coordinator moves an event to other days. Must hold no rule.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    current::Register,
    moving::{self, MoveError, NewDays},
};
use crate::{
    accounts::{Permission, SignedIn},
    domain::{
        campaign::Words,
        event_days::{DaysFault, EventDays},
        prose,
    },
    entities::event,
    platform::{
        Platform, formats,
        http::{
            forms::{FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
        },
        i18n,
    },
};

const LONGEST_REASON: usize = 500;
const LONGEST_SOURCE: usize = 2000;

/// The addresses; before those of tasks.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/desk/plan/events/{id}", web::get().to(show)).route("/desk/plan/events/{id}", web::post().to(change));
}

/// What was typed. A wrong value comes back as typed.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
struct MoveForm {
    first: String,
    last: String,
    source: String,
    because: String,
    seen: String,
}

impl MoveForm {
    fn of(row: &event::Model) -> Self {
        let (first, last) = moving::days_of(row).as_typed();
        Self { first, last, source: row.source_url.clone().unwrap_or_default(), because: String::new(), seen: row.revision.to_string() }
    }

    fn check(&self) -> Result<NewDays, FormErrors> {
        let mut errors = FormErrors::default();
        let days = EventDays::typed(&self.first, &self.last).map_err(|fault| match fault {
            DaysFault::First => errors.add("first", "plan-error-first"),
            DaysFault::Last => errors.add("last", "plan-error-last"),
            DaysFault::Order => errors.add("last", "plan-error-order"),
        });
        let line = |typed: &str, longest: usize| prose::clean(typed).filter(|text| !text.is_empty() && text.chars().count() <= longest);
        let source = line(&self.source, LONGEST_SOURCE);
        if source.is_none() {
            errors.add("source", "plan-error-source");
        }
        let because = line(&self.because, LONGEST_REASON);
        if because.is_none() {
            errors.add("because", "plan-error-because");
        }
        match (days, source, because) {
            (Ok(days), Some(source), Some(because)) => Ok(NewDays { days, source, because, seen: self.seen.parse().unwrap_or(-1) }),
            _ => Err(errors),
        }
    }
}

#[derive(Serialize)]
struct MovePage<'a> {
    page: Frame<'a>,
    errors: Vec<FormErrorView>,
    id: Uuid,
    days: String,
    form: MoveForm,
}

fn page(platform: &Platform, staff: &SignedIn, row: &event::Model, form: MoveForm, errors: &FormErrors) -> Result<HttpResponse, Problem> {
    let names: Words = serde_json::from_value(row.names.clone()).unwrap_or_default();
    let language = staff.language;
    let view = MovePage {
        page: staff.frame_titled(platform, names.get(language).to_owned()),
        errors: errors.view(language),
        id: row.id,
        days: formats::days_to(language, row.starts_on, row.ends_on.unwrap_or(row.starts_on), &row.precision),
        form,
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(platform.site.page(status, "campaigns/event_days.html", language, &view)?)
}

async fn show(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<Register>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::MoveEvents)?;
    let row = moving::by_id(&platform, &*campaigns.get(&platform).await?, *id).await?.ok_or(Problem::NotFound)?;
    page(&platform, &staff, &row, MoveForm::of(&row), &FormErrors::default())
}

async fn change(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<Register>,
    id: web::Path<Uuid>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: MoveForm = staff.form(&body)?;
    staff.require(Permission::MoveEvents)?;
    let row = moving::by_id(&platform, &*campaigns.get(&platform).await?, *id).await?.ok_or(Problem::NotFound)?;
    let new = match form.check() {
        Ok(new) => new,
        Err(errors) => return page(&platform, &staff, &row, form, &errors),
    };
    let mut errors = FormErrors::default();
    match moving::move_event(&platform, &row, &new, staff.id).await {
        Ok(()) => {
            campaigns.forget();
            return Ok(staff.done(&platform, "/desk/plan", "plan-moved", &i18n::Args::new()).await?);
        }
        Err(MoveError::Same) => errors.add("first", "plan-error-same"),
        Err(MoveError::Changed) => errors.add("first", "plan-error-moved"),
        Err(MoveError::Database(error)) => return Err(error.into()),
    }
    page(&platform, &staff, &row, form, &errors)
}
