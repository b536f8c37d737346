//! The desk's list of signatures that may be of one signatory, and a pair side by side. Must hold no rule.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use sea_orm::{EntityTrait, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    contact,
    duplicates::{self, Decided, Decision, PairState},
    store,
};
use crate::{
    accounts::{Permission, SignedIn},
    campaigns,
    domain::{
        language::Language,
        resemblance::{CERTAIN, LIKELY, Reason},
        signature::SignatureState,
    },
    entities::duplicate_pair,
    platform::{
        Platform,
        crypto::Keys,
        http::{
            forms::{self, Choice},
            frame::Frame,
            problem::Problem,
        },
        i18n,
    },
    states::{self, Directory},
};

const LIST: &str = "/desk/duplicates";
const PAGE: u64 = 50;

#[derive(Default, Deserialize)]
#[serde(default)]
struct ListQuery {
    state: String,
    page: u64,
}

#[derive(Serialize)]
struct ListPage<'a> {
    page: Frame<'a>,
    rows: Vec<PairView>,
    state: &'static str,
    states: Vec<Choice>,
    newer: Option<u64>,
    older: Option<u64>,
}

#[derive(Serialize)]
struct PairView {
    id: Uuid,
    one: SideView,
    other: SideView,
    /// certain, likely or possible.
    likelihood: &'static str,
    /// Words for keys of reasons.
    speaks_for: Vec<&'static str>,
    speaks_against: Vec<&'static str>,
}

#[derive(Serialize)]
struct SideView {
    id: Uuid,
    reference: String,
    name: String,
    original_name: Option<String>,
    latin_name: Option<String>,
    official_name: Option<String>,
    acronym: Option<String>,
    website: Option<String>,
    contact_domain: Option<String>,
    kind: String,
    country: String,
    state: String,
    signed_at: chrono::DateTime<chrono::Utc>,
}

#[derive(Serialize)]
struct PairPage<'a> {
    page: Frame<'a>,
    pair: PairView,
    state: String,
    /// The one that is proposed to stay, or stays.
    kept: Uuid,
}

/// `None` when a name is hidden meanwhile: then there is nothing to hold side by side.
fn view(
    keys: &Keys,
    states: &Directory,
    language: Language,
    pair: &duplicate_pair::Model,
    (one, other): (&store::Signed, &store::Signed),
) -> Option<PairView> {
    let side = |(signature, of): &store::Signed| {
        Some(SideView {
            id: signature.id,
            reference: signature.reference.clone(),
            name: of.name.clone()?,
            original_name: of.original_name.clone(),
            latin_name: of.latin_name.clone(),
            official_name: of.official_name.clone(),
            acronym: of.acronym.clone(),
            website: of.website.clone(),
            contact_domain: contact::of(keys, of).and_then(|contact| contact.domain().map(str::to_owned)),
            kind: of.kind.clone(),
            country: states.name(of.iso3.as_deref().unwrap_or_default(), language).to_owned(),
            state: signature.state.clone(),
            signed_at: signature.signed_at,
        })
    };
    let reasons: Vec<Reason> = pair.reasons.split(' ').filter_map(|key| key.parse().ok()).collect();
    let (speaks_for, speaks_against): (Vec<Reason>, Vec<Reason>) = reasons.into_iter().partition(|reason| reason.speaks_for());
    Some(PairView {
        id: pair.id,
        one: side(one)?,
        other: side(other)?,
        likelihood: match pair.score {
            CERTAIN.. => "certain",
            LIKELY.. => "likely",
            _ => "possible",
        },
        speaks_for: speaks_for.into_iter().map(Reason::key).collect(),
        speaks_against: speaks_against.into_iter().map(Reason::key).collect(),
    })
}

