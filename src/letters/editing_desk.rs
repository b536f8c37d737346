//! The page on which a person edits one letter, paragraph by paragraph, beside what the template says (R34). Must hold no rule.
//!
//! Cost: six queries (letter, round, post, edits, accounts, template) beside the two of the sign-in.

use std::collections::{BTreeMap, HashMap};

use actix_web::{HttpResponse, http::StatusCode, web};
use chrono::{DateTime, Utc};
use sea_orm::EntityTrait;
use serde::Serialize;
use uuid::Uuid;

use super::{
    desk::post_key,
    dispatch::DispatchError,
    draft::Content,
    editing::{self, Change},
    letter_actions,
    letter_desk::{Path, letter_at, refusal},
};
use crate::{
    accounts::{self, Permission, SignedIn},
    campaigns::{self, load::content_hash},
    domain::{
        blocks::Part,
        difference::{Paragraph, difference},
        edit::{Shape, can_stand, settled},
        language::Language,
        letter::{LetterState, RoundState},
        wording::LetterWords,
    },
    entities::{letter, letter_edit, letter_round, letter_template, post},
    platform::{
        Platform,
        http::{
            forms::{self, Choice, FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
        },
        i18n,
    },
    states,
};

#[derive(Serialize)]
struct TextPage<'a> {
    page: Frame<'a>,
    errors: Vec<FormErrorView>,
    here: String,
    state_name: String,
    post_key: String,
    letter_language: String,
    letter_dir: &'static str,
    blocks: Vec<BlockView>,
    orphans: Vec<OrphanView>,
    /// The letter the person has before them.
    seen: String,
    /// Key of the words that say why it was not saved.
    refused: Option<&'static str>,
    /// It may still be saved.
    may_save: bool,
}

#[derive(Serialize)]
struct BlockView {
    /// Name of the field.
    field: String,
    /// Where it stands, in words.
    part: String,
    key: String,
    text: String,
    /// Fingerprint of the text the person has before them: what they do not touch is not theirs.
    was_field: String,
    was: String,
    /// Somebody else wrote the paragraph meanwhile: from theirs to what is typed.
    theirs: Vec<Paragraph>,
    rows: usize,
    /// The hint below the label.
    hint: &'static str,
    edited: Option<EditedView>,
    conflict: bool,
    choice_field: String,
    choices: Vec<Choice>,
    choice: String,
}

#[derive(Serialize)]
struct EditedView {
    by: Option<String>,
    at: Option<DateTime<Utc>>,
    /// From the template's words to the person's.
    changes: Vec<Paragraph>,
    /// From the words that the person wrote over to the template's now.
    since: Vec<Paragraph>,
}

#[derive(Serialize)]
struct OrphanView {
    field: String,
    key: String,
    text: String,
    dropped: bool,
}

/// What was typed: a field for each paragraph.
type Typed = BTreeMap<String, String>;

const MINE: &str = "mine";
const TEMPLATE: &str = "template";

/// A letter with what its page shows beside it.
struct Open {
    letter: letter::Model,
    content: Content,
    words: LetterWords,
    edits: HashMap<String, letter_edit::Model>,
    /// Its round is not approved yet.
    is_editable: bool,
}

impl Open {
    async fn at(platform: &Platform, keys: (Uuid, Uuid)) -> Result<Self, Problem> {
        let db = platform.database.read();
        let letter = letter_at(platform, keys).await?;
        let round = letter_round::Entity::find_by_id(letter.round_id).one(db).await?.ok_or(Problem::NotFound)?;
        let open = round.state.parse().is_ok_and(RoundState::is_open);
        let is_editable = open && letter.state.parse().is_ok_and(LetterState::is_editable);
        let template = letter_template::Entity::find_by_id(round.template_id).one(db).await?.ok_or(Problem::NotFound)?;
        let edits = editing::rows_of(db, letter.id).await?.into_iter().map(|row| (row.block.clone(), row)).collect();
        let (content, words) = (serde_json::from_value(letter.content.clone())?, serde_json::from_value(template.blocks)?);
        Ok(Self { letter, content, words, edits, is_editable })
    }

    fn shape(&self, key: &str, part: Part) -> Shape {
        match part {
            Part::Subject => Shape::Line,
            Part::Ask if self.words.blocks.block(key).is_some_and(|block| block.items) => Shape::Items,
            Part::Ask | Part::Opening | Part::Body | Part::Offer | Part::Closing => Shape::Prose,
        }
    }

    fn language(&self) -> Language {
        Language::of_letters(&self.letter.language).unwrap_or_default()
    }

    fn here(&self) -> String {
        format!("/desk/letters/{}/{}", self.letter.round_id, self.letter.id)
    }
}

fn field(key: &str) -> String {
    format!("text-{key}")
}

fn was_field(key: &str) -> String {
    format!("was-{key}")
}

fn choice_field(key: &str) -> String {
    format!("choice-{key}")
}

pub(super) async fn show(
    platform: web::Data<Platform>,
    staff: SignedIn,
    states: web::Data<states::Register>,
    path: Path,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::PrepareLetters)?;
    let open = Open::at(&platform, *path).await?;
    if !open.is_editable {
        return Ok(staff.refused(&platform, &open.here(), "letters-refused-letter-step", &i18n::Args::new()).await?);
    }
    page(&platform, &staff, &states, &open, None, &FormErrors::default(), None).await
}

