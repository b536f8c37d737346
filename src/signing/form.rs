//! The sign-on form: what was typed, and what is wrong with it. Must not touch the database.

use serde::{Deserialize, Serialize};

use super::contact::{Contact, Names};
use crate::{
    domain::{
        campaign::SignOn,
        email::EmailAddress,
        language::Language,
        name::{NameFault, clean_line, clean_name, required_line},
        signature::{NetworkMode, SignatoryKind, Visibility},
    },
    platform::http::forms::FormErrors,
    states::Directory,
};

/// What a visitor typed (R2). Everything is text: a wrong value comes back as typed.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct SignForm {
    /// organisation, network or individual.
    pub kind: String,
    /// As it should be printed.
    pub name: String,
    /// In its own script.
    pub original_name: String,
    /// In Latin letters.
    pub latin_name: String,
    /// As registered.
    pub official_name: String,
    /// Short form.
    pub acronym: String,
    /// Web site.
    pub site: String,
    /// Individuals only.
    pub affiliation: String,
    /// Code of the state, for statistics.
    pub country: String,
    /// What is printed as the place, if not the state's name.
    pub location_label: String,
    /// Networks only.
    pub network_mode: String,
    /// Networks only.
    pub network_members: String,
    /// Contact person.
    pub contact_name: String,
    /// Contact address.
    pub contact_email: String,
    /// Contact's role.
    pub contact_role: String,
    /// named, withheld or total_only.
    pub visibility: String,
    /// The declaration of authority.
    pub authority: String,
    /// The place of high risk whose warning was shown with the form.
    pub risk_seen: String,
    /// Consent to the privacy notice.
    pub consent: String,
    /// Off unless ticked.
    pub newsletter: String,
    /// Asks to see the line as it will be printed, and sends nothing.
    pub look: String,
    /// Filled by robots only.
    pub website: String,
}

/// A form without a fault.
pub struct NewSignature {
    /// The kind of signatory.
    pub kind: SignatoryKind,
    /// All names.
    pub names: Names,
    /// Statistics key.
    pub iso3: Option<String>,
    /// For networks.
    pub network_mode: Option<NetworkMode>,
    /// Whom to write to.
    pub contact: Contact,
    /// Chosen visibility.
    pub visibility: Visibility,
    /// Off unless ticked.
    pub newsletter: bool,
    /// Language of the form and of all mails.
    pub language: Language,
}

fn label(field: &str) -> Option<&'static str> {
    Some(match field {
        "name" => "signing-name",
        "original_name" => "signing-original-name",
        "latin_name" => "signing-latin-name",
        "official_name" => "signing-official-name",
        "acronym" => "signing-acronym",
        "affiliation" => "signing-affiliation",
        "site" => "signing-site",
        "location_label" => "signing-location-label",
        "contact_name" => "signing-contact-name",
        "contact_role" => "signing-contact-role",
        "kept_at" => "typed-kept-at",
        _ => return None,
    })
}

/// What may be wrong with any line reads the same at each.
pub(super) fn add_fault(errors: &mut FormErrors, field: &'static str, fault: NameFault) {
    errors.add_labelled(field, label(field), fault_key(fault));
}

const fn fault_key(fault: NameFault) -> &'static str {
    match fault {
        NameFault::Empty => "signing-error-name-empty",
        NameFault::TooShort => "signing-error-name-short",
        NameFault::TooLong => "signing-error-name-long",
        NameFault::Control | NameFault::Direction | NameFault::Unprintable => "signing-error-name-characters",
        NameFault::NoLetter => "signing-error-name-letter",
    }
}

fn optional(errors: &mut FormErrors, field: &'static str, typed: &str, longest: usize) -> Option<String> {
    if typed.trim().is_empty() {
        return None;
    }
    match clean_line(typed, longest) {
        Ok(line) => Some(line),
        Err(fault) => {
            add_fault(errors, field, fault);
            None
        }
    }
}

/// Whom a signer names, checked: the fields are `<prefix>_name`, `_email` and `_role`.
///
/// # Errors
/// The faults, by field.
pub(super) fn colleague(typed: &Contact, prefix: &'static str, needs_role: bool) -> Result<Contact, FormErrors> {
    let mut errors = FormErrors::default();
    let mut line = |field: &str, label: &'static str, text: &str, needed: bool| {
        if text.trim().is_empty() && !needed {
            return String::new();
        }
        required_line(text, 200).unwrap_or_else(|fault| {
            errors.add_labelled(format!("{prefix}_{field}"), Some(label), fault_key(fault));
            String::new()
        })
    };
    let name = line("name", "signing-colleague-name", &typed.name, true);
    let role = line("role", "signing-colleague-role", &typed.role, needs_role);
    let email = EmailAddress::parse(&typed.email).map_err(|_| errors.add(format!("{prefix}_email"), "signing-error-email"));
    match (email, errors.is_empty()) {
        (Ok(email), true) => Ok(Contact { name, email: email.as_str().to_owned(), role }),
        _ => Err(errors),
    }
}

impl SignForm {
    /// Before anybody typed.
    pub(super) fn empty(rules: &SignOn) -> Self {
        Self { kind: "organisation".to_owned(), visibility: rules.default_visibility.clone(), ..Self::default() }
    }

