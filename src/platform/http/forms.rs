//! Forms: reading them without losing anything, and errors as codes beside the fields. A bad form is not an error: the page comes back with 422.

use std::borrow::Cow;

use serde::{Serialize, de::DeserializeOwned};

use super::problem::Problem;
use crate::{domain::language::Language, platform::i18n};

/// Reads an urlencoded body. Fields a form did not send must have defaults: a missing field is an empty one, and says so beside it.
///
/// # Errors
/// [`Problem::Bad`] when the body is no form at all.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_html_form::from_bytes(&without_nul(body)).map_err(|_| Problem::Bad("bad-form"))
}

/// Reads a query string in the same way.
///
/// # Errors
/// [`Problem::Bad`] when it cannot be read.
pub fn query<T: DeserializeOwned>(request: &actix_web::HttpRequest) -> Result<T, Problem> {
    serde_html_form::from_bytes(&without_nul(request.query_string().as_bytes())).map_err(|_| Problem::Bad("bad-query"))
}

/// NUL can be neither shown nor, in PostgreSQL, stored. It becomes the mark of what cannot be read: names refuse that, notes print it.
fn without_nul(encoded: &[u8]) -> Cow<'_, [u8]> {
    const MARK: &[u8] = b"%EF%BF%BD";
    if !encoded.contains(&0) && !encoded.windows(3).any(|three| three == b"%00") {
        return Cow::Borrowed(encoded);
    }
    let (mut clean, mut rest) = (Vec::with_capacity(encoded.len() + MARK.len()), encoded);
    loop {
        rest = match rest {
            [] => break,
            [0, after @ ..] | [b'%', b'0', b'0', after @ ..] => {
                clean.extend_from_slice(MARK);
                after
            }
            [byte, after @ ..] => {
                clean.push(*byte);
                after
            }
        };
    }
    Cow::Owned(clean)
}

/// The same for a field of a multipart body, which is not encoded.
pub(super) fn text_without_nul(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{FFFD}") } else { text }
}

/// How many lines a field shows of a text, two at least and `most` at most: about ninety characters a line, and one to go on writing.
pub fn rows(text: &str, most: usize) -> usize {
    (text.chars().count() / 90 + text.lines().count() + 1).clamp(2, most)
}

/// One of what a field offers.
#[derive(Debug, Serialize)]
pub struct Choice {
    value: Cow<'static, str>,
    text: String,
}

impl Choice {
    /// What is sent, and what people read.
    pub fn new(value: impl Into<Cow<'static, str>>, text: String) -> Self {
        Self { value: value.into(), text }
    }

    /// A language by its own name.
    pub fn language(language: Language) -> Self {
        Self::new(language.code(), language.own_name().to_owned())
    }
}

/// What is wrong with a form, in the order of its fields.
#[derive(Clone, Debug, Default)]
pub struct FormErrors(Vec<FormError>);

#[derive(Clone, Debug)]
struct FormError {
    field: Cow<'static, str>,
    /// Of the field, where the message alone does not say which it is about.
    label: Option<Cow<'static, str>>,
    key: &'static str,
    args: i18n::Args,
}

/// An error as the page shows it: in the summary, linked to its field, and beside the field.
#[derive(Clone, Debug, Serialize)]
pub struct FormErrorView {
    /// The field's name and the id of its first control.
    pub field: Cow<'static, str>,
    /// The words beside the field.
    pub text: String,
    /// The words in the summary, which stands away from the field and so names it.
    pub named: String,
}

impl FormErrors {
    /// Adds the message `key` at `field`; the first one at a field stays.
    pub fn add(&mut self, field: impl Into<Cow<'static, str>>, key: &'static str) {
        self.add_with(field, key, i18n::Args::new());
    }

    /// Adds a message that fits many fields; the summary puts the field's label, the message `label`, before it.
    pub fn add_labelled(&mut self, field: impl Into<Cow<'static, str>>, label: Option<impl Into<Cow<'static, str>>>, key: &'static str) {
        self.push(FormError { field: field.into(), label: label.map(Into::into), key, args: i18n::Args::new() });
    }

    /// Adds a message with arguments.
    pub fn add_with(&mut self, field: impl Into<Cow<'static, str>>, key: &'static str, args: i18n::Args) {
        self.push(FormError { field: field.into(), label: None, key, args });
    }

    /// Adds all of another part of the same form.
    pub fn extend(&mut self, others: Self) {
        others.0.into_iter().for_each(|error| self.push(error));
    }

    fn push(&mut self, error: FormError) {
        if !self.0.iter().any(|other| other.field == error.field) {
            self.0.push(error);
        }
    }

    /// Whether the form is good.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The errors in words.
    pub fn view(&self, language: Language) -> Vec<FormErrorView> {
        let view = |error: &FormError| {
            let text = i18n::text(language, error.key, &error.args);
            let named = error.label.as_deref().map(|label| {
                let args = i18n::args([("label", i18n::word(language, label).into()), ("text", text.clone().into())]);
                i18n::text(language, "site-form-labelled", &args)
            });
            FormErrorView { field: error.field.clone(), named: named.unwrap_or_else(|| text.clone()), text }
        };
        self.0.iter().map(view).collect()
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_nul_becomes_the_mark_of_what_cannot_be_read() {
        for (sent, read) in
            [("a=b%00c", "b\u{FFFD}c"), ("a=b\0", "b\u{FFFD}"), ("a=b%2500", "b%00"), ("a=%EF%BF%BD", "\u{FFFD}"), ("a=%0", "%0")]
        {
            let form: std::collections::HashMap<String, String> = super::read(sent.as_bytes()).unwrap_or_default();
            assert_eq!(form.get("a").map(String::as_str), Some(read), "{sent}");
        }
    }
}
