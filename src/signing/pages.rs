//! Public pages of sign-on: the statement, the form, confirmation, the privacy notice. Must hold no rule.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde::Serialize;

use super::{
    colleague_page,
    counts::{self, HeadlineView},
    form::SignForm,
    intake::Intake,
    moments::{DeadlineView, LinkLife},
    service::{self, Link, SignError},
    signer_page,
    store::Signed,
    versions,
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
        .route("/{lang}/sign/sent", web::get().to(show_sent))
        .route("/{lang}/confirm/{token}", web::get().to(show_confirm))
        .route("/{lang}/confirm/{token}", web::post().to(confirm))
        .route("/{lang}/confirm/{token}/not-us", web::post().to(disown));
    signer_page::routes(config);
    colleague_page::routes(config);
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
    form: &'a SignForm,
    kinds: Vec<ChoiceView>,
    states: Vec<ChoiceView>,
    visibilities: Vec<ChoiceView>,
    network_modes: Vec<ChoiceView>,
    warning: String,
    is_open: bool,
    is_late: bool,
    deadline: DeadlineView,
}

#[derive(Serialize)]
struct ChoiceView {
    value: String,
    text: String,
    hint: String,
}

fn choice(language: Language, prefix: &str, value: &str, hint: bool) -> ChoiceView {
    let key = format!("{prefix}-{}", value.replace('_', "-"));
    let hint = if hint { i18n::word(language, &format!("{key}-hint")) } else { String::new() };
    ChoiceView { value: value.to_owned(), text: i18n::word(language, &key), hint }
}

fn form_html(
    request: &HttpRequest,
    platform: &Platform,
    (campaign, directory): (&Current, &Directory),
    language: Language,
    form: &SignForm,
    errors: &FormErrors,
) -> Result<String, Problem> {
    let now = platform.clock.now();
    let reception = service::reception(campaign, now);
    let view = SignPage {
        page: platform.site.frame(language, request.path(), i18n::word(language, "signing-title")),
        errors: errors.view(language),
        form,
        kinds: campaign.config.sign_on.kinds.iter().map(|kind| choice(language, "signing-kind", kind, true)).collect(),
        states: directory
            .by_name(language)
            .map(|state| ChoiceView { value: state.iso3.clone(), text: state.forms.name(language).to_owned(), hint: String::new() })
            .collect(),
        visibilities: ["named", "withheld", "total_only"].map(|value| choice(language, "signing-visibility", value, true)).into(),
        network_modes: ["secretariat", "members"].map(|value| choice(language, "signing-network-for", value, false)).into(),
        warning: campaign.config.sign_on.warning.get(language).to_owned(),
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
        let form = SignForm {
            kind: "organisation".to_owned(),
            visibility: campaign.config.sign_on.default_visibility.clone(),
            ..SignForm::default()
        };
        form_html(&request, &platform, (&campaign, &directory), visitor.language, &form, &FormErrors::default())
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
        let html = form_html(&request, &platform, (&campaign, &directory), language, &form, errors)?;
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
    match service::sign(&intake, &platform, &campaign, new, visitor::source(&request, platform.proxies)).await {
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

#[derive(Serialize)]
struct ConfirmPage<'a> {
    page: Frame<'a>,
    /// good, done, disowned, used, expired or unknown.
    outcome: &'static str,
    token: &'a str,
    reference: String,
    name: Option<String>,
    place: String,
    visibility: String,
    late: bool,
}

fn confirm_page(
    request: &HttpRequest,
    platform: &Platform,
    directory: &Directory,
    language: Language,
    token: &str,
    link: &Link,
    good: &'static str,
) -> Result<HttpResponse, Problem> {
    let (outcome, status) = match link {
        Link::Good(_) => (good, StatusCode::OK),
        Link::Used => ("used", StatusCode::OK),
        Link::Expired => ("expired", StatusCode::GONE),
        Link::Unknown => ("unknown", StatusCode::NOT_FOUND),
    };
    let signed = if let Link::Good(signed) = link { Some(signed.as_ref()) } else { None };
    let place = signed.map(|(_, of)| directory.place(of.location_label.as_deref(), of.iso3.as_deref(), language));
    let of = |pick: fn(&Signed) -> String| signed.map(pick).unwrap_or_default();
    let view = ConfirmPage {
        page: platform.site.frame(language, request.path(), i18n::word(language, "signing-confirm-title")),
        outcome,
        token,
        reference: of(|signed| signed.0.reference.clone()),
        name: signed.and_then(|signed| signed.1.name.clone()),
        place: place.unwrap_or_default(),
        visibility: of(|signed| signed.0.visibility.clone()),
        late: signed.is_some_and(|signed| signed.0.late),
    };
    let mut response = platform.site.page(status, "signing/confirm.html", language, &view)?;
    response.headers_mut().insert(actix_web::http::header::CACHE_CONTROL, actix_web::http::header::HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn show_confirm(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    states: web::Data<states::Register>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let link = service::look_up(&platform, &path.1).await?;
    confirm_page(&request, &platform, &*states.get(&platform).await?, visitor.language, &path.1, &link, "good")
}

async fn confirm(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    states: web::Data<states::Register>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let link = service::confirm(&platform, &path.1).await?;
    confirm_page(&request, &platform, &*states.get(&platform).await?, visitor.language, &path.1, &link, "done")
}

async fn disown(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    states: web::Data<states::Register>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let link = service::disown(&platform, &path.1).await?;
    confirm_page(&request, &platform, &*states.get(&platform).await?, visitor.language, &path.1, &link, "disowned")
}
