//! The desk's sheets of signatories: uploaded, looked at, given their columns, tried, taken. Must hold no rule of reading, and shows no more of a sheet
//! than its first lines.

use std::collections::HashMap;

use actix_multipart::Multipart;
use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    web,
};
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use uuid::Uuid;

use super::{
    kept_sheet::{self, KeptSheet},
    reading::{self, FIELDS, Mapping, SheetFault, Shown, WITH_DEFAULT},
    uploads::{self, Counts, LARGEST, UploadState},
};
use crate::{
    accounts::{Permission, SignedIn},
    campaigns,
    domain::{
        language::Language,
        sheet_time::TimeForm,
        signature::{SignatoryKind, Visibility},
    },
    entities::signature_import,
    platform::{
        Platform,
        documents::source::SheetEncoding,
        http::{
            forms::{Choice, FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
            upload::{SentFile, Upload},
        },
        i18n,
    },
    states,
};

const LIST: &str = "/desk/imports";
/// Uploads of the list, the newest.
const LONGEST: u64 = 100;
/// What sheets come in, beside what says so itself.
const ENCODINGS: [&str; 6] = ["utf-8", "utf-16le", "windows-1250", "windows-1251", "windows-1252", "windows-1256"];

#[derive(Serialize)]
struct ListPage<'a> {
    page: Frame<'a>,
    uploads: Vec<UploadView>,
    encodings: Vec<Choice>,
    encoding: String,
    errors: Vec<FormErrorView>,
}

#[derive(Serialize)]
struct UploadView {
    id: Uuid,
    file_name: String,
    state: String,
    created_at: DateTime<Utc>,
    counts: Counts,
}

#[derive(Serialize)]
struct UploadPage<'a> {
    page: Frame<'a>,
    upload: UploadView,
    head: Vec<String>,
    /// The first lines.
    lines: Vec<Vec<String>>,
    columns: Vec<Choice>,
    fields: Vec<FieldView>,
    time_form: &'static str,
    time_forms: Vec<Choice>,
    zone: String,
    errors: Vec<FormErrorView>,
    lines_read: i32,
    /// How the bar of progress stands, where there is one.
    bar: Option<&'static str>,
    /// Its columns can still be said.
    may_read: bool,
    /// It was tried as it stands.
    may_take: bool,
    has_report: bool,
    has_rejects: bool,
}

#[derive(Serialize)]
struct FieldView {
    field: &'static str,
    label: String,
    column: String,
    /// What stands for all lines, and what may; empty where nothing may.
    default: String,
    defaults: Vec<Choice>,
}

fn upload_view(row: &KeptSheet) -> UploadView {
    let counts = row.report.as_deref().and_then(|report| serde_json::from_str(report).ok()).unwrap_or_default();
    UploadView { id: row.id, file_name: row.file_name.clone(), state: row.state.clone(), created_at: row.created_at, counts }
}

pub(super) async fn list(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::VetSignatures)?;
    list_page(&platform, &staff, &campaigns, String::new(), None).await
}

async fn list_page(
    platform: &Platform,
    staff: &SignedIn,
    campaigns: &campaigns::Register,
    encoding: String,
    faults: Option<FormErrors>,
) -> Result<HttpResponse, Problem> {
    let campaign = campaigns.get(platform).await?;
    use signature_import::Column as C;
    let rows = KeptSheet::find().filter(C::CampaignId.eq(campaign.id)).order_by_desc(C::CreatedAt).limit(LONGEST).into_model::<KeptSheet>();
    let view = ListPage {
        page: staff.frame(platform, "upload-desk-title"),
        uploads: rows.all(platform.database.read()).await?.iter().map(upload_view).collect(),
        encodings: ENCODINGS.map(|name| Choice::new(name.to_owned(), name.to_uppercase())).into(),
        encoding,
        errors: faults.as_ref().map(|faults| faults.view(staff.language)).unwrap_or_default(),
    };
    let status = if faults.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(platform.site.page(status, "signing/imports.html", staff.language, &view)?)
}

/// A sheet that unpacks to much takes seconds: not on a thread that answers others.
async fn look(content: Vec<u8>, encoding: Option<SheetEncoding>) -> Result<Result<(Vec<u8>, Shown), SheetFault>, Problem> {
    let looked = web::block(move || {
        let shown = reading::look(&content, encoding)?;
        Ok((content, shown))
    });
    Ok(looked.await.map_err(anyhow::Error::from)?)
}

