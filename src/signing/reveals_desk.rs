//! The desk's part of opening withheld names: wishes on the page of a signature, and those that wait for a second person. Must hold no rule, and shows a
//! name once.

use actix_web::{HttpResponse, http::StatusCode, web};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    reveals::{self, RevealError},
    signature_desk::{self, Shown},
    vetting::VettingError,
};
use crate::{
    accounts::{self, Permission, SignedIn},
    campaigns,
    domain::sign_on::SignOn,
    platform::{
        Platform,
        http::{frame::Frame, problem::Problem},
    },
    states,
};

/// What the page of a signature offers to read its name.
#[derive(Serialize)]
pub(super) struct RevealView {
    needs_second: bool,
    wishes: Vec<WishView>,
    /// One's own wish waits already.
    asked: bool,
}

#[derive(Serialize)]
struct WishView {
    id: Uuid,
    by: String,
    at: DateTime<Utc>,
    reason: String,
    own: bool,
    agreed: bool,
}

impl RevealView {
    /// Two queries where two people are asked for, else none.
    pub(super) async fn read(platform: &Platform, staff: &SignedIn, rules: &SignOn, id: Uuid) -> Result<Option<Self>, Problem> {
        if !staff.role.may(Permission::RevealNames) {
            return Ok(None);
        }
        let mut view = Self { needs_second: rules.reveal_needs_second, wishes: Vec::new(), asked: false };
        if view.needs_second {
            let (db, now) = (platform.database.read(), platform.clock.now());
            let (rows, names) = (reveals::of_signature(db, id, now).await?, accounts::store::names(db).await?);
            view.asked = rows.iter().any(|row| row.account_id == staff.id);
            view.wishes = rows
                .into_iter()
                .map(|row| WishView {
                    id: row.id,
                    by: names.get(&row.account_id).cloned().unwrap_or_default(),
                    at: row.created_at,
                    reason: row.reason,
                    own: row.account_id == staff.id,
                    agreed: row.agreed_at.is_some(),
                })
                .collect();
        }
        Ok(Some(view))
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RevealForm {
    /// agree or open; anything else asks.
    step: String,
    reason: String,
    request: String,
}

/// Opens a name, or takes a step towards that.
pub(super) async fn reveal(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    id: web::Path<Uuid>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: RevealForm = staff.form(&body)?;
    staff.require(Permission::RevealNames)?;
    // What is no key is no wish that stands.
    let of = (*id, form.request.parse().unwrap_or_default());
    let needs_second = campaigns.get(&platform).await?.config.sign_on.reveal_needs_second;
    let opened = match (needs_second, form.step.as_str()) {
        (true, "agree") => reveals::agree(&platform, of, staff.id).await.map(|()| Err("reveal-agreed")),
        (true, "open") => reveals::open_agreed(&platform, of, staff.id).await.map(Ok),
        (true, _) => reveals::ask(&platform, *id, &form.reason, staff.id).await.map(|()| Err("reveal-asked")),
        (false, _) => reveals::open(&platform, *id, &form.reason, staff.id).await.map(Ok),
    };
    let outcome = match opened {
        Ok(Ok(name)) => {
            let shown = Shown::revealed(name);
            return signature_desk::signature_page(&platform, &staff, (&campaigns, &states), *id, shown).await;
        }
        Ok(Err(done)) => Ok(done),
        Err(RevealError::Missing) => return Err(Problem::NotFound),
        Err(RevealError::Refused(refusal)) => Err(refusal.into()),
        Err(RevealError::Overtaken) => Err(VettingError::Overtaken),
        Err(RevealError::Database(error)) => return Err(error.into()),
        Err(RevealError::Unexpected(error)) => return Err(error.into()),
    };
    signature_desk::answer(&platform, &staff, *id, outcome).await
}

#[derive(Serialize)]
struct ListPage<'a> {
    page: Frame<'a>,
    rows: Vec<RowView>,
}

#[derive(Serialize)]
struct RowView {
    signature: Uuid,
    reference: String,
    by: String,
    reason: String,
    created_at: DateTime<Utc>,
}

/// Four queries.
pub(super) async fn list(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::RevealNames)?;
    let (db, campaign) = (platform.database.read(), campaigns.get(&platform).await?);
    let (waiting, names) = (reveals::waiting(db, campaign.id, platform.clock.now()).await?, accounts::store::names(db).await?);
    let rows = waiting.into_iter().map(|(row, reference)| RowView {
        signature: row.signature_id,
        reference,
        by: names.get(&row.account_id).cloned().unwrap_or_default(),
        reason: row.reason,
        created_at: row.created_at,
    });
    let view = ListPage { rows: rows.collect(), page: staff.frame(&platform, "reveals-title") };
    Ok(platform.site.page(StatusCode::OK, "signing/reveals.html", staff.language, &view)?)
}
