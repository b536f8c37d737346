//! The desk of invitations: a list of addresses goes in, numbers come out. Must show no address again.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::{Deserialize, Serialize};

use super::invitations::{self, ListFault};
use crate::{
    accounts::{Permission, SignedIn},
    campaigns,
    platform::{
        Platform,
        http::{
            forms::{FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
        },
        i18n,
    },
};

const PAGE: &str = "/desk/invitations";

#[derive(Serialize)]
struct InvitationsPage<'a> {
    page: Frame<'a>,
    errors: Vec<FormErrorView>,
    /// As typed, after a fault.
    list: &'a str,
    invited: u64,
    signed: u64,
    stopped: u64,
    most: usize,
    days: &'a [u16],
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct InviteForm {
    list: String,
}

async fn page(
    platform: &Platform,
    staff: &SignedIn,
    campaign: &campaigns::Current,
    (list, errors): (&str, &FormErrors),
) -> Result<HttpResponse, Problem> {
    let [invited, signed, stopped] = invitations::counts(platform.database.read(), campaign.id).await?;
    let view = InvitationsPage {
        page: staff.frame(platform, "invite-title"),
        errors: errors.view(staff.language),
        list,
        invited,
        signed,
        stopped,
        most: invitations::MOST,
        days: &campaign.config.sign_on.invitation_days,
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(platform.site.page(status, "signing/invitations.html", staff.language, &view)?)
}

/// Three queries.
pub(super) async fn show(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::InviteSigners)?;
    page(&platform, &staff, &*campaigns.get(&platform).await?, ("", &FormErrors::default())).await
}

pub(super) async fn invite(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: InviteForm = staff.form(&body)?;
    staff.require(Permission::InviteSigners)?;
    let campaign = campaigns.get(&platform).await?;
    let fault = match invitations::read(&form.list, staff.language) {
        Ok(invitees) => {
            let new = invitations::invite(&platform, &campaign, invitees, staff.id).await?;
            let args = i18n::args([("count", i64::try_from(new).unwrap_or(i64::MAX).into())]);
            return Ok(staff.done(&platform, PAGE, "invite-done", &args).await?);
        }
        Err(fault) => fault,
    };
    let (key, line) = match fault {
        ListFault::Empty => ("invite-error-empty", 0),
        ListFault::TooLong => ("invite-error-long", invitations::MOST),
        ListFault::Address(line) => ("invite-error-address", line),
        ListFault::Language(line) => ("invite-error-language", line),
        ListFault::Name(line) => ("invite-error-name", line),
    };
    let mut errors = FormErrors::default();
    errors.add_with("list", key, i18n::args([("line", i64::try_from(line).unwrap_or(i64::MAX).into())]));
    page(&platform, &staff, &campaign, (&form.list, &errors)).await
}
