//! Forms: reading them without losing anything, and errors as codes beside the fields. A bad form is not an error: the page comes back with 422.

use serde::{Serialize, de::DeserializeOwned};

use super::problem::Problem;
use crate::{domain::language::Language, platform::i18n};

/// Reads an urlencoded body. Fields a form did not send must have defaults: a missing field is an empty one, and says so beside it.
///
/// # Errors
/// [`Problem::Bad`] when the body is no form at all.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_html_form::from_bytes(body).map_err(|_| Problem::Bad("bad-form"))
}

/// Reads a query string in the same way.
///
/// # Errors
/// [`Problem::Bad`] when it cannot be read.
pub fn query<T: DeserializeOwned>(request: &actix_web::HttpRequest) -> Result<T, Problem> {
    serde_html_form::from_str(request.query_string()).map_err(|_| Problem::Bad("bad-query"))
}

/// What is wrong with a form, in the order of its fields.
#[derive(Clone, Debug, Default)]
pub struct FormErrors(Vec<FormError>);

#[derive(Clone, Debug)]
struct FormError {
    field: &'static str,
    key: &'static str,
    args: i18n::Args,
}

/// An error as the page shows it: in the summary, linked to its field, and beside the field.
#[derive(Clone, Debug, Serialize)]
pub struct FormErrorView {
    /// The field's name and the id of its first control.
    pub field: &'static str,
    /// The words.
    pub text: String,
}

impl FormErrors {
    /// Adds the message `key` at `field`; the first one at a field stays.
    pub fn add(&mut self, field: &'static str, key: &'static str) {
        self.add_with(field, key, i18n::Args::new());
    }

    /// Adds a message with arguments.
    pub fn add_with(&mut self, field: &'static str, key: &'static str, args: i18n::Args) {
        if !self.0.iter().any(|error| error.field == field) {
            self.0.push(FormError { field, key, args });
        }
    }

    /// Whether the form is good.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The errors in words.
    pub fn view(&self, language: Language) -> Vec<FormErrorView> {
        self.0.iter().map(|error| FormErrorView { field: error.field, text: i18n::text(language, error.key, &error.args) }).collect()
    }
}
