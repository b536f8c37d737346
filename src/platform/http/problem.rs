//! What can go wrong in a request, and the one place that turns it into a page. Must not reveal a cause to the reader: that is logged once.

use actix_web::{
    HttpMessage, HttpResponse, ResponseError,
    body::{BoxBody, EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION},
    },
    middleware::Next,
    web,
};
use serde::Serialize;

use super::{frame::Site, visitor};
use crate::platform::i18n;

/// Why a request cannot be answered as asked.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// Nothing is at this address.
    #[error("not found")]
    NotFound,
    /// Something was here and is not any more.
    #[error("gone")]
    Gone,
    /// The reader's role does not allow it.
    #[error("forbidden")]
    Forbidden,
    /// Staff only: sign in and come back to `return_to`.
    #[error("sign-in required")]
    SignInRequired {
        /// Where to go afterwards.
        return_to: String,
    },
    /// The request came from another site, or its form is older than the session.
    #[error("stale or foreign form")]
    StaleForm,
    /// The request cannot be read; the code names a message.
    #[error("bad request: {0}")]
    Bad(&'static str),
    /// The body is larger than the limit.
    #[error("too large")]
    TooLarge,
    /// Too many tries.
    #[error("too many requests")]
    TooMany,
    /// The thing changed meanwhile; the code names a message.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// A fault of ours.
    #[error("unexpected: {0}")]
    Unexpected(#[source] anyhow::Error),
}

impl Problem {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::Gone => "gone",
            Self::Forbidden => "forbidden",
            Self::SignInRequired { .. } => "sign-in",
            Self::StaleForm => "stale-form",
            Self::Bad(code) | Self::Conflict(code) => code,
            Self::TooLarge => "too-large",
            Self::TooMany => "too-many",
            Self::Unexpected(_) => "unexpected",
        }
    }
}

impl From<anyhow::Error> for Problem {
    fn from(error: anyhow::Error) -> Self {
        Self::Unexpected(error)
    }
}

macro_rules! unexpected_from {
    ($($error:ty),+) => { $(impl From<$error> for Problem {
        fn from(error: $error) -> Self {
            Self::Unexpected(error.into())
        }
    })+ };
}
unexpected_from!(sea_orm::DbErr, crate::platform::templates::TemplateError, serde_json::Error, actix_web::error::BlockingError);

/// Travels in the response to the middleware that renders the page.
#[derive(Clone, Debug)]
struct Rendering {
    code: &'static str,
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Gone => StatusCode::GONE,
            Self::Forbidden | Self::StaleForm => StatusCode::FORBIDDEN,
            Self::SignInRequired { .. } => StatusCode::SEE_OTHER,
            Self::Bad(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Unexpected(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        if let Self::Unexpected(cause) = self {
            tracing::error!(cause = %format!("{cause:#}"), "request failed");
        }
        let mut response = HttpResponse::build(self.status_code());
        if let Self::SignInRequired { return_to } = self {
            let query = serde_html_form::to_string([("next", return_to)]).unwrap_or_default();
            return response
                .insert_header((LOCATION, format!("/desk/sign-in?{query}")))
                .insert_header((CACHE_CONTROL, "no-store"))
                .finish();
        }
        let mut response = response.finish();
        response.extensions_mut().insert(Rendering { code: self.code() });
        response
    }
}

#[derive(Serialize)]
struct ProblemPage<'a> {
    page: super::frame::Frame<'a>,
    status: u16,
    /// Names the messages `site-problem-<code>-title` and `-text`.
    code: &'a str,
    request_id: &'a str,
}

/// Gives every bodiless error the page of the site, in the visitor's language.
///
/// # Errors
/// Never by itself.
pub async fn render_problems<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    let site = request.app_data::<web::Data<Site>>().cloned();
    let response = match next.call(request).await {
        Ok(response) => response.map_into_left_body(),
        // Extractors fail with errors of the web framework; they keep their status and get our page.
        Err(error) => return Err(error),
    };
    let status = response.status();
    // A page of ours has a body of its own; what extractors and the router answer does not deserve the name.
    let is_ours = response.response().error().is_none() && response.headers().contains_key(CONTENT_TYPE);
    if !(status.is_client_error() || status.is_server_error()) || is_ours {
        return Ok(response);
    }
    let code = response.response().extensions().get::<Rendering>().map_or_else(|| code_of(status), |rendering| rendering.code);
    let Some(site) = site else { return Ok(response) };
    let language = visitor::language_of(response.request());
    let request_id = response.request().extensions().get::<super::guard::RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let title = i18n::word(language, &format!("site-problem-{code}-title"));
    let frame = site.frame(language, response.request().path(), title);
    let view = ProblemPage { page: frame, status: status.as_u16(), code, request_id: &request_id };
    let Ok(html) = site.templates.render("problem.html", language, &view) else { return Ok(response) };
    Ok(response.map_body(|head, _| {
        head.headers_mut().insert(CONTENT_TYPE, actix_web::http::header::HeaderValue::from_static("text/html; charset=utf-8"));
        head.headers_mut().insert(CACHE_CONTROL, actix_web::http::header::HeaderValue::from_static("no-store"));
        EitherBody::right(BoxBody::new(html))
    }))
}

fn code_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "not-found",
        StatusCode::METHOD_NOT_ALLOWED => "method",
        StatusCode::PAYLOAD_TOO_LARGE => "too-large",
        StatusCode::TOO_MANY_REQUESTS => "too-many",
        status if status.is_client_error() => "bad-request",
        _ => "unexpected",
    }
}
