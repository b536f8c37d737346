//! What a person does to one letter from its page: record a delivery, choose the way, say why it may leave unchecked, take it out, send it again. Must
//! hold no rule.

use actix_multipart::Multipart;
use actix_web::{HttpResponse, web};
use sea_orm::EntityTrait;
use serde::Deserialize;

use super::{
    dispatch::{self, ByHand, DispatchError},
    letter_desk::{LetterForm, Path, letter_at, may_choose_way, page, refusal},
    single,
};
use crate::{
    accounts::{Permission, SignedIn},
    campaigns,
    domain::{email::EmailAddress, letter::Channel, name::required_line},
    entities::{letter, letter_round},
    platform::{
        Platform,
        files::NewFile,
        http::{
            forms::FormErrors,
            problem::Problem,
            upload::{self, SentFile, Upload},
        },
        i18n,
    },
    states,
};

/// The largest proof that is kept.
const LARGEST_PROOF: usize = 5 * 1024 * 1024;
const LONGEST_NOTE: usize = 1000;

#[derive(Default, Deserialize)]
#[serde(default)]
struct WayForm {
    way: String,
}

/// Records a delivery by hand, with its proof.
pub(super) async fn deliver(
    platform: web::Data<Platform>,
    staff: SignedIn,
    states: web::Data<states::Register>,
    path: Path,
    body: Multipart,
) -> Result<HttpResponse, Problem> {
    let sent = Upload::read(body, LARGEST_PROOF).await?;
    staff.check_csrf(sent.field("csrf"))?;
    staff.require(Permission::ReleaseLetters)?;
    let letter = letter_at(&platform, path.into_inner()).await?;
    let form =
        LetterForm { channel: sent.field("channel").to_owned(), note: sent.field("note").replace("\r\n", "\n"), ..LetterForm::default() };
    let mut errors = FormErrors::default();
    let channel = form.channel.parse().ok().filter(|channel| *channel != Channel::Mail);
    if channel.is_none() {
        errors.add("channel", "letters-error-channel");
    }
    let proof = match &sent.file {
        SentFile::None => Err("letters-error-proof"),
        SentFile::TooLarge => Err("letters-error-proof-large"),
        SentFile::Sent { name, content } => upload::scan(name, content).ok_or("letters-error-proof-kind"),
    };
    let proof = proof.map_err(|key| errors.add("file", key));
    if form.note.chars().count() > LONGEST_NOTE || form.note.contains('\0') {
        errors.add("note", "letters-error-note");
    }
    let (Some(channel), Ok(proof), true) = (channel, proof, errors.is_empty()) else {
        return page(&platform, &staff, &states, letter, form, &errors).await;
    };
    let proof = NewFile { media_type: proof.media_type, file_name: &proof.file_name, content: proof.content };
    let delivery = ByHand { letter: letter.id, channel, proof, note: &form.note, account: staff.id };
    let outcome = dispatch::record_by_hand(&platform, delivery).await;
    answer(&platform, &staff, &letter, outcome.map(drop), "letters-done-recorded").await
}

/// Chooses the way a letter is to leave.
pub(super) async fn choose_way(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    path: Path,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: WayForm = staff.form(&body)?;
    let letter = letter_at(&platform, path.into_inner()).await?;
    let round = letter_round::Entity::find_by_id(letter.round_id).one(platform.database.read()).await?.ok_or(Problem::NotFound)?;
    staff.require(may_choose_way(&round))?;
    let Ok(way) = form.way.parse() else {
        let mut errors = FormErrors::default();
        errors.add("way", "letters-error-channel");
        return page(&platform, &staff, &states, letter, LetterForm::default(), &errors).await;
    };
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let outcome = single::choose_way(&platform, &campaign, &directory, letter.id, way, staff.id).await;
    answer(&platform, &staff, &letter, outcome, "letters-done-way").await
}

/// Lets a letter leave though its addressee was not checked for long: a person says why (R27).
pub(super) async fn excuse(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    path: Path,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: LetterForm = staff.form(&body)?;
    staff.require(Permission::ApproveLetters)?;
    let letter = letter_at(&platform, path.into_inner()).await?;
    let because = match required_line(&form.because, 500) {
        Ok(because) => because,
        Err(fault) => {
            let mut errors = FormErrors::default();
            errors.add("because", fault.code());
            return page(&platform, &staff, &states, letter, form, &errors).await;
        }
    };
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let outcome = single::excuse_unchecked(&platform, &campaign, &directory, letter.id, &because, staff.id).await;
    answer(&platform, &staff, &letter, outcome, "letters-done-excused").await
}

/// Takes a letter out before it leaves.
pub(super) async fn cancel(platform: web::Data<Platform>, staff: SignedIn, path: Path, body: web::Bytes) -> Result<HttpResponse, Problem> {
    let _: LetterForm = staff.form(&body)?;
    staff.require(Permission::ReleaseLetters)?;
    let letter = letter_at(&platform, path.into_inner()).await?;
    let outcome = single::cancel(&platform, letter.id, staff.id).await;
    answer(&platform, &staff, &letter, outcome, "letters-done-cancelled").await
}

/// Sends a letter that came back to a corrected address.
pub(super) async fn send_again(
    platform: web::Data<Platform>,
    staff: SignedIn,
    states: web::Data<states::Register>,
    path: Path,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: LetterForm = staff.form(&body)?;
    staff.require(Permission::ReleaseLetters)?;
    let letter = letter_at(&platform, path.into_inner()).await?;
    let Ok(address) = EmailAddress::parse(&form.address) else {
        let mut errors = FormErrors::default();
        errors.add("address", "letters-error-address");
        return page(&platform, &staff, &states, letter, form, &errors).await;
    };
    let outcome = single::send_again(&platform, letter.id, &address, staff.id).await;
    answer(&platform, &staff, &letter, outcome.map(drop), "letters-done-again").await
}

/// Back to the letter's page, with what was done or why not.
pub(super) async fn answer(
    platform: &Platform,
    staff: &SignedIn,
    letter: &letter::Model,
    outcome: Result<(), DispatchError>,
    done: &str,
) -> Result<HttpResponse, Problem> {
    let to = format!("/desk/letters/{}/{}", letter.round_id, letter.id);
    let none = i18n::Args::new();
    let refused = match outcome {
        Ok(()) => return Ok(staff.done(platform, &to, done, &none).await?),
        Err(error) => error,
    };
    match (refusal(&refused), refused) {
        (Some(key), _) => Ok(staff.refused(platform, &to, key, &none).await?),
        (None, DispatchError::Database(error)) => Err(error.into()),
        (None, DispatchError::Unexpected(error)) => Err(error.into()),
        (None, _) => Err(Problem::NotFound),
    }
}
