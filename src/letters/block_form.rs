//! The form of one block: its words in every language, its place, and for whom it is. Reads what was typed and shows it again; must not judge the words.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{
    campaigns::Current,
    domain::{
        behaviour::Behaviour,
        block_change::BlockChange,
        blocks::{Block, Condition, LetterKind, Part},
        edit::{Shape, can_stand, settled},
        evidence::IssueStance,
        language::Language,
        letter::PostKind,
        vocabulary::Vocabulary,
        wording::LetterWords,
    },
    platform::{
        http::forms::{self, Choice, FormErrors},
        i18n,
    },
    states::Directory,
};

/// What was sent: names and values in their order, several of one name.
pub(super) type Typed = Vec<(String, String)>;

/// The two conditions of a block.
const SIDES: [&str; 2] = ["when", "unless"];
const LONGEST_KEY: usize = 60;
const REGIONAL: &str = "regional_group";

/// How one key of a condition is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Any of several.
    Many,
    /// Yes, no, or not asked.
    Flag,
    /// A position on an issue: any of several.
    IssuePosition,
    /// One of several, or not asked.
    One,
    /// A number, or not asked.
    Count,
}

/// Every key of a condition, in the order of the form; a test holds it against [`Condition`].
const KEYS: [(&str, Kind); 13] = [
    ("stance", Kind::Many),
    ("region", Kind::Many),
    ("group", Kind::Many),
    ("un_status", Kind::Many),
    ("lead", Kind::Flag),
    ("cosponsor", Kind::Flag),
    ("own_statement", Kind::Flag),
    ("issue_position", Kind::IssuePosition),
    ("issue_silent", Kind::One),
    ("local_signers_min", Kind::Count),
    ("post", Kind::Many),
    ("reminder", Kind::Flag),
    ("behaviour", Kind::Many),
];

#[derive(Serialize)]
pub(super) struct SideView {
    side: &'static str,
    fields: Vec<FieldView>,
    /// Something is asked.
    is_set: bool,
}

#[derive(Serialize)]
struct FieldView {
    name: String,
    label: String,
    /// many, one or count.
    kind: &'static str,
    options: Vec<Choice>,
    values: Vec<String>,
    value: String,
}

#[derive(Serialize)]
pub(super) struct TextView {
    language: &'static str,
    dir: &'static str,
    label: &'static str,
    field: String,
    text: String,
    rows: usize,
    /// Older than the words of the language that counts.
    behind: bool,
    right_field: String,
    right: bool,
}

/// The names a condition may use, of this campaign and these states.
pub(super) fn vocabulary(campaign: &Current, directory: &Directory) -> Vocabulary {
    Vocabulary {
        stances: campaign.config.stance.iter().map(|stance| stance.key.clone()).collect(),
        regions: directory.groups().filter(|group| group.kind == REGIONAL).map(|group| group.code.clone()).collect(),
        groups: directory.groups().map(|group| group.code.clone()).collect(),
        un_statuses: directory.states().iter().map(|state| state.un_status.clone()).collect(),
        posts: PostKind::ALL.iter().map(|post| post.condition_key().to_owned()).collect(),
        issues: campaign.config.issue.iter().map(|issue| issue.code.clone()).collect(),
    }
}

fn one<'a>(typed: &'a [(String, String)], name: &str) -> Option<&'a str> {
    typed.iter().find(|(field, _)| field == name).map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
}

pub(super) fn all(typed: &[(String, String)], name: &str) -> Vec<String> {
    typed.iter().filter(|(field, value)| field == name && !value.is_empty()).map(|(_, value)| value.clone()).collect()
}

/// The first value of a field; empty where there is none.
pub(super) fn value<'a>(typed: &'a [(String, String)], name: &str) -> &'a str {
    one(typed, name).unwrap_or_default()
}

fn text_field(language: Language) -> String {
    format!("text-{language}")
}

fn right_field(language: Language) -> String {
    format!("right-{language}")
}

