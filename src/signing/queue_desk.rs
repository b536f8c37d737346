//! The queue of the vetting desk, and verifying many at once. Must hold no rule.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    counts::of_signatory,
    signature_desk::{DecisionForm, RowView},
    store,
    vetting::{self, VettingError},
};
use crate::{
    accounts::{Permission, SignedIn},
    campaigns,
    domain::{
        authority::Authority,
        language::Language,
        signature::{SignatoryKind, SignatureState, VettingDecision},
    },
    entities::{signatory, signature},
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

const PAGE: u64 = 100;

#[derive(Default, Deserialize)]
#[serde(default)]
struct QueueQuery {
    state: String,
    kind: String,
    country: String,
    authority: String,
    page: u64,
}

#[derive(Serialize)]
struct QueuePage<'a> {
    page: Frame<'a>,
    rows: Vec<RowView>,
    state: String,
    kind: String,
    country: String,
    authority: String,
    states: Vec<Choice>,
    kinds: Vec<Choice>,
    countries: Vec<Choice>,
    /// With how many there are of each.
    authorities: Vec<Choice>,
    newer: Option<u64>,
    older: Option<u64>,
    may_vet: bool,
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
        .order_by_asc(signature::Column::SignedAt)
        .order_by_asc(signature::Column::Id);
    if !query.authority.is_empty() {
        find = find.filter(signature::Column::Authority.eq(&query.authority));
    }
    // Read only where something of it is asked for: the rows of a page are found by the order of their index.
    if !query.kind.is_empty() || !query.country.is_empty() {
        find = find.join(JoinType::InnerJoin, of_signatory());
    }
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
    let found = store::with_signatories(platform.database.read(), found).await?;
    let by_grade = by_grade(&platform, campaign.id, wanted).await?;
    let choice = |prefix: &str, key: &str| Choice::new(key.to_owned(), i18n::word(staff.language, &format!("{prefix}-{key}")));
    let view = QueuePage {
        rows: found.into_iter().map(|(row, of)| RowView::of(row, of, &directory, staff.language)).collect(),
        states: SignatureState::ALL.iter().map(|state| choice("roll-state", state.key())).collect(),
        kinds: SignatoryKind::ALL.iter().map(|kind| choice("roll-kind", kind.key())).collect(),
        countries: directory
            .by_name(staff.language)
            .map(|state| Choice::new(state.iso3.clone(), state.forms.name(staff.language).to_owned()))
            .collect(),
        authorities: Authority::ALL
            .iter()
            .map(|grade| {
                let count = by_grade.get(grade.key()).copied().unwrap_or_default();
                let args = i18n::args([("grade", grade_word(staff.language, *grade).into()), ("count", count.into())]);
                Choice::new(grade.key().to_owned(), i18n::plain(staff.language, "roll-authority-count", &args))
            })
            .collect(),
        newer: number.checked_sub(1),
        older: has_more.then_some(number + 1),
        may_vet: staff.role.may(Permission::VetSignatures),
        state: wanted.key().to_owned(),
        kind: query.kind,
        country: query.country,
        authority: query.authority,
        page: staff.frame(&platform, "desk-nav-signatures"),
    };
    Ok(platform.site.page(StatusCode::OK, "signing/queue.html", staff.language, &view)?)
}

pub(super) fn grade_word(language: Language, grade: Authority) -> String {
    i18n::word(language, &format!("roll-authority-{}", grade.key().replace('_', "-")))
}

/// How many of a state there are of each grade. One query, from an index alone.
async fn by_grade(platform: &Platform, campaign: Uuid, state: SignatureState) -> Result<HashMap<String, i64>, DbErr> {
    let counted = signature::Entity::find()
        .select_only()
        .column(signature::Column::Authority)
        .column_as(signature::Column::Id.count(), "count")
        .filter(signature::Column::CampaignId.eq(campaign))
        .filter(signature::Column::State.eq(state.key()))
        .filter(signature::Column::Authority.is_not_null())
        .group_by(signature::Column::Authority);
    Ok(counted.into_tuple::<(String, i64)>().all(platform.database.read()).await?.into_iter().collect())
}

pub(super) async fn verify_many(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: DecisionForm = staff.form(&body)?;
    staff.require(Permission::VetSignatures)?;
    let minimum = campaigns.get(&platform).await?.config.sign_on.minimum_authority;
    let (mut verified, mut passed_over) = (0_i64, 0_i64);
    for id in form.ids.iter().take(500) {
        match vetting::decide(&platform, minimum, *id, VettingDecision::Verify, "", staff.id).await {
            Ok(_) => verified += 1,
            Err(VettingError::Database(error)) => return Err(error.into()),
            Err(VettingError::Unexpected(error)) => return Err(error.into()),
            Err(_) => passed_over += 1,
        }
    }
    let args = i18n::args([("verified", verified.into()), ("passed", passed_over.into())]);
    Ok(staff.done(&platform, "/desk/signatures", "roll-done-bulk", &args).await?)
}