pub(super) async fn keep(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    body: Multipart,
) -> Result<HttpResponse, Problem> {
    let mut form = Upload::read(body, LARGEST).await?;
    staff.check_csrf(form.field("csrf"))?;
    staff.require(Permission::VetSignatures)?;
    let encoding = form.take("encoding");
    let mut faults = FormErrors::default();
    let named: Option<SheetEncoding> = encoding.parse().ok();
    if named.is_none() && !encoding.is_empty() {
        faults.add("encoding", "upload-desk-error-encoding");
    }
    match std::mem::take(&mut form.file) {
        SentFile::None => faults.add("file", "upload-desk-error-none"),
        SentFile::TooLarge => faults.add("file", "upload-desk-error-large"),
        SentFile::Sent { name, content } if faults.is_empty() => match look(content, named).await? {
            Err(fault) => {
                let key = match fault {
                    SheetFault::Empty => "upload-desk-error-none",
                    SheetFault::Encoding => "upload-desk-error-encoding",
                    SheetFault::Columns => "upload-desk-error-columns",
                    SheetFault::Broken => "upload-desk-error-broken",
                };
                faults.add(if fault == SheetFault::Encoding { "encoding" } else { "file" }, key);
            }
            Ok((content, shown)) => {
                let campaign = campaigns.get(&platform).await?.id;
                let encoding = Some(encoding.clone()).filter(|name| !name.is_empty());
                let id = uploads::keep(&platform, campaign, (name, encoding), (&content, &shown), staff.id).await?;
                return Ok(staff.done(&platform, &format!("{LIST}/{id}"), "upload-desk-kept", &i18n::Args::new()).await?);
            }
        },
        SentFile::Sent { .. } => {}
    }
    list_page(&platform, &staff, &campaigns, encoding, Some(faults)).await
}

pub(super) async fn show(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::VetSignatures)?;
    let row = KeptSheet::by_id(platform.database.read(), *id).await?.ok_or(Problem::NotFound)?;
    upload_page(&platform, &staff, (&campaigns, &states), row, None).await
}

async fn upload_page(
    platform: &Platform,
    staff: &SignedIn,
    (campaigns, states): (&campaigns::Register, &states::Register),
    row: KeptSheet,
    faulty: Option<(Mapping, FormErrors)>,
) -> Result<HttpResponse, Problem> {
    let language = staff.language;
    let (campaign, directory) = (campaigns.get(platform).await?, states.get(platform).await?);
    let state = row.state.parse::<UploadState>().unwrap_or(UploadState::Failed);
    let encoding = row.encoding.as_deref().and_then(|name| name.parse().ok());
    let at_work = matches!(state, UploadState::Trying | UploadState::Running);
    // Its first lines are shown to whoever says how it is read; while it is read, the page is asked for every few seconds.
    let may_read = row.is_kept && !at_work && state != UploadState::Done;
    let content = if may_read { kept_sheet::content(platform.database.read(), &platform.keys, row.id).await? } else { None };
    let shown = match content {
        Some(content) => look(content, encoding).await?.ok().map(|(_, shown)| shown),
        None => None,
    };
    let head: Vec<String> = serde_json::from_str(&row.head).unwrap_or_default();
    let kept = row.mapping.as_deref().and_then(|mapping| serde_json::from_str(mapping).ok()).unwrap_or_default();
    let (mapping, faults) = faulty.map_or((kept, None), |(mapping, faults)| (mapping, Some(faults)));
    let word = |prefix: &str, key: &str| Choice::new(key.to_owned(), i18n::word(language, &format!("{prefix}-{}", key.replace('_', "-"))));
    let defaults = |field: &str| -> Vec<Choice> {
        match field {
            "kind" => SignatoryKind::ALL.iter().map(|kind| word("roll-kind", kind.key())).collect(),
            "visibility" => Visibility::ALL.iter().map(|visibility| word("signing-visibility", visibility.key())).collect(),
            "language" => Language::INTERFACE.map(Choice::language).into(),
            "iso3" => {
                directory.by_name(language).map(|state| Choice::new(state.iso3.clone(), state.forms.name(language).to_owned())).collect()
            }
            _ => Vec::new(),
        }
    };
    let fields = FIELDS.iter().map(|(field, label)| {
        let default = mapping.defaults.get(*field).cloned();
        // Nobody is named because a sheet says nothing of it: the campaign's own default stands there to be seen and changed.
        let default = default.or_else(|| (*field == "visibility").then(|| campaign.config.sign_on.default_visibility.clone()));
        FieldView {
            field,
            label: i18n::word(language, label),
            column: mapping.columns.get(*field).map(usize::to_string).unwrap_or_default(),
            default: default.unwrap_or_default(),
            defaults: defaults(field),
        }
    });
    let title = row.file_name.clone();
    let mut page = UploadPage {
        page: staff.frame_titled(platform, title),
        upload: upload_view(&row),
        columns: head
            .iter()
            .enumerate()
            .map(|(place, title)| Choice::new(place.to_string(), if title.is_empty() { format!("({})", place + 1) } else { title.clone() }))
            .collect(),
        fields: fields.collect(),
        time_form: mapping.time_form.key(),
        time_forms: TimeForm::ALL.iter().map(|form| word("upload-desk-time", form.key())).collect(),
        zone: mapping.zone.clone(),
        errors: faults.as_ref().map(|faults| faults.view(language)).unwrap_or_default(),
        lines: shown.map(|shown| shown.lines).unwrap_or_default(),
        head,
        lines_read: row.lines_read,
        bar: match state {
            UploadState::Trying | UploadState::Running => Some("running"),
            UploadState::Stopped => Some("stopped"),
            UploadState::Failed => Some("failed"),
            UploadState::Uploaded | UploadState::Tried | UploadState::Done => None,
        },
        may_read,
        may_take: row.is_kept && state == UploadState::Tried,
        has_report: row.report.is_some(),
        has_rejects: row.has_rejects,
    };
    page.page.refresh = if at_work { 3 } else { 0 };
    let status = if faults.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(platform.site.page(status, "signing/import.html", language, &page)?)
}

