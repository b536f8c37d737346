//! The desk of letters: its addresses, and what its pages share. The pages are in `rounds_desk`, `board` and `letter_desk`. Must hold no rule.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{board, letter_desk, rounds_desk, service::RoundError};
use crate::{
    accounts::SignedIn,
    domain::{language::Language, letter::RoundRefusal},
    entities::letter_round,
    platform::{Platform, http::problem::Problem, i18n},
};

/// The desk's addresses.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/desk/letters", web::get().to(rounds_desk::rounds))
        .route("/desk/letters", web::post().to(rounds_desk::create))
        .route("/desk/letters/{round}", web::get().to(board::board))
        .route("/desk/letters/{round}/draft", web::post().to(board::draft))
        .route("/desk/letters/{round}/approve", web::post().to(board::approve))
        .route("/desk/letters/{round}/release", web::post().to(board::release))
        .route("/desk/letters/{round}/leave-out", web::post().to(board::leave_out))
        .route("/desk/letters/{round}/stop", web::post().to(board::stop))
        .route("/desk/letters/{round}/{letter}", web::get().to(letter_desk::show))
        .route("/desk/letters/{round}/{letter}/letter.pdf", web::get().to(letter_desk::preview))
        .route("/desk/letters/{round}/{letter}/delivery", web::post().to(letter_desk::deliver))
        .route("/desk/letters/{round}/{letter}/cancel", web::post().to(letter_desk::cancel))
        .route("/desk/letters/{round}/{letter}/again", web::post().to(letter_desk::send_again))
        .route("/desk/letters/{round}/{letter}/proof/{dispatch}", web::get().to(letter_desk::proof));
}

/// One choice of a list.
#[derive(Serialize)]
pub(super) struct Choice {
    pub value: String,
    pub text: String,
}

/// A round as pages show it.
#[derive(Serialize)]
pub(super) struct RoundView {
    pub id: Uuid,
    pub name: String,
    pub state: String,
    pub rehearsal: bool,
    pub created_at: DateTime<Utc>,
}

impl RoundView {
    pub(super) fn of(round: letter_round::Model) -> Self {
        Self { id: round.id, name: round.name, state: round.state, rehearsal: round.rehearsal, created_at: round.created_at }
    }
}

/// Key of the words for a kind of post.
pub(super) fn post_key(kind: &str) -> String {
    format!("letters-post-{}", kind.replace('_', "-"))
}

/// The languages letters are written in, by their own names.
pub(super) fn language_choices() -> Vec<Choice> {
    Language::ALL.map(|language| Choice { value: language.code().to_owned(), text: language.own_name().to_owned() }).into()
}

/// Back to the board, with what was done or why not.
pub(super) async fn answer(
    platform: &Platform,
    staff: &SignedIn,
    id: Uuid,
    outcome: Result<&str, RoundError>,
) -> Result<HttpResponse, Problem> {
    let to = format!("/desk/letters/{id}");
    let mut args = i18n::Args::new();
    let refused = match outcome {
        Ok(key) => return Ok(staff.done(platform, &to, key, &args).await?),
        Err(RoundError::Missing) => return Err(Problem::NotFound),
        Err(RoundError::Refused(RoundRefusal::Blocked(count))) => {
            args = i18n::args([("count", i64::from(count).into())]);
            "letters-refused-blocked"
        }
        Err(RoundError::Refused(RoundRefusal::SamePerson)) => "letters-refused-same-person",
        Err(RoundError::Refused(_)) => "letters-refused-step",
        Err(RoundError::Overtaken | RoundError::NameTaken) => "letters-refused-overtaken",
        Err(RoundError::Database(error)) => return Err(error.into()),
        Err(RoundError::Unexpected(error)) => return Err(error.into()),
    };
    Ok(staff.refused(platform, &to, refused, &args).await?)
}
