//! The queue of the vetting desk, and verifying many at once. Must hold no rule.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use sea_orm::{ColumnTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    counts::of_signatory,
    desk::{DecisionForm, RowView},
    vetting::{self, VettingError},
};
use crate::{
    accounts::{Permission, SignedIn},
    campaigns,
    domain::signature::{SignatoryKind, SignatureState, VettingDecision},
    entities::{signatory, signature},
    platform::{
        Platform,
        http::{forms, frame::Frame, problem::Problem},
        i18n,
    },
    states,
};

const PAGE: u64 = 100;

#[derive(Default, Deserialize)]
#[serde(default)]
struct QueueQuery {
    state: String,
    kind: String,
    country: String,
    page: u64,
}

#[derive(Serialize)]
struct QueuePage<'a> {
    page: Frame<'a>,
    rows: Vec<RowView>,
    state: String,
    kind: String,
    country: String,
    states: Vec<ChoiceView>,
    kinds: Vec<ChoiceView>,
    countries: Vec<ChoiceView>,
    newer: Option<u64>,
    older: Option<u64>,
    may_vet: bool,
}

#[derive(Serialize)]
struct ChoiceView {
    value: String,
    text: String,
}

pub(super) async fn queue(
    request: HttpRequest,
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::VetSignatures)?;
    let query: QueueQuery = forms::query(&request)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let wanted = query.state.parse::<SignatureState>().unwrap_or(SignatureState::Confirmed);
    let mut find = signature::Entity::find()
        .filter(signature::Column::CampaignId.eq(campaign.id))
        .filter(signature::Column::State.eq(wanted.key()))
        .join(JoinType::InnerJoin, of_signatory())
        .order_by_asc(signature::Column::SignedAt)
        .order_by_asc(signature::Column::Id);
    if !query.kind.is_empty() {
        find = find.filter(signatory::Column::Kind.eq(&query.kind));
    }
    if !query.country.is_empty() {
        find = find.filter(signatory::Column::Iso3.eq(&query.country));
    }
    let number = query.page.min(100_000);
    let mut found = find.offset(number * PAGE).limit(PAGE + 1).all(platform.database.read()).await?;
    let has_more = found.len() as u64 > PAGE;
    found.truncate(PAGE as usize);
    let ids: Vec<Uuid> = found.iter().map(|row| row.signatory_id).collect();
    let signatories = signatory::Entity::find().filter(signatory::Column::Id.is_in(ids)).all(platform.database.read()).await?;
    let mut signatories: BTreeMap<Uuid, signatory::Model> = signatories.into_iter().map(|row| (row.id, row)).collect();
    let choice =
        |prefix: &str, key: &str| ChoiceView { value: key.to_owned(), text: i18n::word(staff.language, &format!("{prefix}-{key}")) };
    let view = QueuePage {
        rows: found
            .into_iter()
            .filter_map(|row| {
                let of = signatories.remove(&row.signatory_id)?;
                Some(RowView {
                    id: row.id,
                    name: of.name,
                    kind: of.kind,
                    country: directory.name(of.iso3.as_deref().unwrap_or_default(), staff.language).to_owned(),
                    state: row.state,
                    visibility: row.visibility,
                    signed_at: row.signed_at,
                    reference: row.reference,
                    late: row.late,
                })
            })
            .collect(),
        states: SignatureState::ALL.iter().map(|state| choice("roll-state", state.key())).collect(),
        kinds: SignatoryKind::ALL.iter().map(|kind| choice("roll-kind", kind.key())).collect(),
        countries: directory
            .by_name(staff.language)
            .map(|state| ChoiceView { value: state.iso3.clone(), text: state.forms.name(staff.language).to_owned() })
            .collect(),
        newer: number.checked_sub(1),
        older: has_more.then_some(number + 1),
        may_vet: staff.role.may(Permission::VetSignatures),
        state: wanted.key().to_owned(),
        kind: query.kind,
        country: query.country,
        page: staff.frame(&platform, "desk-nav-signatures"),
    };
    Ok(platform.site.page(StatusCode::OK, "signing/queue.html", staff.language, &view)?)
}

pub(super) async fn verify_many(platform: web::Data<Platform>, staff: SignedIn, body: web::Bytes) -> Result<HttpResponse, Problem> {
    let form: DecisionForm = staff.form(&body)?;
    staff.require(Permission::VetSignatures)?;
    let (mut verified, mut passed_over) = (0_i64, 0_i64);
    for id in form.ids.iter().take(500) {
        match vetting::decide(&platform, *id, VettingDecision::Verify, "", staff.id).await {
            Ok(_) => verified += 1,
            Err(VettingError::Database(error)) => return Err(error.into()),
            Err(VettingError::Unexpected(error)) => return Err(error.into()),
            Err(_) => passed_over += 1,
        }
    }
    let args = i18n::args([("verified", verified.into()), ("passed", passed_over.into())]);
    Ok(staff.done(&platform, "/desk/signatures", "roll-done-bulk", &args).await?)
}