/// Four queries.
pub(super) async fn list(
    request: HttpRequest,
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::VetSignatures)?;
    let query: ListQuery = forms::query(&request)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let wanted: PairState = query.state.parse().unwrap_or(PairState::Open);
    let number = query.page.min(100_000);
    let db = platform.database.read();
    let mut pairs = duplicates::in_state(campaign.id, wanted).offset(number * PAGE).limit(PAGE + 1).all(db).await?;
    let has_more = pairs.len() as u64 > PAGE;
    pairs.truncate(PAGE as usize);
    let ids = pairs.iter().flat_map(|pair| [pair.one_id, pair.other_id]).collect();
    let signed: HashMap<Uuid, store::Signed> = store::by_ids(db, ids).await?.into_iter().map(|signed| (signed.0.id, signed)).collect();
    let row = |pair: &duplicate_pair::Model| {
        view(&platform.keys, &directory, staff.language, pair, (signed.get(&pair.one_id)?, signed.get(&pair.other_id)?))
    };
    let choice = |state: &PairState| Choice::new(state.key(), i18n::word(staff.language, &format!("duplicate-desk-state-{state}")));
    let page = ListPage {
        rows: pairs.iter().filter_map(row).collect(),
        state: wanted.key(),
        states: PairState::ALL.iter().map(choice).collect(),
        newer: number.checked_sub(1),
        older: has_more.then_some(number + 1),
        page: staff.frame(&platform, "duplicate-desks"),
    };
    Ok(platform.site.page(StatusCode::OK, "signing/duplicates.html", staff.language, &page)?)
}

pub(super) async fn show(
    platform: web::Data<Platform>,
    staff: SignedIn,
    states: web::Data<states::Register>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::VetSignatures)?;
    let (db, directory) = (platform.database.read(), states.get(&platform).await?);
    let pair = duplicate_pair::Entity::find_by_id(*id).one(db).await?.ok_or(Problem::NotFound)?;
    let (Some(one), Some(other)) = (store::by_id(db, pair.one_id).await?, store::by_id(db, pair.other_id).await?) else {
        return Err(Problem::NotFound);
    };
    // The one on the list, else the one that was there first.
    let counts = |signed: &store::Signed| signed.0.state.parse().is_ok_and(SignatureState::counts);
    let other_stays = counts(&other) && !counts(&one) || counts(&one) == counts(&other) && other.0.signed_at < one.0.signed_at;
    let kept = pair.kept_id.unwrap_or(if other_stays { other.0.id } else { one.0.id });
    let shown = view(&platform.keys, &directory, staff.language, &pair, (&one, &other)).ok_or(Problem::NotFound)?;
    let page = PairPage { pair: shown, state: pair.state, kept, page: staff.frame(&platform, "duplicate-desk-pair") };
    Ok(platform.site.page(StatusCode::OK, "signing/duplicate.html", staff.language, &page)?)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct DecisionForm {
    decision: String,
    kept: String,
}

pub(super) async fn decide(
    platform: web::Data<Platform>,
    staff: SignedIn,
    id: web::Path<Uuid>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: DecisionForm = staff.form(&body)?;
    staff.require(Permission::VetSignatures)?;
    let (decision, done) = match form.decision.as_str() {
        "merge" => (Decision::Merge(form.kept.parse().map_err(|_| Problem::Bad("bad-form"))?), "duplicate-desk-merged"),
        "apart" => (Decision::Apart, "duplicate-desk-kept-apart"),
        "undo" => (Decision::Undo, "duplicate-desk-undone"),
        _ => return Err(Problem::Bad("bad-form")),
    };
    let (here, none) = (format!("{LIST}/{id}"), i18n::Args::new());
    Ok(match duplicates::decide(&platform, *id, decision, staff.id).await? {
        Decided::Done => staff.done(&platform, if decision == Decision::Undo { &here } else { LIST }, done, &none).await?,
        Decided::WouldLeaveTheList => staff.refused(&platform, &here, "duplicate-desk-refused-list", &none).await?,
        Decided::Overtaken => staff.refused(&platform, LIST, "roll-refused-overtaken", &none).await?,
        Decided::Missing => return Err(Problem::NotFound),
    })
}