/// What the form says of a block as it stands: what a browser sends back untouched.
pub(super) fn of_block(words: &LetterWords, block: &Block, languages: &[Language]) -> Typed {
    let mut typed: Typed = vec![("key".into(), block.key.clone()), ("part".into(), block.part.key().into())];
    let at = words.blocks.blocks.iter().position(|other| other.key == block.key).unwrap_or_default();
    let before = at.checked_sub(1).and_then(|at| words.blocks.blocks.get(at)).map(|block| block.key.clone());
    typed.push(("after".into(), before.unwrap_or_default()));
    typed.push(("slot".into(), block.slot.clone().unwrap_or_default()));
    typed.extend(block.letters.iter().map(|kind| ("letters".into(), kind.key().into())));
    if block.items {
        typed.push(("items".into(), "yes".into()));
    }
    for language in languages {
        typed.push((text_field(*language), words.text(*language, &block.key).unwrap_or_default().to_owned()));
    }
    for (side, condition) in SIDES.into_iter().zip([&block.when, &block.unless]) {
        let Some(Value::Object(keys)) = condition.as_ref().and_then(|condition| serde_json::to_value(condition).ok()) else { continue };
        for (key, value) in keys {
            let name = format!("{side}-{key}");
            match value {
                Value::Array(values) => typed.extend(values.into_iter().map(|value| (name.clone(), said(&value)))),
                Value::Object(on) => {
                    typed.push((name.clone(), on.get("issue").map(said).unwrap_or_default()));
                    let stances = on.get("is").and_then(Value::as_array).cloned().unwrap_or_default();
                    typed.extend(stances.iter().map(|stance| (format!("{name}-is"), said(stance))));
                }
                value => typed.push((name, said(&value))),
            }
        }
    }
    typed
}