    /// Checks every field and returns all faults at once.
    ///
    /// # Errors
    /// The faults, by field.
    pub fn check(&self, rules: &SignOn, states: &Directory, language: Language) -> Result<NewSignature, FormErrors> {
        let mut errors = FormErrors::default();
        let kind = self.kind.parse::<SignatoryKind>().ok().filter(|kind| rules.kinds.iter().any(|allowed| allowed == kind.key()));
        if kind.is_none() {
            errors.add("kind", "signing-error-kind");
        }
        let name = clean_name(&self.name).map_err(|fault| add_fault(&mut errors, "name", fault));
        let mut names = Names {
            name: name.unwrap_or_default(),
            original_name: optional(&mut errors, "original_name", &self.original_name, 200),
            latin_name: optional(&mut errors, "latin_name", &self.latin_name, 200),
            official_name: optional(&mut errors, "official_name", &self.official_name, 200),
            acronym: optional(&mut errors, "acronym", &self.acronym, 40),
            affiliation: optional(&mut errors, "affiliation", &self.affiliation, 200),
            website: self.checked_site(&mut errors),
            location_label: None,
            network_members: None,
        };
        let iso3 = Some(self.country.trim().to_owned()).filter(|code| !code.is_empty());
        match iso3.as_deref() {
            None => errors.add("country", "signing-error-country-empty"),
            Some(code) if states.state(code).is_none() => errors.add("country", "signing-error-country-unknown"),
            Some(_) => {}
        }
        names.location_label = optional(&mut errors, "location_label", &self.location_label, 100);
        let is_network = kind == Some(SignatoryKind::Network);
        let network_mode = self.network_mode.parse::<NetworkMode>().ok().filter(|_| is_network);
        if is_network && network_mode.is_none() {
            errors.add("network_mode", "signing-error-network-mode");
        }
        names.network_members = match (is_network, self.network_members.trim()) {
            (true, typed) if !typed.is_empty() => {
                let members = typed.parse().ok().filter(|members| (1..=100_000).contains(members));
                if members.is_none() {
                    errors.add("network_members", "signing-error-network-members");
                }
                members
            }
            _ => None,
        };
        let contact_name = required_line(&self.contact_name, 200).map_err(|fault| add_fault(&mut errors, "contact_name", fault));
        let email = EmailAddress::parse(&self.contact_email).map_err(|_| errors.add("contact_email", "signing-error-email"));
        let needs_authority = rules.authority_required && kind.is_some_and(|kind| kind != SignatoryKind::Individual);
        let contact_role = optional(&mut errors, "contact_role", &self.contact_role, 200);
        if needs_authority && contact_role.is_none() {
            errors.add("contact_role", "signing-error-role");
        }
        let visibility = self.visibility.parse::<Visibility>();
        if self.is_to_be_warned(rules) {
            errors.add("visibility", "signing-error-high-risk");
        } else if visibility.is_err() {
            errors.add("visibility", "signing-error-visibility");
        }
        if needs_authority && self.authority.is_empty() {
            errors.add("authority", "signing-error-authority");
        }
        if self.consent.is_empty() {
            errors.add("consent", "signing-error-consent");
        }
        let (Some(kind), Ok(contact_name), Ok(email), Ok(visibility), true) = (kind, contact_name, email, visibility, errors.is_empty())
        else {
            return Err(errors);
        };
        Ok(NewSignature {
            kind,
            names,
            iso3,
            network_mode,
            contact: Contact { name: contact_name, email: email.as_str().to_owned(), role: contact_role.unwrap_or_default() },
            visibility,
            newsletter: !self.newsletter.is_empty(),
            language,
        })
    }

    /// Without scripts the page cannot know the country before it is sent: the safer default is set then, once, and who chooses to be named all
    /// the same is believed (R71).
    pub fn warned(mut self, rules: &SignOn) -> Self {
        if self.is_to_be_warned(rules) {
            rules.visibility_at(self.country.trim()).clone_into(&mut self.visibility);
            self.country.trim().clone_into(&mut self.risk_seen);
        }
        self
    }

    /// Whoever has not chosen to be hidden and was not shown the warning of this place. A form that came back for another fault has not shown it.
    fn is_to_be_warned(&self, rules: &SignOn) -> bool {
        let is_hidden = self.visibility.parse().is_ok_and(|chosen: Visibility| !chosen.shows_name());
        !is_hidden && rules.is_high_risk(self.country.trim()) && self.risk_seen != self.country.trim()
    }

    fn checked_site(&self, errors: &mut FormErrors) -> Option<String> {
        let typed = optional(errors, "site", &self.site, 255)?;
        let with_scheme = if typed.contains("://") { typed } else { format!("https://{typed}") };
        let host = with_scheme.strip_prefix("https://").or_else(|| with_scheme.strip_prefix("http://"));
        let looks_right = host
            .is_some_and(|host| host.contains('.') && !host.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | '@')));
        if !looks_right {
            errors.add("site", "signing-error-site");
            return None;
        }
        Some(with_scheme)
    }
}
