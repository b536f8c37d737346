//! Staff pages of accounts: sign-in, sign-out, the audit trail. Must hold no rule.

use std::collections::HashMap;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header::LOCATION},
    web,
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::{
    passwords::Passwords,
    roles::Permission,
    service::{self, AccountError},
    signed_in::SignedIn,
    trail,
};
use crate::{
    domain::language::Language,
    platform::{
        Platform,
        http::{
            forms::{self, FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
            sessions, visitor,
        },
        i18n,
    },
};

/// The room's addresses.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/desk/sign-in", web::get().to(show_sign_in))
        .route("/desk/sign-in", web::post().to(sign_in))
        .route("/desk/sign-out", web::post().to(sign_out))
        .route("/desk/language", web::post().to(choose_language))
        .route("/desk/audit", web::get().to(show_audit));
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SignInForm {
    email: String,
    password: String,
    next: String,
    /// Whoever comes from the sign-out is told that it worked.
    signed_out: bool,
}

#[derive(Serialize)]
struct SignInPage<'a> {
    page: Frame<'a>,
    errors: Vec<FormErrorView>,
    email: String,
    next: String,
    signed_out: bool,
}

async fn show_sign_in(request: HttpRequest, platform: web::Data<Platform>) -> Result<HttpResponse, Problem> {
    let form: SignInForm = forms::query(&request)?;
    sign_in_page(&request, &platform, form, FormErrors::default(), StatusCode::OK)
}

fn sign_in_page(
    request: &HttpRequest,
    platform: &Platform,
    form: SignInForm,
    errors: FormErrors,
    status: StatusCode,
) -> Result<HttpResponse, Problem> {
    let language = visitor::language_of(request);
    let page =
        platform.site.desk_frame(language, request.path(), i18n::word(language, "accounts-sign-in-title"), None, String::new(), None);
    let view = SignInPage { page, errors: errors.view(language), email: form.email, next: form.next, signed_out: form.signed_out };
    Ok(platform.site.page(status, "accounts/sign_in.html", language, &view)?)
}

async fn sign_in(
    request: HttpRequest,
    platform: web::Data<Platform>,
    passwords: web::Data<Passwords>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let mut form: SignInForm = forms::read(&body)?;
    let password = SecretString::from(std::mem::take(&mut form.password));
    let mut errors = FormErrors::default();
    match service::sign_in(&platform, &passwords, &form.email, password, visitor::source(&request, platform.proxies)).await {
        Ok(token) => {
            let to = if is_local(&form.next) { form.next.as_str() } else { "/desk" };
            let cookie = sessions::cookie(token, platform.site.base_url.starts_with("https:"));
            Ok(HttpResponse::SeeOther().cookie(cookie).insert_header((LOCATION, to)).finish())
        }
        Err(AccountError::TooMany) => {
            errors.add("email", "accounts-error-too-many");
            sign_in_page(&request, &platform, form, errors, StatusCode::TOO_MANY_REQUESTS)
        }
        Err(AccountError::Unexpected(error)) => Err(error.into()),
        Err(_) => {
            errors.add("email", "accounts-error-refused");
            sign_in_page(&request, &platform, form, errors, StatusCode::UNPROCESSABLE_ENTITY)
        }
    }
}

/// Only a path of the desk: `next` comes from the address bar and must not lead elsewhere.
fn is_local(next: &str) -> bool {
    // Nothing that is no part of an address: a header cannot carry it, and browsers read a backslash as a slash.
    next == "/desk" || (next.starts_with("/desk/") && next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\'))
}

async fn sign_out(platform: web::Data<Platform>, staff: SignedIn, body: web::Bytes) -> Result<HttpResponse, Problem> {
    let _: HashMap<String, String> = staff.form(&body)?;
    staff.sign_out(&platform).await?;
    let cookie = sessions::no_cookie(platform.site.base_url.starts_with("https:"));
    Ok(HttpResponse::SeeOther().cookie(cookie).insert_header((LOCATION, "/desk/sign-in?signed_out=true")).finish())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LanguageForm {
    language: String,
    back: String,
}

async fn choose_language(platform: web::Data<Platform>, staff: SignedIn, body: web::Bytes) -> Result<HttpResponse, Problem> {
    let form: LanguageForm = staff.form(&body)?;
    let language = Language::of_interface(&form.language).map_err(|_| Problem::Bad("bad-form"))?;
    service::choose_language(&platform, staff.id, language).await?;
    let to = if is_local(&form.back) { form.back.as_str() } else { "/desk" };
    Ok(HttpResponse::SeeOther().insert_header((LOCATION, to)).finish())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AuditQuery {
    page: u64,
}

#[derive(Serialize)]
struct AuditPage<'a> {
    page: Frame<'a>,
    lines: Vec<trail::Line>,
    newer: Option<u64>,
    older: Option<u64>,
}

async fn show_audit(request: HttpRequest, platform: web::Data<Platform>, staff: SignedIn) -> Result<HttpResponse, Problem> {
    staff.require(Permission::ReadAudit)?;
    let number = forms::query::<AuditQuery>(&request)?.page.min(1_000_000);
    let (lines, has_older) = trail::page(platform.database.read(), staff.language, number).await?;
    let view = AuditPage {
        page: staff.frame(&platform, "accounts-audit-title"),
        lines,
        newer: number.checked_sub(1),
        older: has_older.then_some(number + 1),
    };
    Ok(platform.site.page(StatusCode::OK, "accounts/audit.html", staff.language, &view)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_in_never_leads_to_another_site() {
        assert!(is_local("/desk/letters?round=1"));
        for foreign in ["https://evil.example", "//evil.example", "/\\evil.example", "/desk/\\evil", "desk", ""] {
            assert!(!is_local(foreign), "{foreign}");
        }
    }
}
