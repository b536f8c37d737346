//! Public pages of sign-on: the statement, the form, the privacy notice. Must hold no rule.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde::Serialize;

use super::{
    colleague_page, confirmation_pages,
    counts::{self, HeadlineView},
    fields_view::FieldsView,
    form::SignForm,
    intake::Intake,
    invitation_page, logo_pages,
    moments::{DeadlineView, LinkLife},
    roll_pages::PrintedLine,
    service::{self, SignError, Source},
    signer_page, versions, wave_pages,
};
use crate::{
    campaigns::{self, Current},
    domain::{language::Language, text::Reception},
    platform::{
        Platform,
        http::{
            forms::{self, FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
            visitor::{self, Visitor},
        },
        i18n,
    },
    states::{self, Directory},
};

/// The room's public addresses.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/{lang}/statement", web::get().to(show_statement))
        .route("/{lang}/statement/versions", web::get().to(versions::list))
        .route("/{lang}/statement/versions/{number}", web::get().to(versions::show))
        .route("/{lang}/privacy", web::get().to(show_privacy))
        .route("/{lang}/sign", web::get().to(show_form))
        .route("/{lang}/sign", web::post().to(sign))
        .route("/{lang}/sign/sent", web::get().to(show_sent));
    confirmation_pages::routes(config);
    signer_page::routes(config);
    colleague_page::routes(config);
    wave_pages::routes(config);
    invitation_page::routes(config);
    logo_pages::routes(config);
}

#[derive(Serialize)]
struct StatementPage<'a> {
    page: Frame<'a>,
    title: String,
    html: String,
    status: String,
    authoritative: AuthoritativeView,
    number: i32,
    content_hash: String,
    counts: HeadlineView,
    is_open: bool,
    deadline: DeadlineView,
}

#[derive(Serialize)]
struct AuthoritativeView {
    code: &'static str,
    name: &'static str,
}

async fn show_statement(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    counts: web::Data<counts::Register>,
) -> Result<HttpResponse, Problem> {
    let language = visitor.language;
    let make = async || -> Result<String, Problem> {
        let campaign = campaigns.get(&platform).await?;
        let directory = states.get(&platform).await?;
        let translation = campaign.text.translations.get(&language).ok_or(Problem::NotFound)?;
        let headline = counts.get(&platform, &campaign).await?.headline(&campaign, &directory);
        let now = platform.clock.now();
        let view = StatementPage {
            page: platform.site.frame(language, request.path(), i18n::word(language, "site-nav-statement")),
            title: translation.title.clone(),
            html: translation.html.clone(),
            status: translation.status.clone(),
            authoritative: AuthoritativeView { code: campaign.config.authoritative.code(), name: campaign.config.authoritative.own_name() },
            number: campaign.text.number,
            content_hash: translation.content_hash.clone(),
            counts: HeadlineView::from(&headline),
            is_open: service::reception(&campaign, now) != Reception::NotOpen,
            deadline: DeadlineView::of(&campaign, language, now),
        };
        Ok(platform.site.templates.render("signing/statement.html", language, &view)?)
    };
    platform.pages.page(&request, make).await
}

#[derive(Serialize)]
struct PrivacyPage<'a> {
    page: Frame<'a>,
    html: String,
    number: i32,
}

async fn show_privacy(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
) -> Result<HttpResponse, Problem> {
    let campaign = campaigns.get(&platform).await?;
    let view = PrivacyPage {
        page: platform.site.frame(visitor.language, request.path(), i18n::word(visitor.language, "site-nav-privacy")),
        html: campaign.privacy.get(&visitor.language).cloned().ok_or(Problem::NotFound)?,
        number: campaign.privacy_number,
    };
    Ok(platform.site.page(StatusCode::OK, "signing/privacy.html", visitor.language, &view)?)
}

#[derive(Serialize)]
struct SignPage<'a> {
    page: Frame<'a>,
    errors: Vec<FormErrorView>,
    #[serde(flatten)]
    fields: FieldsView<'a>,
    /// The line as it will be printed, once somebody asked to see it.
    line: Option<PrintedLine>,
    /// Where one writes when the form fails.
    address: &'a str,
    is_open: bool,
    is_late: bool,
    deadline: DeadlineView,
}