pub(super) async fn save(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    path: Path,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let typed: Typed = staff.form(&body)?;
    staff.require(Permission::PrepareLetters)?;
    let open = Open::at(&platform, *path).await?;
    let (mut changes, mut errors) = (BTreeMap::new(), FormErrors::default());
    for drafted in &open.content.drafted {
        let conflict = drafted.edited.as_ref().is_some_and(|edited| edited.conflict);
        let chosen = typed.get(&choice_field(&drafted.key)).map_or("", String::as_str);
        let Some(text) = typed.get(&field(&drafted.key)) else { continue };
        let text = settled(text, open.shape(&drafted.key, drafted.part), open.language());
        if !can_stand(&text) {
            errors.add(field(&drafted.key), "letters-error-text");
        }
        if conflict && !matches!(chosen, MINE | TEMPLATE) {
            errors.add(choice_field(&drafted.key), "letters-error-conflict");
        }
        changes.insert(drafted.key.clone(), if chosen == TEMPLATE { Change::Template } else { Change::Text(text) });
    }
    for (block, _) in &open.content.orphans {
        if typed.contains_key(&choice_field(block)) {
            changes.insert(block.clone(), Change::Template);
        }
    }
    if !errors.is_empty() {
        return page(&platform, &staff, &states, &open, Some(&typed), &errors, None).await;
    }
    let (campaign, directory) = (campaigns.get(&platform).await?, states.get(&platform).await?);
    let seen = typed.get("seen").map_or("", String::as_str);
    match editing::edit(&platform, &campaign, &directory, (open.letter.id, seen), &changes, staff.id).await {
        // Whatever was faster: what was typed is still there, beside the letter as it is now.
        Err(error @ (DispatchError::Overtaken | DispatchError::Move(_) | DispatchError::Round)) => {
            let open = Open::at(&platform, *path).await?;
            page(&platform, &staff, &states, &open, Some(&typed), &errors, refusal(&error)).await
        }
        outcome => letter_actions::answer(&platform, &staff, &open.letter, outcome, "letters-done-edited").await,
    }
}

async fn page(
    platform: &Platform,
    staff: &SignedIn,
    states: &states::Register,
    open: &Open,
    typed: Option<&Typed>,
    errors: &FormErrors,
    refused: Option<&'static str>,
) -> Result<HttpResponse, Problem> {
    let db = platform.database.read();
    let post = post::Entity::find_by_id(open.letter.post_id).one(db).await?.ok_or(Problem::NotFound)?;
    let names = accounts::store::names(db).await?;
    let directory = states.get(platform).await?;
    let word = |key: &str| i18n::word(staff.language, key);
    let asked = |name: &str| typed.and_then(|typed| typed.get(name)).cloned();
    let blocks = open.content.drafted.iter().map(|drafted| {
        let key = drafted.key.as_str();
        let stands = drafted.text.clone().unwrap_or_default();
        let row = open.edits.get(key);
        let edited = drafted.edited.as_ref().map(|edited| {
            let template = edited.template.as_deref().unwrap_or_default();
            let base = row.and_then(|row| row.base.as_deref()).unwrap_or_default();
            EditedView {
                by: row.and_then(|row| names.get(&row.account_id).cloned()),
                at: row.map(|row| row.edited_at),
                changes: difference(template, &stands),
                since: if edited.conflict { difference(base, template) } else { Vec::new() },
            }
        });
        let shape = open.shape(key, drafted.part);
        let (was, now) = (asked(&was_field(key)), content_hash(&stands));
        let is_touched = |text: &String| was.as_ref().is_none_or(|was| *was != content_hash(&settled(text, shape, open.language())));
        let mine = asked(&field(key)).filter(is_touched);
        let theirs = mine.as_ref().filter(|_| was.is_some_and(|was| was != now)).map(|mine| difference(&stands, mine)).unwrap_or_default();
        let text = mine.unwrap_or(stands);
        BlockView {
            part: word(&format!("letters-part-{}", drafted.part)),
            rows: forms::rows(&text, 14),
            text,
            was_field: was_field(key),
            was: now,
            theirs,
            hint: match shape {
                Shape::Items => "letters-text-items",
                Shape::Line | Shape::Prose => "",
            },
            conflict: drafted.edited.as_ref().is_some_and(|edited| edited.conflict),
            edited,
            choices: [MINE, TEMPLATE].map(|choice| Choice::new(choice, word(&format!("letters-conflict-{choice}")))).into(),
            choice: asked(&choice_field(key)).unwrap_or_default(),
            field: field(key),
            choice_field: choice_field(key),
            key: key.to_owned(),
        }
    });
    let orphans = open.content.orphans.iter().map(|(key, text)| OrphanView {
        dropped: asked(&choice_field(key)).is_some(),
        field: choice_field(key),
        key: key.clone(),
        text: text.clone(),
    });
    let language = open.language();
    let view = TextPage {
        page: staff.frame_titled(platform, format!("{} – {}", word("letters-edit"), open.letter.reference)),
        errors: errors.view(staff.language),
        here: open.here(),
        state_name: directory.name(&open.letter.iso3, staff.language).to_owned(),
        post_key: post_key(&post.kind),
        letter_language: open.letter.language.clone(),
        letter_dir: language.direction(),
        blocks: blocks.collect(),
        orphans: orphans.collect(),
        seen: open.letter.content_hash.clone(),
        refused,
        may_save: open.is_editable,
    };
    let status = if errors.is_empty() && refused.is_none() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(platform.site.page(status, "letters/text.html", staff.language, &view)?)
}
