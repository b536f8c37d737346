//! Logos: the signer's page that sends one, and the public page that shows those permitted (R24). Must serve a picture only as what we drew.

use actix_multipart::Multipart;
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
    web,
};
use serde::Serialize;
use uuid::Uuid;

use super::{
    logos::{self, BOX, Sent},
    signer,
};
use crate::{
    campaigns,
    domain::{
        collation::NameOrder,
        name::{NameFault, required_line},
    },
    platform::{
        Platform,
        http::{
            forms::{FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
            upload::{SentFile, Upload},
            visitor::Visitor,
        },
        i18n,
        pictures::{self, Picture, PictureFault},
    },
};

/// Bytes of what is sent.
const LARGEST: usize = 4 * 1024 * 1024;
/// Characters of what it shows.
const LONGEST: usize = 200;

/// The addresses of logos.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/{lang}/signatories/logos", web::get().to(list))
        .route("/logos/{id}.png", web::get().to(picture))
        .route("/{lang}/signature/{token}/logo", web::get().to(show))
        .route("/{lang}/signature/{token}/logo", web::post().to(send))
        .route("/{lang}/signature/{token}/logo.png", web::get().to(own));
}

/// A picture as it is handed out. Whatever a page does with it, it is a picture.
pub(super) fn served(png: Vec<u8>, cache: &'static str) -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, "image/png")).insert_header((CACHE_CONTROL, cache)).body(png)
}

#[derive(Serialize)]
struct ListPage<'a> {
    page: Frame<'a>,
    logos: Vec<LogoView>,
}

#[derive(Serialize)]
struct LogoView {
    id: Uuid,
    name: String,
    width: i32,
    height: i32,
    alternative: String,
}

/// Two queries.
async fn list(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
) -> Result<HttpResponse, Problem> {
    let (campaign, language) = (campaigns.get(&platform).await?, visitor.language);
    if !campaign.config.sign_on.logos {
        return Err(Problem::NotFound);
    }
    let shown = logos::shown(platform.database.read(), &campaign).await?;
    let view = |(logo, name): (logos::ShownLogo, String)| LogoView {
        id: logo.id,
        name,
        width: logo.width,
        height: logo.height,
        alternative: logo.alternative,
    };
    let mut logos: Vec<LogoView> = shown.into_iter().map(view).collect();
    if let Ok(order) = NameOrder::new(language.code(), true) {
        logos.sort_by(|a, b| order.compare(&a.name, &b.name));
    }
    let view = ListPage { page: platform.site.frame(language, request.path(), i18n::word(language, "logo-list-title")), logos };
    Ok(platform.site.page(StatusCode::OK, "signing/logos.html", language, &view)?)
}

/// Two queries. Kept by readers no longer than a page may be behind (R15).
async fn picture(
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    id: web::Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let campaign = campaigns.get(&platform).await?;
    let shown = if campaign.config.sign_on.logos { logos::picture(platform.database.read(), &campaign, *id).await? } else { None };
    Ok(served(shown.ok_or(Problem::NotFound)?, "public, max-age=240"))
}

#[derive(Serialize)]
struct LogoPage<'a> {
    page: Frame<'a>,
    /// good, sent, gone, refused or unknown.
    outcome: &'static str,
    address: String,
    back: String,
    /// proposed or shown; nothing where there is none.
    state: Option<String>,
    current: Option<LogoView>,
    alternative: String,
    permitted: bool,
    errors: Vec<FormErrorView>,
}

/// What was typed beside the file.
#[derive(Default)]
struct Typed {
    alternative: Option<String>,
    permitted: bool,
    errors: FormErrors,
}

async fn show(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    page(&request, &visitor, (&platform, &campaigns), &path.1, ("good", Typed::default())).await
}

