//! States as letters and pages name them: grammatical forms per language. Must not hold a state's positions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::language::Language;

/// The forms of a state's name in one language; never glued from parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forms {
    /// Short name for lists: "Gambia".
    pub name: String,
    /// Formal name with its article where the language has one: "the Republic of the Gambia".
    pub formal: String,
    /// Short name with its article, for running text: "the Gambia".
    pub run: String,
    /// "of the Gambia".
    pub of: String,
    /// "in the Gambia".
    #[serde(rename = "in")]
    pub within: String,
    /// "Gambian".
    pub adjective: String,
}

impl Forms {
    /// Whether every form is there (R29).
    pub fn is_complete(&self) -> bool {
        [&self.name, &self.formal, &self.run, &self.of, &self.within, &self.adjective].into_iter().all(|form| !form.trim().is_empty())
    }
}

/// A state's forms in all languages, by language code; the shape of the column `state.forms`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllForms(pub BTreeMap<String, Forms>);

impl AllForms {
    /// The forms in one language; the loader refuses a state without them.
    pub fn in_language(&self, language: Language) -> Forms {
        self.0.get(language.code()).cloned().unwrap_or_default()
    }

    /// The short name in one language, borrowed.
    pub fn name(&self, language: Language) -> &str {
        self.0.get(language.code()).map_or("", |forms| forms.name.as_str())
    }
}
