//! The supervisor's page: background work by kind and state, what failed or is stuck, and the buttons to try again or give up.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, http::StatusCode, web};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{
    audit::{self, Entry},
    known,
    roles::Permission,
    signed_in::SignedIn,
};
use crate::platform::{
    Platform,
    http::{frame::Frame, problem::Problem},
    i18n,
    jobs::queue::{self, Trouble},
};

const SHOWN: u64 = 200;

/// The page's addresses.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/desk/work", web::get().to(show))
        .route("/desk/work/{id}/retry", web::post().to(retry))
        .route("/desk/work/{id}/discard", web::post().to(discard));
}

#[derive(Serialize)]
struct WorkPage<'a> {
    page: Frame<'a>,
    counts: Vec<CountView>,
    troubled: Vec<TroubledView>,
    may_change: bool,
}

#[derive(Serialize)]
struct CountView {
    /// As stored.
    kind: String,
    words: String,
    state: String,
    jobs: i64,
}

#[derive(Serialize)]
struct TroubledView {
    id: Uuid,
    /// As stored.
    kind: String,
    words: String,
    trouble: &'static str,
    attempts: i32,
    run_at: DateTime<Utc>,
    error: Option<String>,
}

async fn show(platform: web::Data<Platform>, staff: SignedIn) -> Result<HttpResponse, Problem> {
    staff.require(Permission::SuperviseWork)?;
    let db = platform.database.read();
    let counts = queue::counts(db).await?.into_iter().map(|row| CountView {
        words: known::kind(staff.language, &row.kind),
        kind: row.kind,
        state: row.state,
        jobs: row.jobs,
    });
    let troubled = queue::troubled(db, platform.clock.now(), SHOWN).await?.into_iter().map(|found| TroubledView {
        id: found.job.id,
        words: known::kind(staff.language, &found.job.kind),
        kind: found.job.kind,
        trouble: match found.trouble {
            Trouble::Failed => "failed",
            Trouble::Abandoned => "abandoned",
            Trouble::Overdue => "overdue",
        },
        attempts: found.job.attempts,
        run_at: found.job.run_at,
        error: found.job.last_error,
    });
    let view = WorkPage {
        counts: counts.collect(),
        troubled: troubled.collect(),
        may_change: staff.role.may(Permission::SuperviseWork),
        page: staff.frame(&platform, "desk-nav-work"),
    };
    Ok(platform.site.page(StatusCode::OK, "accounts/work.html", staff.language, &view)?)
}

async fn retry(platform: web::Data<Platform>, staff: SignedIn, id: web::Path<Uuid>, body: web::Bytes) -> Result<HttpResponse, Problem> {
    change(&platform, &staff, *id, &body, "work.retried").await
}

async fn discard(platform: web::Data<Platform>, staff: SignedIn, id: web::Path<Uuid>, body: web::Bytes) -> Result<HttpResponse, Problem> {
    change(&platform, &staff, *id, &body, "work.discarded").await
}

async fn change(platform: &Platform, staff: &SignedIn, id: Uuid, body: &[u8], action: &'static str) -> Result<HttpResponse, Problem> {
    let _: BTreeMap<String, String> = staff.form(body)?;
    staff.require(Permission::SuperviseWork)?;
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let changed = if action == "work.retried" { queue::retry(&txn, id, now).await? } else { queue::discard(&txn, id).await? };
    if changed {
        audit::append(&txn, Entry::of(Some(staff.id), action, "job", id), now).await?;
    }
    txn.commit().await?;
    platform.bell.ring();
    let none = i18n::Args::new();
    if !changed {
        return Ok(staff.refused(platform, "/desk/work", "accounts-work-nothing", &none).await?);
    }
    let key = if action == "work.retried" { "accounts-work-retried" } else { "accounts-work-discarded" };
    Ok(staff.done(platform, "/desk/work", key, &none).await?)
}
