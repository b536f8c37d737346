//! The desk's part of the register as a sheet: handing it out, trying a file, taking it. Must hold no rule.

use std::io::{Cursor, Read};

use actix_multipart::Multipart;
use actix_web::{HttpResponse, http::StatusCode, web};
use serde::Serialize;

use super::{
    Directory, Register,
    register_desk::office,
    register_sheet::{self, RegisterSheetError, Report},
};
use crate::{
    accounts::{Permission, SignedIn},
    domain::language::Language,
    platform::{
        Platform,
        documents::source,
        http::{
            forms::{FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
            upload::{self, SentFile, Upload},
        },
        i18n,
    },
};

/// The largest file; a register of two thousand posts is a tenth of it.
const LARGEST: usize = 5 * 1024 * 1024;
/// Faults that are shown.
const MOST_SHOWN: usize = 200;

/// The addresses; before those of single states.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/desk/register/sheet", web::get().to(show))
        .route("/desk/register/sheet", web::post().to(read))
        .route("/desk/register/sheet.csv", web::get().to(download));
}

#[derive(Serialize)]
struct SheetPage<'a> {
    page: Frame<'a>,
    errors: Vec<FormErrorView>,
    report: Option<ReportView>,
}

#[derive(Serialize)]
struct ReportView {
    lines: usize,
    entered: usize,
    unchanged: usize,
    rejects: Vec<RejectView>,
    changes: Vec<ChangeView>,
}

#[derive(Serialize)]
struct RejectView {
    line: u64,
    field: String,
    reason: String,
}

#[derive(Serialize)]
struct ChangeView {
    country: String,
    office: String,
    fields: String,
}

fn field_name(language: Language, field: &str) -> String {
    i18n::word(language, &format!("register-{}", field.replace('_', "-")))
}

impl ReportView {
    fn of(report: &Report, directory: &Directory, language: Language) -> Self {
        let reject = |reject: &register_sheet::Reject| RejectView {
            line: reject.line,
            field: field_name(language, reject.field),
            reason: i18n::word(language, reject.code),
        };
        let change = |change: &register_sheet::Change| ChangeView {
            country: directory.name(&change.iso3, language).to_owned(),
            office: office(language, change.post),
            fields: change.fields.iter().map(|field| field_name(language, field)).collect::<Vec<_>>().join(" · "),
        };
        Self {
            lines: report.lines,
            entered: report.entered,
            unchanged: report.unchanged,
            rejects: report.rejects.iter().take(MOST_SHOWN).map(reject).collect(),
            changes: report.changes.iter().map(change).collect(),
        }
    }
}

fn page(platform: &Platform, staff: &SignedIn, errors: &FormErrors, report: Option<ReportView>) -> Result<HttpResponse, Problem> {
    let view = SheetPage { page: staff.frame(platform, "register-sheet"), errors: errors.view(staff.language), report };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(platform.site.page(status, "states/register_sheet.html", staff.language, &view)?)
}

async fn show(platform: web::Data<Platform>, staff: SignedIn) -> Result<HttpResponse, Problem> {
    staff.require(Permission::PrepareLetters)?;
    page(&platform, &staff, &FormErrors::default(), None)
}

async fn read(
    platform: web::Data<Platform>,
    staff: SignedIn,
    states: web::Data<Register>,
    body: Multipart,
) -> Result<HttpResponse, Problem> {
    let form = Upload::read(body, LARGEST).await?;
    staff.check_csrf(form.field("csrf"))?;
    staff.require(Permission::PrepareLetters)?;
    let take = form.field("step") == "take";
    let mut errors = FormErrors::default();
    let bytes = match form.file {
        SentFile::Sent { content, .. } => web::block(|| text_of(content)).await.map_err(anyhow::Error::from)?,
        SentFile::None => {
            errors.add("file", "register-sheet-error-none");
            return page(&platform, &staff, &errors, None);
        }
        SentFile::TooLarge => {
            errors.add("file", "register-sheet-error-large");
            return page(&platform, &staff, &errors, None);
        }
    };
    let directory = states.get(&platform).await?;
    let outcome = match bytes {
        Ok(bytes) => register_sheet::import(&platform, &directory, &bytes, !take, Some(staff.id)).await,
        Err(_) => {
            errors.add("file", "register-sheet-error-unreadable");
            return page(&platform, &staff, &errors, None);
        }
    };
    let fault = match outcome {
        Ok(report) if take && report.rejects.is_empty() => {
            let args = i18n::args([("count", i64::try_from(report.entered).unwrap_or(i64::MAX).into())]);
            return Ok(staff.done(&platform, "/desk/register", "register-sheet-done", &args).await?);
        }
        Ok(report) => return page(&platform, &staff, &errors, Some(ReportView::of(&report, &directory, staff.language))),
        Err(RegisterSheetError::Database(error)) => return Err(error.into()),
        Err(fault) => fault,
    };
    let (key, what) = match &fault {
        RegisterSheetError::Column(column) => ("register-sheet-error-column", (*column).to_owned()),
        RegisterSheetError::UnknownColumn(column) => ("register-sheet-error-unknown", column.chars().take(60).collect()),
        RegisterSheetError::File(_) | RegisterSheetError::Database(_) => ("register-sheet-error-unreadable", String::new()),
    };
    errors.add_with("file", key, i18n::args([("column", what.into())]));
    page(&platform, &staff, &errors, None)
}

/// What stands in a sheet: as it came, or a workbook's first sheet as text.
fn text_of(content: Vec<u8>) -> anyhow::Result<Vec<u8>> {
    if !source::is_archive(&content) {
        return Ok(content);
    }
    let mut text = Vec::new();
    source::open(Cursor::new(content), None)?.take(4 * LARGEST as u64).read_to_end(&mut text)?;
    Ok(text)
}

async fn download(platform: web::Data<Platform>, staff: SignedIn) -> Result<HttpResponse, Problem> {
    staff.require(Permission::PrepareLetters)?;
    let sheet = register_sheet::export(platform.database.read()).await?;
    Ok(upload::handed_back("register.csv", "text/csv; charset=utf-8".to_owned(), sheet))
}
