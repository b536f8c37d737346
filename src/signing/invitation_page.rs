//! The page on which somebody who was invited asks for no more. Must do nothing before a press: scanners follow links.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde::Serialize;

use super::invitations;
use crate::platform::{
    Platform,
    http::{frame::Frame, problem::Problem, visitor::Visitor},
    i18n,
};

/// The page's addresses.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/{lang}/invitation/{token}", web::get().to(show)).route("/{lang}/invitation/{token}", web::post().to(stop));
}

#[derive(Serialize)]
struct InvitationPage<'a> {
    page: Frame<'a>,
    /// good, done or unknown.
    outcome: &'static str,
    address: String,
}

fn page(request: &HttpRequest, visitor: &Visitor, platform: &Platform, outcome: &'static str) -> Result<HttpResponse, Problem> {
    let language = visitor.language;
    let view = InvitationPage {
        page: platform.site.frame(language, request.path(), i18n::word(language, "signing-invitation-title")),
        outcome,
        address: request.path().to_owned(),
    };
    let status = if outcome == "unknown" { StatusCode::NOT_FOUND } else { StatusCode::OK };
    Ok(platform.site.personal_page(status, "signing/invitation.html", language, &view)?)
}

async fn show(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let found = invitations::by_token(platform.database.read(), &path.1).await?;
    page(&request, &visitor, &platform, if found.is_some() { "good" } else { "unknown" })
}

/// Also the one press of a mail program (RFC 8058): the answer to it is not read.
async fn stop(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let stopped = invitations::stop(&platform, &path.1).await?;
    page(&request, &visitor, &platform, if stopped { "done" } else { "unknown" })
}