fn form_html(
    request: &HttpRequest,
    platform: &Platform,
    (campaign, directory): (&Current, &Directory),
    language: Language,
    (form, line): (&SignForm, Option<PrintedLine>),
    errors: &FormErrors,
) -> Result<String, Problem> {
    let now = platform.clock.now();
    let reception = service::reception(campaign, now);
    let view = SignPage {
        page: platform.site.frame(language, request.path(), i18n::word(language, "signing-title")),
        errors: errors.view(language),
        fields: FieldsView::of(campaign, directory, language, form),
        line,
        address: &campaign.config.sender.email,
        is_open: reception != Reception::NotOpen,
        is_late: reception == Reception::NextWave,
        deadline: DeadlineView::of(campaign, language, now),
    };
    Ok(platform.site.templates.render("signing/sign.html", language, &view)?)
}

async fn show_form(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
) -> Result<HttpResponse, Problem> {
    let make = async || -> Result<String, Problem> {
        let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
        let form = SignForm::empty(&campaign.config.sign_on);
        form_html(&request, &platform, (&campaign, &directory), visitor.language, (&form, None), &FormErrors::default())
    };
    platform.pages.page(&request, make).await
}

async fn sign(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    intake: web::Data<Intake>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let language = visitor.language;
    let form: SignForm = forms::read(&body)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let sent = || Ok(HttpResponse::SeeOther().insert_header(("location", format!("/{language}/sign/sent"))).finish());
    if !form.website.is_empty() {
        // A robot filled the field no person sees: it gets the page everybody gets.
        return sent();
    }
    let checked = form.check(&campaign.config.sign_on, &directory, language);
    let form = form.warned(&campaign.config.sign_on);
    let again = |errors: &FormErrors, status| -> Result<HttpResponse, Problem> {
        let html = form_html(&request, &platform, (&campaign, &directory), language, (&form, None), errors)?;
        Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(html))
    };
    let refused = |code, status| {
        let mut errors = FormErrors::default();
        errors.add("kind", code);
        again(&errors, status)
    };
    // Nobody is told it was sent, and nobody has to type it again.
    let not_kept = |error: &dyn std::error::Error| {
        tracing::error!(%error, "a signature could not be kept");
        refused("signing-error-not-kept", StatusCode::SERVICE_UNAVAILABLE)
    };
    let new = match checked {
        Ok(new) => new,
        Err(errors) => return again(&errors, StatusCode::UNPROCESSABLE_ENTITY),
    };
    if !form.look.is_empty() {
        let names = &new.names;
        let place = directory.place(names.location_label.as_deref(), new.iso3.as_deref(), language);
        let name = Some(names.name.as_str()).filter(|_| new.visibility.shows_name());
        let line = PrintedLine::of(name, names.original_name.as_deref(), names.affiliation.as_deref(), place);
        let html = form_html(&request, &platform, (&campaign, &directory), language, (&form, Some(line)), &FormErrors::default())?;
        return Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(html));
    }
    match service::sign(&intake, &platform, &campaign, new, Source::Form(visitor::source(&request, platform.proxies))).await {
        Ok(()) => sent(),
        Err(SignError::NotOpen) => again(&FormErrors::default(), StatusCode::CONFLICT),
        Err(SignError::TooMany) => refused("signing-error-too-many", StatusCode::TOO_MANY_REQUESTS),
        Err(SignError::Unexpected(error)) => not_kept(error.as_ref()),
    }
}

#[derive(Serialize)]
struct SentPage<'a> {
    page: Frame<'a>,
    life: LinkLife,
    has_mailbox: bool,
}

async fn show_sent(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
) -> Result<HttpResponse, Problem> {
    let campaign = campaigns.get(&platform).await?;
    let view = SentPage {
        page: platform.site.frame(visitor.language, request.path(), i18n::word(visitor.language, "signing-sent-title")),
        life: LinkLife::of(&campaign),
        has_mailbox: platform.mailbox.is_some(),
    };
    Ok(platform.site.page(StatusCode::OK, "signing/sent.html", visitor.language, &view)?)
}
