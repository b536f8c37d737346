//! The desk's list of names that signers want corrected. Must hold no rule.

use actix_web::{HttpResponse, http::StatusCode, web};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::correction::{self, Decided};
use crate::{
    accounts::{Permission, SignedIn},
    campaigns,
    platform::{
        Platform,
        http::{frame::Frame, problem::Problem},
        i18n,
    },
};

const LIST: &str = "/desk/corrections";

#[derive(Serialize)]
struct ListPage<'a> {
    page: Frame<'a>,
    rows: Vec<RowView>,
}

#[derive(Serialize)]
struct RowView {
    id: Uuid,
    signature: Uuid,
    reference: String,
    before: String,
    after: String,
    created_at: DateTime<Utc>,
}

pub(super) async fn list(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::VetSignatures)?;
    let campaign = campaigns.get(&platform).await?;
    let waiting = correction::waiting(platform.database.read(), campaign.id).await?;
    let rows = waiting.into_iter().map(|waiting| RowView {
        id: waiting.correction.id,
        signature: waiting.correction.signature_id,
        reference: waiting.reference,
        before: waiting.name,
        after: waiting.correction.name,
        created_at: waiting.correction.created_at,
    });
    let view = ListPage { rows: rows.collect(), page: staff.frame(&platform, "correction-desks") };
    Ok(platform.site.page(StatusCode::OK, "signing/corrections.html", staff.language, &view)?)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct DecisionForm {
    decision: String,
}

pub(super) async fn decide(
    platform: web::Data<Platform>,
    staff: SignedIn,
    id: web::Path<Uuid>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: DecisionForm = staff.form(&body)?;
    staff.require(Permission::VetSignatures)?;
    let accept = match form.decision.as_str() {
        "accept" => true,
        "reject" => false,
        _ => return Err(Problem::Bad("bad-form")),
    };
    let none = i18n::Args::new();
    Ok(match correction::decide(&platform, *id, accept, staff.id).await? {
        Decided::Accepted => staff.done(&platform, LIST, "correction-desk-accepted", &none).await?,
        Decided::Rejected => staff.done(&platform, LIST, "correction-desk-rejected", &none).await?,
        Decided::Overtaken => staff.refused(&platform, LIST, "roll-refused-overtaken", &none).await?,
    })
}
