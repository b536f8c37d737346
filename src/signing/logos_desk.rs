//! The desk's look at a logo before anybody else sees it (R24). Must hold no rule.

use actix_web::{HttpResponse, http::StatusCode, web};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{logo_pages, logos};
use crate::{
    accounts::{Permission, SignedIn},
    campaigns,
    entities::logo,
    platform::{
        Platform,
        http::{frame::Frame, problem::Problem},
        i18n,
    },
};

/// A logo on the page of its signature.
#[derive(Serialize)]
pub(super) struct LogoView {
    id: Uuid,
    width: i32,
    height: i32,
    alternative: String,
    proposed: bool,
}

impl LogoView {
    fn of(logo: logo::Model) -> Self {
        let proposed = logos::is_proposed(&logo);
        Self { id: logo.id, width: logo.width, height: logo.height, alternative: logo.alternative, proposed }
    }

    /// One query.
    pub(super) async fn read(platform: &Platform, signature: Uuid) -> Result<Option<Self>, DbErr> {
        Ok(logos::of_signature(platform.database.read(), signature).await?.map(Self::of))
    }
}

#[derive(Serialize)]
struct ListPage<'a> {
    page: Frame<'a>,
    rows: Vec<RowView>,
}

#[derive(Serialize)]
struct RowView {
    signature: Uuid,
    name: String,
    logo: LogoView,
}

pub(super) async fn list(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::VetSignatures)?;
    let waiting = logos::waiting(platform.database.read(), campaigns.get(&platform).await?.id).await?;
    let row = |(logo, name): (logo::Model, String)| RowView { signature: logo.signature_id, name, logo: LogoView::of(logo) };
    let view = ListPage { rows: waiting.into_iter().map(row).collect(), page: staff.frame(&platform, "logo-desks") };
    Ok(platform.site.page(StatusCode::OK, "signing/logos_desk.html", staff.language, &view)?)
}

pub(super) async fn picture(platform: web::Data<Platform>, staff: SignedIn, id: web::Path<Uuid>) -> Result<HttpResponse, Problem> {
    staff.require(Permission::VetSignatures)?;
    let logo = logos::of_signature(platform.database.read(), *id).await?.ok_or(Problem::NotFound)?;
    Ok(logo_pages::served(logo.content, "no-store"))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LogoForm {
    decision: String,
    /// The one that was looked at.
    logo: Uuid,
}

pub(super) async fn decide(
    platform: web::Data<Platform>,
    staff: SignedIn,
    id: web::Path<Uuid>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: LogoForm = staff.form(&body)?;
    staff.require(Permission::VetSignatures)?;
    let (show, done) = match form.decision.as_str() {
        "show" => (true, "logo-desk-shown"),
        "remove" => (false, "logo-desk-removed"),
        _ => return Err(Problem::Bad("bad-form")),
    };
    let (to, none) = (format!("/desk/signatures/{}", *id), i18n::Args::new());
    Ok(if logos::decide(&platform, (*id, form.logo), show, staff.id).await? {
        staff.done(&platform, &to, done, &none).await?
    } else {
        staff.refused(&platform, &to, "roll-refused-overtaken", &none).await?
    })
}
