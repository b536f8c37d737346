//! The form of an entry of the register, and the button that says it still holds. Must hold no rule.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::{Deserialize, Serialize};

use super::{
    Register,
    addressees::{self, Entered, RegisterError},
    directory::StateEntry,
    register_desk::{choices, office, state},
};
use crate::{
    accounts::{Permission, SignedIn},
    domain::{
        address::{Gender, Rank},
        addressee::TypedEntry,
        language::Language,
        letter::PostKind,
    },
    platform::{
        Platform,
        http::{
            forms::{Choice, FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
        },
        i18n,
    },
};

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
struct EntryForm {
    /// The entry this was made from; empty for a first one.
    seen: String,
    #[serde(flatten)]
    entry: TypedEntry,
}

#[derive(Serialize)]
struct FormPage<'a> {
    page: Frame<'a>,
    errors: Vec<FormErrorView>,
    form: &'a EntryForm,
    action: String,
    back: String,
    office: String,
    ranks: Vec<Choice>,
    genders: Vec<Choice>,
    languages: Vec<Choice>,
}

fn form_page(
    platform: &Platform,
    staff: &SignedIn,
    state: &StateEntry,
    kind: PostKind,
    form: &EntryForm,
    errors: &FormErrors,
) -> Result<HttpResponse, Problem> {
    let language = staff.language;
    let office = office(language, kind);
    let view = FormPage {
        page: staff.frame_titled(platform, format!("{}: {office}", state.forms.name(language))),
        errors: errors.view(language),
        form,
        action: format!("/desk/register/{}/{}", state.iso3, kind.key()),
        back: format!("/desk/register/{}", state.iso3),
        office,
        ranks: choices(language, "register-rank-", Rank::ALL.iter().map(|rank| rank.key())),
        genders: choices(language, "register-gender-", Gender::ALL.iter().map(|gender| gender.key())),
        languages: Language::LETTERS.map(Choice::language).into(),
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(platform.site.page(status, "states/register_entry.html", language, &view)?)
}

fn kind(key: &str) -> Result<PostKind, Problem> {
    key.parse().ok().filter(|kind| addressees::kinds().any(|known| known == *kind)).ok_or(Problem::NotFound)
}

/// Two queries.
pub(super) async fn show_form(
    platform: web::Data<Platform>,
    staff: SignedIn,
    states: web::Data<Register>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::PrepareLetters)?;
    let directory = states.get(&platform).await?;
    let (state, kind) = (state(&directory, &path.0)?, kind(&path.1)?);
    let newest = addressees::newest(platform.database.read(), &state.iso3, kind).await?;
    let form = newest.map(|entry| EntryForm { seen: entry.id.to_string(), entry: addressees::typed(&entry) }).unwrap_or_default();
    form_page(&platform, &staff, state, kind, &form, &FormErrors::default())
}

pub(super) async fn enter(
    platform: web::Data<Platform>,
    staff: SignedIn,
    states: web::Data<Register>,
    path: web::Path<(String, String)>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let mut form: EntryForm = staff.form(&body)?;
    staff.require(Permission::PrepareLetters)?;
    let directory = states.get(&platform).await?;
    let (state, kind) = (state(&directory, &path.0)?, kind(&path.1)?);
    let mut errors = FormErrors::default();
    let entry = match form.entry.check() {
        Ok(entry) => entry,
        Err(faults) => {
            for fault in faults {
                let label = format!("register-{}", fault.field.replace('_', "-"));
                errors.add_labelled(fault.field, Some(label), fault.code);
            }
            return form_page(&platform, &staff, state, kind, &form, &errors);
        }
    };
    let back = format!("/desk/register/{}", state.iso3);
    match addressees::enter(&platform, (&state.iso3, kind), &entry, form.seen.parse().ok(), staff.id).await {
        Ok(Entered::New) => Ok(staff.done(&platform, &back, "register-done-entered", &i18n::Args::new()).await?),
        Ok(Entered::Checked) => Ok(staff.done(&platform, &back, "register-done-checked", &i18n::Args::new()).await?),
        Err(RegisterError::Overtaken) => {
            // What was typed stays; sent again, it goes on top of what the other one entered.
            let newest = addressees::newest(platform.database.read(), &state.iso3, kind).await?;
            form.seen = newest.map(|entry| entry.id.to_string()).unwrap_or_default();
            errors.add("holder_name", "register-error-overtaken");
            form_page(&platform, &staff, state, kind, &form, &errors)
        }
        Err(RegisterError::Database(error)) => Err(error.into()),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Seen {
    seen: String,
}

pub(super) async fn confirm(
    platform: web::Data<Platform>,
    staff: SignedIn,
    states: web::Data<Register>,
    path: web::Path<(String, String)>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: Seen = staff.form(&body)?;
    staff.require(Permission::PrepareLetters)?;
    let directory = states.get(&platform).await?;
    let (state, kind) = (state(&directory, &path.0)?, kind(&path.1)?);
    let back = format!("/desk/register/{}", state.iso3);
    let newest = addressees::newest(platform.database.read(), &state.iso3, kind).await?.ok_or(Problem::NotFound)?;
    let seen = form.seen.parse().unwrap_or_default();
    match addressees::confirm(&platform, newest.post_id, seen, staff.id).await {
        Ok(()) => Ok(staff.done(&platform, &back, "register-done-checked", &i18n::Args::new()).await?),
        Err(RegisterError::Overtaken) => Ok(staff.refused(&platform, &back, "register-error-overtaken", &i18n::Args::new()).await?),
        Err(RegisterError::Database(error)) => Err(error.into()),
    }
}
