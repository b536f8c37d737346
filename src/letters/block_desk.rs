//! The page of one block: its words, its place, for whom it is, and the letter it makes for any state, before it is saved. Must hold no rule.
//!
//! Cost: opening it asks two queries (newest words, and those of the sign-in apart), saving and looking ten more; drafting and typesetting one letter takes
//! a few hundredths of a second.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::Serialize;

use super::{
    block_form::{self, SideView, TextView, Typed, value},
    blocks_desk::{self, HERE, NEW, TrialView, as_pdf},
    present::Present,
    trial::Trials,
    words,
};
use crate::{
    accounts::{Permission, SignedIn},
    campaigns::{self, Current},
    domain::{
        blocks::{Block, LetterKind, Part, SlotFault},
        language::Language,
        letter::PostKind,
        phrase,
        wording::{self, LETTER_VARIABLES, LetterWords},
    },
    platform::{
        Platform,
        http::{
            forms::{Choice, FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
        },
        i18n,
    },
    states::{self, Directory},
};

#[derive(Serialize)]
struct BlockPage<'a> {
    page: Frame<'a>,
    errors: Vec<FormErrorView>,
    action: String,
    /// The version the person has before them.
    seen: String,
    is_new: bool,
    key: String,
    part: String,
    parts: Vec<Choice>,
    slot: String,
    items: bool,
    letters: Vec<String>,
    kinds: Vec<Choice>,
    after: String,
    places: Vec<Choice>,
    texts: Vec<TextView>,
    sides: Vec<SideView>,
    variables: Vec<&'static str>,
    state: String,
    states: Vec<Choice>,
    post: String,
    posts: Vec<Choice>,
    language: String,
    languages: Vec<Choice>,
    preview: Option<TrialView>,
    /// The block is in the letter that is shown.
    in_preview: bool,
    may_prepare: bool,
    overtaken: bool,
}

/// Everything a page of a block is made from.
struct Desk {
    campaign: std::sync::Arc<Current>,
    directory: std::sync::Arc<Directory>,
    number: i32,
    words: LetterWords,
    /// The block as it is kept; none of one that is to be added.
    block: Option<Block>,
}

impl Desk {
    async fn at(platform: &Platform, campaigns: &campaigns::Register, states: &states::Register, key: &str) -> Result<Self, Problem> {
        let (campaign, directory) = (campaigns.get(platform).await?, states.get(platform).await?);
        let newest = words::newest(platform.database.read(), campaign.id).await?.ok_or(Problem::NotFound)?;
        let words: LetterWords = serde_json::from_value(newest.blocks)?;
        let block = words.blocks.block(key).cloned();
        if block.is_none() && key != NEW {
            return Err(Problem::NotFound);
        }
        Ok(Self { campaign, directory, number: newest.number, words, block })
    }

    fn languages(&self) -> &[Language] {
        self.campaign.config.languages_of_letters()
    }

    /// The words as the form would make them, or what is wrong with it.
    fn changed(&self, typed: &Typed) -> Result<(LetterWords, String), FormErrors> {
        let known = block_form::vocabulary(&self.campaign, &self.directory);
        let change = block_form::read(typed, self.block.as_ref().map(|block| block.key.as_str()), self.languages(), &known)?;
        let mut errors = FormErrors::default();
        if self.block.is_none() && self.words.blocks.block(&change.block.key).is_some() {
            errors.add("key", "letters-error-block-taken");
        }
        let is_open = change.block.letters.contains(&LetterKind::Open);
        for (language, text) in &change.texts {
            let (words, names): (_, Vec<&str>) = match phrase::variables(text) {
                _ if text.is_empty() => ("letters-error-text-empty", Vec::new()),
                Err(_) => ("letters-error-variable-open", Vec::new()),
                Ok(names) => match names.into_iter().filter(|name| !LETTER_VARIABLES.contains(name)).collect::<Vec<_>>() {
                    unknown if !unknown.is_empty() => ("letters-error-variable", unknown),
                    _ => match wording::of_one_state(text).filter(|_| is_open).collect::<Vec<_>>() {
                        of_state if !of_state.is_empty() => ("letters-error-variable-of-state", of_state),
                        _ => continue,
                    },
                },
            };
            errors.add_with(format!("text-{language}"), words, i18n::args([("names", names.join(", ").into())]));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok((self.words.with(&change, self.campaign.config.authoritative), change.block.key))
    }
}

pub(super) async fn show(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    key: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::ReadDesk)?;
    let desk = Desk::at(&platform, &campaigns, &states, &key).await?;
    let typed = match &desk.block {
        Some(block) => block_form::of_block(&desk.words, block, desk.languages()),
        None => {
            let last = desk.words.blocks.blocks.last().map(|block| block.key.clone()).unwrap_or_default();
            let before = LetterKind::Before.key().into();
            vec![("part".into(), Part::Body.key().into()), ("after".into(), last), ("letters".into(), before)]
        }
    };
    let typed = [typed, vec![("post".into(), PostKind::PermanentRepresentative.key().into())]].concat();
    page(&platform, &staff, &desk, &typed, &FormErrors::default(), None, false)
}