async fn page(
    request: &HttpRequest,
    visitor: &Visitor,
    (platform, campaigns): (&Platform, &campaigns::Register),
    token: &str,
    (mut outcome, typed): (&'static str, Typed),
) -> Result<HttpResponse, Problem> {
    let (language, db) = (visitor.language, platform.database.read());
    let found = signer::look_up(platform, token).await?.filter(logos::may_have);
    let current = match &found {
        Some((signature, _)) if campaigns.get(platform).await?.config.sign_on.logos => logos::of_signature(db, signature.id).await?,
        Some(_) => return Err(Problem::NotFound),
        None => None,
    };
    if found.is_none() {
        outcome = "unknown";
    }
    let view = LogoPage {
        page: platform.site.frame(language, &format!("/{language}"), i18n::word(language, "logo-title")),
        outcome,
        address: request.path().to_owned(),
        back: format!("/{language}/signature/{token}"),
        state: current.as_ref().map(|logo| logo.state.clone()),
        alternative: typed.alternative.or_else(|| current.as_ref().map(|logo| logo.alternative.clone())).unwrap_or_default(),
        permitted: typed.permitted,
        errors: typed.errors.view(language),
        current: current.map(|logo| LogoView {
            id: logo.id,
            name: String::new(),
            width: logo.width,
            height: logo.height,
            alternative: logo.alternative,
        }),
    };
    let status = match outcome {
        "unknown" => StatusCode::NOT_FOUND,
        "refused" => StatusCode::CONFLICT,
        _ if !view.errors.is_empty() => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    };
    Ok(platform.site.personal_page(status, "signing/logo.html", language, &view)?)
}

/// Whoever holds the link sees what they sent, looked at or not.
async fn own(platform: web::Data<Platform>, path: web::Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (signature, _) = signer::look_up(&platform, &path.1).await?.ok_or(Problem::NotFound)?;
    let logo = logos::of_signature(platform.database.read(), signature.id).await?.ok_or(Problem::NotFound)?;
    Ok(served(logo.content, "no-store"))
}

async fn send(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    path: web::Path<(String, String)>,
    body: Multipart,
) -> Result<HttpResponse, Problem> {
    let mut form = Upload::read(body, LARGEST).await?;
    if !campaigns.get(&platform).await?.config.sign_on.logos {
        return Err(Problem::NotFound);
    }
    let outcome = if form.field("wish") == "remove" {
        match logos::take_back(&platform, &path.1).await? {
            Sent::Done => ("gone", Typed::default()),
            Sent::Refused => ("refused", Typed::default()),
            Sent::Unknown => ("unknown", Typed::default()),
        }
    } else {
        let permitted = form.field("permitted") == "yes";
        let typed = form.take("alternative");
        match checked(std::mem::take(&mut form.file), &typed, permitted).await? {
            Err(errors) => ("good", Typed { alternative: Some(typed), permitted, errors }),
            Ok(sent) => match logos::send(&platform, &path.1, sent).await? {
                Sent::Done => ("sent", Typed::default()),
                Sent::Refused => ("refused", Typed::default()),
                Sent::Unknown => ("unknown", Typed::default()),
            },
        }
    };
    page(&request, &visitor, (&platform, &campaigns), &path.1, outcome).await
}

/// Everything that is wrong at once. Drawing is work: it goes aside.
async fn checked(file: SentFile, alternative: &str, permitted: bool) -> Result<Result<(Picture, String), FormErrors>, Problem> {
    let mut errors = FormErrors::default();
    let drawn = match file {
        SentFile::None => Err("logo-error-none"),
        SentFile::TooLarge => Err("logo-error-large"),
        SentFile::Sent { content, .. } => {
            let drawn = web::block(move || pictures::redraw(&content, BOX)).await.map_err(anyhow::Error::from)?;
            drawn.map_err(|fault| match fault {
                PictureFault::Unknown => "logo-error-kind",
                PictureFault::Active => "logo-error-active",
                PictureFault::Large => "logo-error-large",
                PictureFault::Broken => "logo-error-broken",
            })
        }
    };
    let alternative = required_line(alternative, LONGEST).map_err(|fault| match fault {
        NameFault::Empty => "logo-error-alternative",
        _ => "logo-error-words",
    });
    for (field, fault) in [("file", drawn.as_ref().err()), ("alternative", alternative.as_ref().err())] {
        if let Some(key) = fault {
            errors.add(field, key);
        }
    }
    if !permitted {
        errors.add("permitted", "logo-error-permitted");
    }
    Ok(match (drawn, alternative) {
        (Ok(picture), Ok(alternative)) if permitted => Ok((picture, alternative)),
        _ => Err(errors),
    })
}
