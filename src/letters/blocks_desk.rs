//! The blocks of the campaign's letters and their versions, and the dozen letters that try them hardest. `block_desk` has the page of one block. Must hold
//! no rule.
//!
//! Cost: the list asks three queries (versions, newest words, accounts), a trial eleven, beside the two of the sign-in.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header::CONTENT_DISPOSITION},
    web,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    board::FindingView,
    desk::post_key,
    present::Present,
    trial::{Trial, Trials},
    words,
};
use crate::{
    accounts::{self, Permission, SignedIn},
    campaigns,
    domain::{
        checks::{self, Finding},
        language::Language,
        letter::PostKind,
        text::TranslationStatus,
        wording::LetterWords,
    },
    platform::{
        Platform,
        http::{frame::Frame, problem::Problem},
        i18n,
        typeset::Template,
    },
    states,
};

/// Stands in an address where a block is to be added; no block is called so.
pub(super) const NEW: &str = "new";
pub(super) const HERE: &str = "/desk/letters/blocks";

#[derive(Serialize)]
struct BlocksPage<'a> {
    page: Frame<'a>,
    version: i32,
    blocks: Vec<RowView>,
    languages: Vec<LanguageView>,
    versions: Vec<VersionView>,
    may_prepare: bool,
}

#[derive(Serialize)]
struct RowView {
    key: String,
    part: String,
    slot: Option<String>,
    /// For some letters only.
    conditional: bool,
    words: String,
    /// Languages whose words are older, or missing.
    behind: Vec<&'static str>,
}

#[derive(Serialize)]
struct LanguageView {
    name: &'static str,
    official: bool,
    behind: usize,
}

#[derive(Serialize)]
struct VersionView {
    number: i32,
    at: DateTime<Utc>,
    by: Option<String>,
    note: Option<String>,
    newest: bool,
}

pub(super) async fn list(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::ReadDesk)?;
    let campaign = campaigns.get(&platform).await?;
    let db = platform.database.read();
    let newest = words::newest(db, campaign.id).await?.ok_or(Problem::NotFound)?;
    let words: LetterWords = serde_json::from_value(newest.blocks)?;
    let names = accounts::store::names(db).await?;
    let languages = campaign.config.languages_of_letters();
    let is_open = |language: Language, key: &str| words.is_behind(language, key) || words.text(language, key).is_none();
    let counts = campaign.config.authoritative;
    let view = BlocksPage {
        page: staff.frame_titled(&platform, i18n::word(staff.language, "letters-blocks")),
        version: newest.number,
        blocks: words
            .blocks
            .blocks
            .iter()
            .map(|block| RowView {
                part: i18n::word(staff.language, &format!("letters-part-{}", block.part)),
                slot: block.slot.clone(),
                conditional: block.when.is_some() || block.unless.is_some(),
                words: words.text(counts, &block.key).unwrap_or_default().chars().take(120).collect(),
                behind: languages.iter().filter(|language| is_open(**language, &block.key)).map(|language| language.own_name()).collect(),
                key: block.key.clone(),
            })
            .collect(),
        languages: languages
            .iter()
            .map(|language| LanguageView {
                name: language.own_name(),
                official: words.texts.get(language).is_some_and(|texts| texts.translation != TranslationStatus::Unofficial),
                behind: words.blocks.blocks.iter().filter(|block| is_open(*language, &block.key)).count(),
            })
            .collect(),
        versions: words::versions(db, campaign.id)
            .await?
            .into_iter()
            .map(|version| VersionView {
                newest: version.number == newest.number,
                number: version.number,
                at: version.created_at,
                by: version.account_id.and_then(|id| names.get(&id).cloned()),
                note: version.note,
            })
            .collect(),
        may_prepare: staff.role.may(Permission::PrepareLetters),
    };
    Ok(platform.site.page(StatusCode::OK, "letters/blocks.html", staff.language, &view)?)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RestoreForm {
    number: String,
    seen: String,
}

