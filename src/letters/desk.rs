//! The desk of letters: its addresses, and what its pages share. The pages are in `rounds_desk`, `board`, `letter_desk` and `written_desk`, their
//! buttons in `round_actions` and `letter_actions`. Must hold no rule.

use actix_web::web;
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{
    block_desk, blocks_desk, board, editing_desk, letter_actions, letter_desk, open_letter_desk, round_actions, rounds_desk,
    service::Options, written_desk,
};
use crate::{
    domain::{campaign::Campaign, language::Language, letter::RoundState},
    entities::letter_round,
};

/// The desk's addresses.
pub fn routes(config: &mut web::ServiceConfig) {
    written_desk::routes(config);
    config
        .route("/desk/letters", web::get().to(rounds_desk::rounds))
        .route("/desk/letters", web::post().to(rounds_desk::create))
        .route("/desk/letters/blocks", web::get().to(blocks_desk::list))
        .route("/desk/letters/blocks", web::post().to(blocks_desk::restore))
        .route("/desk/letters/blocks/trial", web::get().to(blocks_desk::trial))
        .route("/desk/letters/blocks/trial/{iso3}", web::get().to(blocks_desk::trial_pdf))
        .route("/desk/letters/blocks/{key}", web::get().to(block_desk::show))
        .route("/desk/letters/blocks/{key}", web::post().to(block_desk::save))
        .route("/desk/letters/{round}", web::get().to(board::board))
        .route("/desk/letters/{round}/draft", web::post().to(round_actions::draft))
        .route("/desk/letters/{round}/approve", web::post().to(round_actions::approve))
        .route("/desk/letters/{round}/release", web::post().to(round_actions::release))
        .route("/desk/letters/{round}/pause", web::post().to(round_actions::pause))
        .route("/desk/letters/{round}/resume", web::post().to(round_actions::resume))
        .route("/desk/letters/{round}/leave-out", web::post().to(round_actions::leave_out))
        .route("/desk/letters/{round}/stop", web::post().to(round_actions::stop))
        .route("/desk/letters/{round}/open", web::get().to(open_letter_desk::show))
        .route("/desk/letters/{round}/open.{format}", web::get().to(open_letter_desk::file))
        .route("/desk/letters/{round}/{letter}", web::get().to(letter_desk::show))
        .route("/desk/letters/{round}/{letter}/letter.pdf", web::get().to(letter_desk::preview))
        .route("/desk/letters/{round}/{letter}/letter.docx", web::get().to(letter_desk::as_word))
        .route("/desk/letters/{round}/{letter}/text", web::get().to(editing_desk::show))
        .route("/desk/letters/{round}/{letter}/text", web::post().to(editing_desk::save))
        .route("/desk/letters/{round}/{letter}/delivery", web::post().to(letter_actions::deliver))
        .route("/desk/letters/{round}/{letter}/way", web::post().to(letter_actions::choose_way))
        .route("/desk/letters/{round}/{letter}/unchecked", web::post().to(letter_actions::excuse))
        .route("/desk/letters/{round}/{letter}/cancel", web::post().to(letter_actions::cancel))
        .route("/desk/letters/{round}/{letter}/again", web::post().to(letter_actions::send_again))
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
    /// It looks back on its event.
    pub follows: bool,
    pub created_at: DateTime<Utc>,
}

impl RoundView {
    /// A round that closed with letters left in it was stopped, whatever its own state says.
    pub(super) fn of(round: letter_round::Model, held: bool) -> Self {
        let follows = Options::of(&round).follows;
        let stopped = round.state == RoundState::Closed.key() && (held || round.released_at.is_none());
        let state = if stopped { "stopped".to_owned() } else { round.state };
        Self { id: round.id, name: round.name, state, rehearsal: round.rehearsal, follows, created_at: round.created_at }
    }
}

/// Key of the words for a kind of post.
pub(super) fn post_key(kind: &str) -> String {
    format!("letters-post-{}", kind.replace('_', "-"))
}

/// The languages letters of a campaign are written in, by their own names.
pub(super) fn language_choices(campaign: &Campaign) -> Vec<Choice> {
    let choice = |language: &Language| Choice { value: language.code().to_owned(), text: language.own_name().to_owned() };
    campaign.languages_of_letters().iter().map(choice).collect()
}
