//! The positions desk: all states with both views beside each other, the sheet of evidence. Must hold no rule.

use std::collections::{BTreeMap, HashMap};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    web,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    decision_desk, desk_proposals, desk_state, export, proposed,
    store::{self, Audience, OVERALL},
};
use crate::{
    accounts::{
        Permission, SignedIn,
        audit::{self, Entry},
    },
    campaigns,
    domain::{evidence::ProposalState, position::NO_DATA},
    entities::position,
    platform::{
        Platform,
        http::{forms, frame::Frame, problem::Problem},
    },
    states,
};

/// The room's staff addresses.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/desk/positions", web::get().to(show))
        .route("/desk/positions/evidence.csv", web::get().to(sheet))
        .route("/desk/positions/decision", web::get().to(decision_desk::show))
        .route("/desk/positions/proposals", web::get().to(desk_proposals::list))
        .route("/desk/positions/proposals/{id}", web::get().to(desk_proposals::show))
        .route("/desk/positions/proposals/{id}/accept", web::post().to(desk_proposals::accept))
        .route("/desk/positions/proposals/{id}/reject", web::post().to(desk_proposals::reject))
        .route("/desk/positions/{iso3}", web::get().to(desk_state::show))
        .route("/desk/positions/{iso3}/evidence", web::post().to(desk_state::enter))
        .route("/desk/positions/{iso3}/evidence/{id}", web::get().to(desk_state::show_item))
        .route("/desk/positions/{iso3}/evidence/{id}", web::post().to(desk_state::supersede))
        .route("/desk/positions/{iso3}/evidence/{id}/retract", web::post().to(desk_state::retract));
}

/// A choice of a form or filter.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Choice {
    pub value: String,
    pub text: String,
}

/// A day, no more exact than its source.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Dated {
    pub day: NaiveDate,
    pub precision: String,
}

impl Dated {
    /// `inexact`: how exactly the days are known that are not known to the day.
    pub(super) fn of(iso3: &str, day: NaiveDate, inexact: &HashMap<(String, NaiveDate), String>) -> Self {
        let precision = inexact.get(&(iso3.to_owned(), day)).map_or("day", String::as_str);
        Self { day, precision: precision.to_owned() }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Filter {
    stance: String,
    region: String,
    differs: String,
}

#[derive(Serialize)]
struct BoardPage<'a> {
    page: Frame<'a>,
    rows: Vec<StateRow>,
    shown: usize,
    total: usize,
    counts: Vec<Count>,
    stance: String,
    stances: Vec<Choice>,
    region: String,
    regions: Vec<Choice>,
    differs: bool,
    /// None for those who may not read them.
    proposals: Option<usize>,
    may_export: bool,
}

#[derive(Serialize)]
struct Count {
    code: String,
    count: usize,
}

#[derive(Serialize)]
struct StateRow {
    iso3: String,
    name: String,
    region: String,
    public: String,
    staff: String,
    differs: bool,
    confidence: Option<String>,
    via_group: bool,
    since: Option<Dated>,
    last: Option<Dated>,
}

async fn show(
    request: HttpRequest,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    staff: SignedIn,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::ReadDesk)?;
    let filter: Filter = forms::query(&request)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let (db, language) = (platform.database.read(), staff.language);
    let by_state = |rows: Vec<position::Model>| rows.into_iter().map(|row| (row.iso3.clone(), row)).collect::<BTreeMap<_, _>>();
    let public = by_state(store::positions(db, campaign.id, Audience::Public, OVERALL).await?);
    let audience = Audience::of(staff.role);
    let all = by_state(store::positions(db, campaign.id, audience, OVERALL).await?);
    let last = store::last_evidence(db, campaign.id, audience).await?;
    let inexact = store::inexact_days(db, campaign.id, audience).await?;
    let key = |row: Option<&position::Model>| row.map_or(NO_DATA, |row| row.stance.as_str()).to_owned();
    let rows: Vec<StateRow> = directory
        .by_name(language)
        .map(|state| {
            let (seen, known) = (public.get(&state.iso3), all.get(&state.iso3));
            StateRow {
                name: state.forms.name(language).to_owned(),
                region: state.region.clone(),
                public: key(seen),
                staff: key(known),
                differs: key(seen) != key(known),
                confidence: known.map(|row| row.confidence.clone()),
                via_group: known.is_some_and(|row| row.via_group),
                since: known.and_then(|row| row.since).map(|day| Dated::of(&state.iso3, day, &inexact)),
                last: last.get(&state.iso3).map(|day| Dated::of(&state.iso3, *day, &inexact)),
                iso3: state.iso3.clone(),
            }
        })
        .collect();
    let total = rows.len();
    let stances: Vec<Choice> =
        campaign.config.stance.iter().map(|s| Choice { value: s.key.clone(), text: s.label.get(language).to_owned() }).collect();
    let counts = stances
        .iter()
        .map(|choice| Count { count: rows.iter().filter(|row| row.staff == choice.value).count(), code: choice.value.clone() })
        .collect();
    let differs = filter.differs == "yes";
    let rows: Vec<StateRow> = rows
        .into_iter()
        .filter(|row| filter.stance.is_empty() || row.staff == filter.stance)
        .filter(|row| filter.region.is_empty() || row.region == filter.region)
        .filter(|row| !differs || row.differs)
        .collect();
    let regions = directory.groups().filter(|group| group.kind == "regional_group");
    let view = BoardPage {
        page: staff.frame(&platform, "positions-desk-title"),
        shown: rows.len(),
        rows,
        total,
        counts,
        stance: filter.stance,
        stances,
        region: filter.region,
        regions: regions.map(|group| Choice { value: group.code.clone(), text: group.names.get(language).to_owned() }).collect(),
        differs,
        proposals: match staff.role.may(Permission::RecordReplies) {
            true => Some(proposed::in_state(db, campaign.id, ProposalState::Proposed.key()).await?.len()),
            false => None,
        },
        may_export: staff.role.may(Permission::ExportLists),
    };
    Ok(platform.site.page(StatusCode::OK, "positions/desk.html", language, &view)?)
}

async fn sheet(platform: web::Data<Platform>, campaigns: web::Data<campaigns::Register>, staff: SignedIn) -> Result<HttpResponse, Problem> {
    staff.require(Permission::ExportLists)?;
    let campaign = campaigns.get(&platform).await?;
    let sheet = export::evidence(platform.database.read(), campaign.id, Audience::of(staff.role)).await.map_err(anyhow::Error::from)?;
    let line = Entry::of(Some(staff.id), "evidence.exported", "campaign", campaign.id);
    audit::append(platform.database.write(), line, platform.clock.now()).await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"evidence.csv\""))
        .body(sheet))
}
