//! The buttons of a round's board. All have one shape, and it stands once: the form's token is checked, the right asked, the step taken, and the
//! board says what came of it. Must hold no rule.

use std::{collections::BTreeMap, future::Future};

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    board::{self, BoardQuery},
    pausing,
    service::{self, RoundError},
};
use crate::{
    accounts::{Permission, SignedIn},
    campaigns,
    domain::{letter::RoundRefusal, sending::HOURS},
    platform::{
        Platform,
        http::{forms, problem::Problem},
        i18n,
    },
    states,
};

type Round = web::Path<Uuid>;

/// What is kept of why a round is held, in characters.
const LONGEST_REASON: usize = 500;

/// One press of a button. The step is begun only once the form is known to come from our page and the person has the right.
async fn press(
    platform: &Platform,
    staff: &SignedIn,
    round: Uuid,
    body: &web::Bytes,
    right: Permission,
    done: &str,
    step: impl Future<Output = Result<(), RoundError>>,
) -> Result<HttpResponse, Problem> {
    let _: BTreeMap<String, String> = staff.form(body)?;
    staff.require(right)?;
    answer(platform, staff, round, step.await.map(|()| done)).await
}

pub(super) async fn draft(platform: web::Data<Platform>, staff: SignedIn, id: Round, body: web::Bytes) -> Result<HttpResponse, Problem> {
    let step = service::draft_anew(&platform, *id);
    press(&platform, &staff, *id, &body, Permission::PrepareLetters, "letters-done-drafting", step).await
}

pub(super) async fn approve(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    id: Round,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let _: BTreeMap<String, String> = staff.form(&body)?;
    staff.require(Permission::ApproveLetters)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    match service::approve(&platform, &campaign, &directory, *id, staff.id).await {
        Err(RoundError::Unopened(_)) => board::page(&platform, &staff, &campaigns, &states, *id, BoardQuery::unopened()).await,
        outcome => answer(&platform, &staff, *id, outcome.map(|()| "letters-done-approved")).await,
    }
}

/// What the form of a release carries: from which hour of the day; empty: at once.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ReleaseForm {
    hour: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PauseForm {
    because: String,
}

pub(super) async fn release(platform: web::Data<Platform>, staff: SignedIn, id: Round, body: web::Bytes) -> Result<HttpResponse, Problem> {
    let form: ReleaseForm = forms::read(&body)?;
    let hour = Some(form.hour.as_str()).filter(|hour| !hour.is_empty()).map(|hour| hour.parse().ok().filter(|hour| HOURS.contains(hour)));
    let hour = match hour {
        None => None,
        Some(Some(hour)) => Some(hour),
        Some(None) => {
            staff.require(Permission::ReleaseLetters)?;
            return Ok(staff.refused(&platform, &format!("/desk/letters/{id}"), "letters-error-hour", &i18n::Args::new()).await?);
        }
    };
    let step = service::release(&platform, *id, hour, staff.id);
    press(&platform, &staff, *id, &body, Permission::ReleaseLetters, "letters-done-released", step).await
}

pub(super) async fn leave_out(
    platform: web::Data<Platform>,
    staff: SignedIn,
    id: Round,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let step = async { service::leave_out_blocked(&platform, *id, staff.id).await.map(drop) };
    press(&platform, &staff, *id, &body, Permission::PrepareLetters, "letters-done-left-out", step).await
}

pub(super) async fn stop(platform: web::Data<Platform>, staff: SignedIn, id: Round, body: web::Bytes) -> Result<HttpResponse, Problem> {
    let step = service::stop(&platform, *id, staff.id);
    press(&platform, &staff, *id, &body, Permission::ReleaseLetters, "letters-done-stopped", step).await
}

pub(super) async fn pause(platform: web::Data<Platform>, staff: SignedIn, id: Round, body: web::Bytes) -> Result<HttpResponse, Problem> {
    let form: PauseForm = forms::read(&body)?;
    let because: String = form.because.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_REASON).collect();
    let step = pausing::pause(&platform, *id, &because, staff.id);
    press(&platform, &staff, *id, &body, Permission::ReleaseLetters, "letters-done-paused", step).await
}

pub(super) async fn resume(platform: web::Data<Platform>, staff: SignedIn, id: Round, body: web::Bytes) -> Result<HttpResponse, Problem> {
    let step = pausing::resume(&platform, *id, staff.id);
    press(&platform, &staff, *id, &body, Permission::ReleaseLetters, "letters-done-resumed", step).await
}

/// Back to the board, with what was done or why not.
async fn answer(platform: &Platform, staff: &SignedIn, id: Uuid, outcome: Result<&str, RoundError>) -> Result<HttpResponse, Problem> {
    let to = format!("/desk/letters/{id}");
    let mut args = i18n::Args::new();
    let refused = match outcome {
        Ok(key) => return Ok(staff.done(platform, &to, key, &args).await?),
        Err(RoundError::Missing) => return Err(Problem::NotFound),
        Err(RoundError::Refused(RoundRefusal::Blocked(count))) => {
            args = i18n::args([("count", i64::from(count).into())]);
            "letters-refused-blocked"
        }
        Err(RoundError::Refused(RoundRefusal::SamePerson)) => "letters-refused-same-person",
        Err(RoundError::Refused(_)) => "letters-refused-step",
        Err(RoundError::Unopened(_)) => "letters-sample-refused",
        Err(RoundError::EventMoved) => "letters-refused-moved",
        Err(RoundError::Overtaken | RoundError::NameTaken) => "letters-refused-overtaken",
        Err(RoundError::Database(error)) => return Err(error.into()),
        Err(RoundError::Unexpected(error)) => return Err(error.into()),
    };
    Ok(staff.refused(platform, &to, refused, &args).await?)
}