/// Makes an earlier version the newest again.
pub(super) async fn restore(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: RestoreForm = staff.form(&body)?;
    staff.require(Permission::PrepareLetters)?;
    let campaign = campaigns.get(&platform).await?;
    let number = form.number.parse().ok().filter(|number: &i32| *number > 0).ok_or(Problem::NotFound)?;
    let version = words::version(platform.database.read(), campaign.id, number).await?.ok_or(Problem::NotFound)?;
    let words: LetterWords = serde_json::from_value(version.blocks)?;
    let note = format!("= {number}");
    let kept = words::keep(&platform, campaign.id, form.seen.parse().unwrap_or_default(), &words, (staff.id, &note)).await?;
    let none = i18n::Args::new();
    if kept {
        return Ok(staff.done(&platform, HERE, "letters-done-block", &none).await?);
    }
    Ok(staff.refused(&platform, HERE, "letters-refused-words-overtaken", &none).await?)
}

#[derive(Serialize)]
struct TrialPage<'a> {
    page: Frame<'a>,
    letters: Vec<TrialView>,
    /// Neither an event nor words: there is nothing to try.
    nothing: bool,
}

/// A letter that was tried, as pages show it.
#[derive(Serialize)]
pub(super) struct TrialView {
    pub iso3: String,
    pub state_name: String,
    pub language: &'static str,
    pub language_name: &'static str,
    pub dir: &'static str,
    pub subject: String,
    pub text: String,
    pub findings: Vec<FindingView>,
    /// Findings that would stop it.
    pub blockers: usize,
}

impl TrialView {
    pub(super) fn of(trial: Trial, state_name: &str) -> Self {
        let mut findings: Vec<Finding> = trial.findings;
        findings.sort_by_key(|finding| !finding.blocks());
        Self {
            iso3: trial.iso3,
            state_name: state_name.to_owned(),
            language: trial.language.code(),
            language_name: trial.language.own_name(),
            dir: trial.language.direction(),
            subject: trial.content.email.subject,
            text: trial.content.email.text,
            blockers: checks::blockers(&findings),
            findings: findings.into_iter().map(FindingView::of).collect(),
        }
    }
}

/// The dozen letters that try the newest words hardest.
pub(super) async fn trial(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::ReadDesk)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let present = Present::read(&platform, &campaign, &directory).await?;
    let mut letters = Vec::new();
    if let Some(present) = &present {
        let trials = Trials::set_up(&platform, &campaign, &directory, present, &present.words).await?;
        for trial in trials.hard_letters() {
            let name = directory.name(&trial.iso3, staff.language).to_owned();
            letters.push(TrialView::of(trial, &name));
        }
    }
    let view =
        TrialPage { page: staff.frame_titled(&platform, i18n::word(staff.language, "letters-trial")), letters, nothing: present.is_none() };
    Ok(platform.site.page(StatusCode::OK, "letters/trial.html", staff.language, &view)?)
}

/// One of them as the page it would be.
pub(super) async fn trial_pdf(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    iso3: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::ReadDesk)?;
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let present = Present::read(&platform, &campaign, &directory).await?.ok_or(Problem::NotFound)?;
    let state = directory.state(&iso3).ok_or(Problem::NotFound)?;
    let trials = Trials::set_up(&platform, &campaign, &directory, &present, &present.words).await?;
    let language = state.language(campaign.config.languages_of_letters());
    as_pdf(&platform, &trials.letter(state, PostKind::PermanentRepresentative, language)).await
}

/// The page itself, to be looked at and not kept.
pub(super) async fn as_pdf(platform: &Platform, trial: &Trial) -> Result<HttpResponse, Problem> {
    let typeset =
        platform.typesetter.typeset(Template::Letter, &trial.content.page, platform.clock.now()).await.map_err(anyhow::Error::from)?;
    let name = format!("inline; filename=\"trial-{}-{}.pdf\"", trial.iso3, trial.language);
    Ok(HttpResponse::Ok().content_type("application/pdf").insert_header((CONTENT_DISPOSITION, name)).body(typeset.pdf))
}

/// Offices a letter can be tried for, in words.
pub(super) fn office_words(language: Language) -> Vec<(&'static str, String)> {
    let office = |post: &PostKind| (post.key(), i18n::word(language, &post_key(post.key())));
    PostKind::ALL.iter().filter(|post| **post != PostKind::PermanentObserver).map(office).collect()
}