fn said(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A condition as it was chosen; none where nothing is asked.
fn condition(typed: &[(String, String)], side: &str, errors: &mut FormErrors) -> Option<Condition> {
    let mut keys = Map::new();
    for (key, kind) in KEYS {
        let name = format!("{side}-{key}");
        let value = match kind {
            Kind::Many => Some(all(typed, &name)).filter(|values| !values.is_empty()).map(|values| json!(values)),
            Kind::Flag => one(typed, &name).map(|value| json!(value == "true")),
            Kind::One => one(typed, &name).map(|value| json!(value)),
            Kind::Count => match one(typed, &name).map(str::parse::<u32>) {
                Some(Err(_)) => {
                    errors.add(name, "letters-error-count");
                    None
                }
                found => found.and_then(Result::ok).map(|count| json!(count)),
            },
            Kind::IssuePosition => match (one(typed, &name), all(typed, &format!("{name}-is"))) {
                (None, is) if is.is_empty() => None,
                (Some(issue), is) if !is.is_empty() => Some(json!({ "issue": issue, "is": is })),
                _ => {
                    errors.add(name, "letters-error-issue-position");
                    None
                }
            },
        };
        if let Some(value) = value {
            keys.insert(key.to_owned(), value);
        }
    }
    if keys.is_empty() {
        return None;
    }
    match serde_json::from_value(Value::Object(keys)) {
        Ok(condition) => Some(condition),
        Err(_) => {
            errors.add(format!("{side}-issue_position"), "letters-error-condition");
            None
        }
    }
}

/// The block as it was typed. Faults of the form itself: a key that is none, a text too long, a condition that names what does not exist.
pub(super) fn read(
    typed: &[(String, String)],
    key: Option<&str>,
    languages: &[Language],
    known: &Vocabulary,
) -> Result<BlockChange, FormErrors> {
    let mut errors = FormErrors::default();
    let key = key.unwrap_or_else(|| one(typed, "key").unwrap_or_default()).to_owned();
    let is_name = |name: &str| {
        (2..=LONGEST_KEY).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    if !is_name(&key) || key == super::blocks_desk::NEW {
        errors.add("key", "letters-error-block-key");
    }
    let part: Option<Part> = one(typed, "part").and_then(|part| part.parse().ok());
    if part.is_none() {
        errors.add("part", "letters-error-part");
    }
    let slot = one(typed, "slot").map(str::to_owned);
    if slot.as_deref().is_some_and(|slot| !is_name(slot)) {
        errors.add("slot", "letters-error-block-key");
    }
    let items = one(typed, "items").is_some() && part == Some(Part::Ask);
    let shape = match part {
        Some(Part::Subject) => Shape::Line,
        _ if items => Shape::Items,
        _ => Shape::Prose,
    };
    let letters: Vec<LetterKind> = all(typed, "letters").iter().filter_map(|kind| kind.parse().ok()).collect();
    if letters.is_empty() {
        errors.add("letters", "letters-error-letters");
    }
    let mut texts = BTreeMap::new();
    let mut still_right = BTreeSet::new();
    for language in languages {
        let text = settled(one(typed, &text_field(*language)).unwrap_or_default(), shape, *language);
        if !can_stand(&text) {
            errors.add(text_field(*language), "letters-error-text");
        }
        texts.insert(*language, text);
        if one(typed, &right_field(*language)).is_some() {
            still_right.insert(*language);
        }
    }
    let [when, unless] = SIDES.map(|side| {
        let condition = condition(typed, side, &mut errors);
        for (key, _) in condition.iter().flat_map(|condition| known.unknown(condition)) {
            errors.add(format!("{side}-{key}"), "letters-error-condition");
        }
        condition
    });
    match part {
        Some(part) if errors.is_empty() => Ok(BlockChange {
            block: Block { key, part, slot, items, letters, when, unless },
            texts,
            still_right,
            after: one(typed, "after").map(str::to_owned),
        }),
        _ => Err(errors),
    }
}

/// The words of the form, language by language.
pub(super) fn texts(typed: &[(String, String)], words: &LetterWords, key: &str, languages: &[Language]) -> Vec<TextView> {
    let view = |language: &Language| {
        let text = typed.iter().find(|(name, _)| *name == text_field(*language)).map(|(_, text)| text.clone()).unwrap_or_default();
        TextView {
            language: language.code(),
            dir: language.direction(),
            label: language.own_name(),
            field: text_field(*language),
            rows: forms::rows(&text, 12),
            text,
            behind: words.is_behind(*language, key),
            right_field: right_field(*language),
            right: one(typed, &right_field(*language)).is_some(),
        }
    };
    languages.iter().map(view).collect()
}

/// The conditions of the form.
pub(super) fn sides(typed: &[(String, String)], campaign: &Current, directory: &Directory, language: Language) -> Vec<SideView> {
    SIDES.into_iter().map(|side| side_view(typed, side, campaign, directory, language)).collect()
}

fn side_view(typed: &[(String, String)], side: &'static str, campaign: &Current, directory: &Directory, language: Language) -> SideView {
    let word = |key: &str| i18n::word(language, key);
    let issues =
        || campaign.config.issue.iter().map(|issue| Choice::new(issue.code.clone(), issue.label.get(language).to_owned())).collect();
    let groups = |regional: bool| {
        let groups = directory.groups().filter(move |group| !regional || group.kind == REGIONAL);
        groups.map(|group| Choice::new(group.code.clone(), group.names.get(language).to_owned())).collect()
    };
    let mut fields = Vec::new();
    for (key, kind) in KEYS {
        let name = format!("{side}-{key}");
        let options: Vec<Choice> = match key {
            "stance" => {
                campaign.config.stance.iter().map(|stance| Choice::new(stance.key.clone(), stance.label.get(language).to_owned())).collect()
            }
            "region" => groups(true),
            "group" => groups(false),
            "un_status" => ["member", "observer"].map(|status| Choice::new(status, word(&format!("letters-un-status-{status}")))).into(),
            "post" => [PostKind::PermanentRepresentative, PostKind::ForeignMinister]
                .map(|post| Choice::new(post.key(), word(&format!("letters-office-{}", post.key().replace('_', "-")))))
                .into(),
            "behaviour" => Behaviour::ALL
                .iter()
                .map(|did| Choice::new(did.key(), word(&format!("letters-behaviour-{}", did.key().replace('_', "-")))))
                .collect(),
            "issue_position" | "issue_silent" => issues(),
            _ if kind == Kind::Flag => ["true", "false"].map(|value| Choice::new(value, word(&format!("letters-flag-{value}")))).into(),
            _ => Vec::new(),
        };
        fields.push(FieldView {
            label: word(&format!("letters-condition-{}", key.replace('_', "-"))),
            kind: match kind {
                Kind::Many => "many",
                Kind::Flag | Kind::One | Kind::IssuePosition => "one",
                Kind::Count => "count",
            },
            options,
            values: all(typed, &name),
            value: value(typed, &name).to_owned(),
            name: name.clone(),
        });
        if kind == Kind::IssuePosition {
            let stances = IssueStance::ALL.iter().map(|stance| Choice::new(stance.key(), word(&format!("publishing-issue-{stance}"))));
            let name = format!("{name}-is");
            fields.push(FieldView {
                label: word("letters-condition-issue-is"),
                kind: "many",
                options: stances.collect(),
                values: all(typed, &name),
                value: String::new(),
                name,
            });
        }
    }
    let is_set = fields.iter().any(|field| !field.values.is_empty());
    SideView { side, fields, is_set }
}

#[cfg(test)]
#[path = "block_form_tests.rs"]
mod tests;
