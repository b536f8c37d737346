//! The form that changes an answer's grade of proof, on the answer's page. Must hold no rule.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    desk::{reply_of, reply_page},
    form,
    grading::{self, GradeError, Graded},
};
use crate::{
    accounts::{Permission, SignedIn},
    campaigns,
    domain::{proof::Proof, prose},
    entities::reply,
    platform::{
        Platform,
        http::{forms::FormErrors, problem::Problem},
        i18n,
    },
    states,
};

const LONGEST_REASON: usize = 500;

/// What was typed. A wrong value comes back as typed.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct GradeForm {
    pub proof: String,
    pub record_url: String,
    pub because: String,
    /// The grade that was shown.
    pub seen: String,
}

impl GradeForm {
    pub(super) fn of(row: &reply::Model) -> Self {
        Self {
            proof: row.proof.clone(),
            record_url: row.record_url.clone().unwrap_or_default(),
            seen: row.proof.clone(),
            because: String::new(),
        }
    }

    fn check(&self) -> Result<Graded, FormErrors> {
        let mut errors = FormErrors::default();
        let proof = self.proof.parse::<Proof>().map_err(|_| errors.add("proof", "replies-error-proof"));
        let record_url = form::record(&self.record_url).map_err(|()| errors.add("record_url", "replies-error-record"));
        let because = prose::clean(&self.because).filter(|because| !because.is_empty() && because.chars().count() <= LONGEST_REASON);
        if because.is_none() {
            errors.add("because", "replies-error-because");
        }
        match (proof, record_url, because) {
            (Ok(proof), Ok(record_url), Some(because)) => Ok(Graded { proof, record_url, because }),
            _ => Err(errors),
        }
    }
}

pub(super) async fn grade(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    id: web::Path<Uuid>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: GradeForm = staff.form(&body)?;
    staff.require(Permission::RecordReplies)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let row = reply_of(platform.database.read(), &campaign, *id).await?;
    let errors = match form.check() {
        Err(errors) => errors,
        Ok(graded) => {
            let mut errors = FormErrors::default();
            match grading::grade(&platform, &row, &form.seen, &graded, staff.id).await {
                Ok(()) => {
                    let to = format!("/desk/replies/{}", row.id);
                    return Ok(staff.done(&platform, &to, "replies-graded", &i18n::Args::new()).await?);
                }
                Err(GradeError::NotHeld) => errors.add("proof", "replies-error-not-held"),
                Err(GradeError::Changed) => errors.add("proof", "replies-error-changed"),
                Err(GradeError::Database(error)) => return Err(error.into()),
            }
            errors
        }
    };
    reply_page(&platform, &staff, (&campaign, &directory), row, form, &errors).await
}
