//! Tera templates from the binary, with words, dates and numbers in the page's language. Templates see view structs, never table rows.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, NaiveDate, Utc};
use fluent_templates::fluent_bundle::FluentValue;
use rust_embed::RustEmbed;
use serde::Serialize;
use tera::{Context, Kwargs, State, Tera, TeraResult, Value};

use super::{formats, i18n};
use crate::domain::language::Language;

#[derive(RustEmbed)]
#[folder = "templates/"]
#[include = "*.html"]
#[include = "*.txt"]
#[include = "*.xml"]
struct Sources;

/// All templates, parsed once.
#[derive(Clone, Debug)]
pub struct Templates {
    tera: Arc<Tera>,
    witness: Option<Witness>,
}

/// Notes which templates were rendered and in which languages: `check` holds that against [`Templates::pages`].
#[derive(Clone, Debug, Default)]
pub struct Witness(Arc<Mutex<BTreeSet<(String, Language)>>>);

impl Witness {
    /// Everything rendered so far.
    pub fn seen(&self) -> BTreeSet<(String, Language)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A template that does not exist, or a value it asked for and did not get.
#[derive(Debug, thiserror::Error)]
#[error("template {name}: {cause}")]
pub struct TemplateError {
    name: String,
    cause: String,
}

impl TemplateError {
    fn new(name: &str, error: &tera::Error) -> Self {
        let mut cause = error.to_string();
        let mut source = std::error::Error::source(error);
        while let Some(inner) = source {
            cause.push_str(": ");
            cause.push_str(&inner.to_string());
            source = inner.source();
        }
        Self { name: name.to_owned(), cause }
    }
}

impl Templates {
    /// Parses every template; one that names an unknown component, filter or function fails here, not on a visitor.
    ///
    /// # Errors
    /// On the first template that does not parse.
    pub fn load() -> Result<Self, TemplateError> {
        let mut tera = Tera::new();
        tera.register_function("t", translate);
        tera.register_filter("number", number);
        tera.register_filter("day", day);
        tera.register_filter("instant", instant);
        let sources: Vec<(String, String)> = Sources::iter()
            .filter_map(|name| Sources::get(&name).map(|file| (name.into_owned(), String::from_utf8_lossy(&file.data).into_owned())))
            .collect();
        tera.autoescape_on(vec![".html", ".xml"]);
        tera.add_raw_templates(sources.iter().map(|(name, text)| (name.as_str(), text.as_str())))
            .map_err(|e| TemplateError::new("all", &e))?;
        Ok(Self { tera: Arc::new(tera), witness: None })
    }

    /// The same templates, noting what they render.
    #[must_use]
    pub fn watched_by(mut self, witness: Witness) -> Self {
        self.witness = Some(witness);
        self
    }

    /// Renders `name` in `language` with the fields of `view` at the top level.
    ///
    /// # Errors
    /// When the template asks for something `view` does not have.
    pub fn render(&self, name: &str, language: Language, view: &impl Serialize) -> Result<String, TemplateError> {
        let mut context = Context::from_serialize(view).map_err(|e| TemplateError::new(name, &e))?;
        context.insert("lang", language.code());
        let text = self.tera.render(name, &context).map_err(|e| TemplateError::new(name, &e))?;
        if let Some(Witness(seen)) = &self.witness {
            seen.lock().unwrap_or_else(PoisonError::into_inner).insert((name.to_owned(), language));
        }
        Ok(text)
    }

    /// The names of the templates that are whole pages or mails. The others are parts of them: shells that pages extend, and components.
    pub fn pages() -> BTreeSet<String> {
        const EXTENDS: &str = "{% extends \"";
        let texts =
            Sources::iter().filter_map(|name| Some((name.to_string(), String::from_utf8_lossy(&Sources::get(&name)?.data).into_owned())));
        let extending: Vec<(String, String)> = texts
            .filter_map(|(name, text)| {
                let shell = text.split_once(EXTENDS)?.1.split('"').next()?.to_owned();
                Some((name, shell))
            })
            .collect();
        let shells: BTreeSet<&String> = extending.iter().map(|(_, shell)| shell).collect();
        extending.iter().filter(|(name, _)| !shells.contains(name)).map(|(name, _)| name.clone()).collect()
    }
}

fn language(state: &State) -> TeraResult<Language> {
    Ok(state.get::<String>("lang")?.and_then(|code| Language::of_interface(&code).ok()).unwrap_or_default())
}

/// `{{ t(key="…", count=3) }}`; a `lang` argument overrides the page's language.
fn translate(kwargs: Kwargs, state: &State) -> TeraResult<Value> {
    let key = kwargs.must_get::<&str>("key")?;
    let language = match kwargs.get::<&str>("lang")? {
        Some(code) => Language::of_interface(code).unwrap_or_default(),
        None => language(state)?,
    };
    let mut arguments = i18n::Args::new();
    for (name, value) in kwargs.iter() {
        let Some(name) = name.as_str().filter(|name| !matches!(*name, "key" | "lang")) else { continue };
        let argument = match (value.as_i64(), value.as_str()) {
            (Some(number), _) => FluentValue::from(number),
            (None, Some(text)) => FluentValue::from(text.to_owned()),
            (None, None) => continue,
        };
        arguments.insert(Cow::Owned(name.replace('_', "-")), argument);
    }
    Ok(Value::from(i18n::text(language, key, &arguments)))
}

fn number(value: i64, _: Kwargs, state: &State) -> TeraResult<String> {
    Ok(formats::number(language(state)?, value))
}

/// `{{ date | day(precision="month") }}`; the value is an ISO date.
fn day(value: &str, kwargs: Kwargs, state: &State) -> TeraResult<String> {
    let precision = kwargs.get::<&str>("precision")?.unwrap_or("day");
    let date = value.get(..10).unwrap_or(value).parse::<NaiveDate>().map_err(|e| tera::Error::message(format!("{value}: {e}")))?;
    Ok(formats::day_to(language(state)?, date, precision))
}

fn instant(value: &str, _: Kwargs, state: &State) -> TeraResult<String> {
    let instant = value.parse::<DateTime<Utc>>().map_err(|e| tera::Error::message(format!("{value}: {e}")))?;
    Ok(formats::instant(language(state)?, instant))
}
