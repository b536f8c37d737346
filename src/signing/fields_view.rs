//! The fields of the sign-on form with their choices, as the public form and the desk's show them. Must not check anything.

use serde::Serialize;

use super::form::SignForm;
use crate::{campaigns::Current, domain::language::Language, platform::i18n, states::Directory};

/// What the component `sign_fields` needs.
#[derive(Serialize)]
pub(super) struct FieldsView<'a> {
    form: &'a SignForm,
    kinds: Vec<ChoiceView>,
    states: Vec<ChoiceView>,
    visibilities: Vec<ChoiceView>,
    network_modes: Vec<ChoiceView>,
    warning: String,
}

#[derive(Serialize)]
struct ChoiceView {
    value: String,
    text: String,
    hint: String,
}

fn choice(language: Language, prefix: &str, value: &str, hint: bool) -> ChoiceView {
    let key = format!("{prefix}-{}", value.replace('_', "-"));
    let hint = if hint { i18n::word(language, &format!("{key}-hint")) } else { String::new() };
    ChoiceView { value: value.to_owned(), text: i18n::word(language, &key), hint }
}

impl<'a> FieldsView<'a> {
    /// What was typed so far, and what may be chosen in this campaign.
    pub(super) fn of(campaign: &Current, directory: &Directory, language: Language, form: &'a SignForm) -> Self {
        Self {
            form,
            kinds: campaign.config.sign_on.kinds.iter().map(|kind| choice(language, "signing-kind", kind, true)).collect(),
            states: directory
                .by_name(language)
                .map(|state| ChoiceView { value: state.iso3.clone(), text: state.forms.name(language).to_owned(), hint: String::new() })
                .collect(),
            visibilities: ["named", "withheld", "total_only"].map(|value| choice(language, "signing-visibility", value, true)).into(),
            network_modes: ["secretariat", "members"].map(|value| choice(language, "signing-network-for", value, false)).into(),
            warning: campaign.config.sign_on.warning.get(language).to_owned(),
        }
    }
}