/// Saves the block, takes it out, or shows the letter it makes, as text or as the page it would be: which, the button says.
pub(super) async fn save(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    key: web::Path<String>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let typed: Typed = staff.form(&body)?;
    staff.require(Permission::PrepareLetters)?;
    let desk = Desk::at(&platform, &campaigns, &states, &key).await?;
    let removes = value(&typed, "do") == "remove";
    let outcome = match (&desk.block, removes) {
        (Some(block), true) => Ok((desk.words.without(&block.key), block.key.clone())),
        (None, true) => return Err(Problem::NotFound),
        (_, false) => desk.changed(&typed),
    };
    let (words, changed) = match outcome {
        Ok(outcome) => outcome,
        Err(errors) => return page(&platform, &staff, &desk, &typed, &errors, None, false),
    };
    let Some(present) = Present::read(&platform, &desk.campaign, &desk.directory).await? else { return Err(Problem::NotFound) };
    let trials = Trials::set_up(&platform, &desk.campaign, &desk.directory, &present, &words).await?;
    let what = value(&typed, "do");
    if matches!(what, "preview" | "pdf") {
        let (state, post, language) = asked(&desk, &typed)?;
        let trial = trials.letter_with(&changed, state, post, language);
        if what == "pdf" {
            return as_pdf(&platform, &trial).await;
        }
        let stands = trial.content.drafted.iter().any(|drafted| drafted.key == changed);
        let name = desk.directory.name(&state.iso3, staff.language).to_owned();
        return page(&platform, &staff, &desk, &typed, &FormErrors::default(), Some((TrialView::of(trial, &name), stands)), false);
    }
    // Every letter has each of the slots it needs, and none twice, before anybody drafts one.
    let mut errors = FormErrors::default();
    for (fault, states) in trials.slot_faults() {
        let (words, slot) = match &fault {
            SlotFault::Empty(slot) => ("letters-error-slot-empty", slot),
            SlotFault::Double { slot, .. } => ("letters-error-slot-double", slot),
        };
        let some = states.iter().take(5).map(|iso3| desk.directory.name(iso3, staff.language)).collect::<Vec<_>>();
        let count = i64::try_from(states.len()).unwrap_or(i64::MAX);
        let args = i18n::args([
            ("slot", slot.clone().into()),
            ("count", count.into()),
            ("states", some.join(&i18n::word(staff.language, "site-comma")).into()),
        ]);
        errors.add_with("slot", words, args);
    }
    if !errors.is_empty() {
        return page(&platform, &staff, &desk, &typed, &errors, None, false);
    }
    let seen = value(&typed, "seen").parse().unwrap_or_default();
    if words::keep(&platform, desk.campaign.id, seen, &words, (staff.id, &changed)).await? {
        return Ok(staff.done(&platform, HERE, "letters-done-block", &i18n::Args::new()).await?);
    }
    let desk = Desk::at(&platform, &campaigns, &states, &key).await?;
    page(&platform, &staff, &desk, &typed, &FormErrors::default(), None, true)
}

/// Whose letter is to be shown.
fn asked<'a>(desk: &'a Desk, typed: &Typed) -> Result<(&'a states::directory::StateEntry, PostKind, Language), Problem> {
    let state = desk.directory.state(value(typed, "state")).or_else(|| desk.directory.states().first()).ok_or(Problem::NotFound)?;
    let post = value(typed, "post").parse().unwrap_or(PostKind::PermanentRepresentative);
    let campaign = &desk.campaign.config;
    let own = || state.language(campaign.languages_of_letters());
    let language = campaign.language_of_letters(value(typed, "language")).unwrap_or_else(own);
    Ok((state, post, language))
}

fn page(
    platform: &Platform,
    staff: &SignedIn,
    desk: &Desk,
    typed: &Typed,
    errors: &FormErrors,
    preview: Option<(TrialView, bool)>,
    overtaken: bool,
) -> Result<HttpResponse, Problem> {
    let word = |key: &str| i18n::word(staff.language, key);
    let key = desk.block.as_ref().map_or_else(|| value(typed, "key").to_owned(), |block| block.key.clone());
    let others = desk.words.blocks.blocks.iter().filter(|block| block.key != key);
    let states = desk.directory.by_name(staff.language);
    let (preview, in_preview) = preview.map_or((None, false), |(view, stands)| (Some(view), stands));
    let is_new = desk.block.is_none();
    let title = if is_new { word("letters-block-new") } else { key.clone() };
    let view = BlockPage {
        page: staff.frame_titled(platform, title),
        errors: errors.view(staff.language),
        action: format!("{HERE}/{}", if is_new { NEW } else { &key }),
        seen: desk.number.to_string(),
        is_new,
        part: value(typed, "part").to_owned(),
        parts: Part::ALL.iter().map(|part| Choice::new(part.key(), word(&format!("letters-part-{part}")))).collect(),
        slot: value(typed, "slot").to_owned(),
        items: !value(typed, "items").is_empty(),
        letters: block_form::all(typed, "letters"),
        kinds: LetterKind::ALL.iter().map(|kind| Choice::new(kind.key(), word(&format!("letters-kind-{kind}")))).collect(),
        after: value(typed, "after").to_owned(),
        places: others.map(|block| Choice::new(block.key.clone(), block.key.clone())).collect(),
        texts: block_form::texts(typed, &desk.words, &key, desk.languages()),
        sides: block_form::sides(typed, &desk.campaign, &desk.directory, staff.language),
        variables: LETTER_VARIABLES.to_vec(),
        state: value(typed, "state").to_owned(),
        states: states.map(|state| Choice::new(state.iso3.clone(), state.forms.name(staff.language).to_owned())).collect(),
        post: value(typed, "post").to_owned(),
        posts: blocks_desk::office_words(staff.language).into_iter().map(|(key, words)| Choice::new(key, words)).collect(),
        language: value(typed, "language").to_owned(),
        languages: desk.languages().iter().copied().map(Choice::language).collect(),
        preview,
        in_preview,
        may_prepare: staff.role.may(Permission::PrepareLetters),
        overtaken,
        key,
    };
    let status = if errors.is_empty() && !overtaken { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(platform.site.page(status, "letters/block.html", staff.language, &view)?)
}
