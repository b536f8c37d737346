//! The page a confirmation mail leads to. Must hold no rule, and change nothing without a press of a button (R4).

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde::Serialize;

use super::{
    confirmation::{self, Link},
    store::Signed,
};
use crate::{
    domain::language::Language,
    platform::{
        Platform,
        http::{frame::Frame, problem::Problem, visitor::Visitor},
        i18n,
    },
    states::{self, Directory},
};

/// The pages' addresses.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/{lang}/confirm/{token}", web::get().to(show_confirm))
        .route("/{lang}/confirm/{token}", web::post().to(confirm))
        .route("/{lang}/confirm/{token}/not-us", web::post().to(disown));
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
    Ok(platform.site.personal_page(status, "signing/confirm.html", language, &view)?)
}

async fn show_confirm(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    states: web::Data<states::Register>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let link = confirmation::look_up(&platform, &path.1).await?;
    confirm_page(&request, &platform, &*states.get(&platform).await?, visitor.language, &path.1, &link, "good")
}

async fn confirm(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    states: web::Data<states::Register>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let link = confirmation::confirm(&platform, &path.1).await?;
    confirm_page(&request, &platform, &*states.get(&platform).await?, visitor.language, &path.1, &link, "done")
}

async fn disown(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    states: web::Data<states::Register>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let link = confirmation::disown(&platform, &path.1).await?;
    confirm_page(&request, &platform, &*states.get(&platform).await?, visitor.language, &path.1, &link, "disowned")
}