/// What was chosen for each field; faults where a place is none of the sheet's, or what must be there is not.
fn mapping_of(typed: &HashMap<String, String>, columns: usize) -> (Mapping, FormErrors) {
    let (mut mapping, mut faults) = (Mapping::default(), FormErrors::default());
    for (field, _) in FIELDS {
        match typed.get(&format!("column_{field}")).map_or("", |place| place.trim()) {
            "" => {}
            place => match place.parse::<usize>().ok().filter(|place| *place < columns) {
                Some(place) => drop(mapping.columns.insert(field.to_owned(), place)),
                None => faults.add(format!("column_{field}"), "upload-desk-error-column"),
            },
        }
        let default = typed.get(&format!("default_{field}")).map_or("", |value| value.trim());
        if WITH_DEFAULT.contains(&field) && !default.is_empty() {
            mapping.defaults.insert(field.to_owned(), default.chars().take(16).collect());
        }
    }
    if let Some(form) = typed.get("time_form").and_then(|form| form.parse().ok()) {
        mapping.time_form = form;
    }
    let zone = typed.get("time_zone").map_or("", |zone| zone.trim());
    if zone.is_empty() || zone.parse::<chrono_tz::Tz>().is_ok() {
        zone.clone_into(&mut mapping.zone);
    } else {
        mapping.zone = zone.chars().take(64).collect();
        faults.add("time_zone", "upload-desk-error-zone");
    }
    for needed in ["name", "kind", "visibility"] {
        if !mapping.columns.contains_key(needed) && !mapping.defaults.contains_key(needed) {
            faults.add(format!("column_{needed}"), "upload-desk-error-needed");
        }
    }
    (mapping, faults)
}

pub(super) async fn read(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    id: web::Path<Uuid>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let typed: HashMap<String, String> = staff.form(&body)?;
    staff.require(Permission::VetSignatures)?;
    let row = KeptSheet::by_id(platform.database.read(), *id).await?.ok_or(Problem::NotFound)?;
    let begun = match typed.get("wish").map_or("", String::as_str) {
        "take" => uploads::begin_import(&platform, *id, staff.id).await?,
        "try" => {
            let columns: Vec<String> = serde_json::from_str(&row.head).unwrap_or_default();
            let (mapping, faults) = mapping_of(&typed, columns.len());
            if !faults.is_empty() {
                return upload_page(&platform, &staff, (&campaigns, &states), row, Some((mapping, faults))).await;
            }
            row.is_kept && uploads::begin_trial(&platform, *id, &mapping).await?
        }
        _ => return Err(Problem::Bad("bad-form")),
    };
    told(&platform, &staff, *id, begun, "upload-desk-begun").await
}

pub(super) async fn stop(
    platform: web::Data<Platform>,
    staff: SignedIn,
    id: web::Path<Uuid>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let _: HashMap<String, String> = staff.form(&body)?;
    staff.require(Permission::VetSignatures)?;
    let stopped = uploads::stop(&platform, *id, staff.id).await?;
    told(&platform, &staff, *id, stopped, "upload-desk-stopped").await
}

async fn told(platform: &Platform, staff: &SignedIn, id: Uuid, done: bool, good: &str) -> Result<HttpResponse, Problem> {
    let (to, none) = (format!("{LIST}/{id}"), i18n::Args::new());
    Ok(if done {
        staff.done(platform, &to, good, &none).await?
    } else {
        staff.refused(platform, &to, "upload-desk-not-now", &none).await?
    })
}

pub(super) async fn rejects(platform: web::Data<Platform>, staff: SignedIn, id: web::Path<Uuid>) -> Result<HttpResponse, Problem> {
    staff.require(Permission::VetSignatures)?;
    let sheet = kept_sheet::rejects(platform.database.read(), &platform.keys, *id).await?.ok_or(Problem::NotFound)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"rejected-lines.csv\""))
        .body(sheet))
}
