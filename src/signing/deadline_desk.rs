//! Extending the deadline at the desk. Must hold no rule.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::extension::{self, ExtendError};
use crate::{
    accounts::{Permission, SignedIn},
    campaigns,
    platform::{Platform, formats, http::problem::Problem, i18n},
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ExtendForm {
    /// Which step it would be, as the person saw it: a second press extends nothing more.
    number: usize,
    hours: u32,
}

pub(super) async fn extend(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: ExtendForm = staff.form(&body)?;
    staff.require(Permission::ExtendDeadline)?;
    let campaign = campaigns.get(&platform).await?;
    let extended = extension::extend(&platform, &campaign, form.number, form.hours, staff.id).await;
    campaigns.forget();
    let refused = match extended {
        Ok(deadline) => {
            let args = i18n::args([("when", formats::instant(staff.language, deadline.instant).into())]);
            return Ok(staff.done(&platform, "/desk/waves", "roll-deadline-extended", &args).await?);
        }
        Err(ExtendError::Overtaken) => "roll-deadline-overtaken",
        Err(ExtendError::NotOpen) => "roll-deadline-not-open",
        Err(ExtendError::Over) => "roll-deadline-over",
        Err(ExtendError::NoStep) => "roll-deadline-no-step",
        Err(ExtendError::Database(error)) => return Err(error.into()),
    };
    Ok(staff.refused(&platform, "/desk/waves", refused, &i18n::Args::new()).await?)
}
