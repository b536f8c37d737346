//! Entering at the desk who signed by mail (R17). What the mail says is typed in; the person who wrote it confirms by the link all signers get. Must
//! not make anybody a signer whom no mailbox confirmed.

use actix_web::{HttpResponse, http::StatusCode, web};
use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    fields_view::FieldsView,
    form::{SignForm, add_fault},
    intake::Intake,
    list_desk,
    service::{self, SignError, Source},
};
use crate::{
    accounts::{Permission, SignedIn},
    campaigns::{self, Current},
    domain::{language::Language, name::required_line},
    platform::{
        Platform,
        http::{
            forms::{self, Choice, FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
        },
        i18n,
    },
    states::{self, Directory},
};

/// What staff add to the fields of the form.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct MailForm {
    /// When the mail arrived, in UTC, as the browser writes a time.
    received: String,
    /// In which language its writer gets mails.
    language: String,
    /// Where the mail is kept.
    kept_at: String,
}

impl MailForm {
    /// When it arrived, in which language it was written and where it is kept.
    fn check(&self, errors: &mut FormErrors, now: DateTime<Utc>) -> Option<(DateTime<Utc>, Language, String)> {
        let received = NaiveDateTime::parse_from_str(&self.received, "%Y-%m-%dT%H:%M").ok().map(|time| time.and_utc());
        match received {
            None => errors.add("received", "typed-error-received"),
            Some(time) if time > now => errors.add("received", "typed-error-future"),
            Some(_) => {}
        }
        let language = Language::of_interface(&self.language).map_err(|_| errors.add("language", "typed-error-language"));
        let kept_at = required_line(&self.kept_at, 200).map_err(|fault| add_fault(errors, "kept_at", fault));
        Some((received.filter(|time| *time <= now)?, language.ok()?, kept_at.ok()?))
    }
}

#[derive(Serialize)]
struct TypedPage<'a> {
    page: Frame<'a>,
    errors: Vec<FormErrorView>,
    #[serde(flatten)]
    fields: FieldsView<'a>,
    mail: &'a MailForm,
    languages: Vec<Choice>,
}

fn page(
    platform: &Platform,
    staff: &SignedIn,
    (campaign, directory): (&Current, &Directory),
    (form, mail): (&SignForm, &MailForm),
    (status, errors): (StatusCode, &FormErrors),
) -> Result<HttpResponse, Problem> {
    let view = TypedPage {
        page: staff.frame(platform, "typed-title"),
        errors: errors.view(staff.language),
        fields: FieldsView::of(campaign, directory, staff.language, form),
        mail,
        languages: list_desk::languages(),
    };
    Ok(platform.site.page(status, "signing/typed.html", staff.language, &view)?)
}

pub(super) async fn show(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::VetSignatures)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let form = SignForm::empty(&campaign.config.sign_on);
    let mail = MailForm { language: staff.language.code().to_owned(), ..MailForm::default() };
    page(&platform, &staff, (&campaign, &directory), (&form, &mail), (StatusCode::OK, &FormErrors::default()))
}

pub(super) async fn enter(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    intake: web::Data<Intake>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let mut form: SignForm = staff.form(&body)?;
    let mail: MailForm = forms::read(&body)?;
    staff.require(Permission::VetSignatures)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    // The notice is agreed to by pressing the button in the mail.
    "yes".clone_into(&mut form.consent);
    let rules = &campaign.config.sign_on;
    let mut errors = FormErrors::default();
    let details = mail.check(&mut errors, platform.clock.now());
    let checked = form.check(rules, &directory, details.as_ref().map_or(staff.language, |(_, language, _)| *language));
    let form = form.warned(rules);
    let again = |status, errors: &FormErrors| page(&platform, &staff, (&campaign, &directory), (&form, &mail), (status, errors));
    let ((received, _, kept_at), new) = match (details, checked) {
        (Some(details), Ok(new)) => (details, new),
        (_, checked) => {
            errors.extend(checked.err().unwrap_or_default());
            return again(StatusCode::UNPROCESSABLE_ENTITY, &errors);
        }
    };
    match service::sign(&intake, &platform, &campaign, new, Source::Mail { received, account: staff.id, kept_at }).await {
        Ok(()) => Ok(staff.done(&platform, "/desk/signatures?state=pending", "typed-done", &i18n::Args::new()).await?),
        Err(SignError::NotOpen) => {
            errors.add("received", "typed-error-not-open");
            again(StatusCode::CONFLICT, &errors)
        }
        Err(SignError::TooMany) => again(StatusCode::TOO_MANY_REQUESTS, &errors),
        Err(SignError::Unexpected(error)) => {
            tracing::error!(%error, "a signature could not be kept");
            errors.add("name", "signing-error-not-kept");
            again(StatusCode::SERVICE_UNAVAILABLE, &errors)
        }
    }
}
