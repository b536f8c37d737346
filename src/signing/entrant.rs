//! A line of a sheet of signatories, as the tables will hold it. Must not query anything, and must not say a name in a message.

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{
    contact::{self, Contact, Names},
    grading, names,
    reading::Reading,
};
use crate::{
    campaigns::Current,
    domain::{
        email::EmailAddress,
        language::Language,
        name::{clean_line, clean_name, name_key},
        reference::{Reference, ReferenceKind},
        signature::{NetworkMode, SecondPerson, SignatoryKind, SignatureOrigin, SignatureState, UnStatus, Visibility},
    },
    entities::{signatory, signature},
    platform::{Platform, crypto::Keys},
    states::Directory,
};

/// A line without a fault.
pub(super) struct Entrant {
    pub(super) key: String,
    pub(super) contact_hash: Option<String>,
    /// The key of its name as a named and as a withheld signatory has it.
    pub(super) name_keys: [String; 2],
    pub(super) names: Names,
    pub(super) visibility: Visibility,
    pub(super) signatory_id: Uuid,
    pub(super) signatory: signatory::ActiveModel,
    pub(super) signature: signature::ActiveModel,
}

impl Entrant {
    /// What it is known by: its number, and who signs by what name.
    pub(super) fn marks(&self) -> impl Iterator<Item = String> {
        let people = self.name_keys.iter().filter_map(|name| self.contact_hash.as_ref().map(|hash| format!("{hash}\n{name}")));
        std::iter::once(self.key.clone()).chain(people)
    }

    /// Shows less of it than its own line says.
    pub(super) fn show(&mut self, keys: &Keys, visibility: Visibility) -> anyhow::Result<()> {
        self.visibility = visibility;
        self.signature.visibility = Set(visibility.key().to_owned());
        names::name_columns(keys, &mut self.signatory, self.signatory_id, &self.names, visibility)
    }
}

/// A line, and how it is read.
pub(super) struct Line<'a> {
    pub(super) reading: &'a Reading,
    pub(super) record: &'a csv::StringRecord,
}

impl Line<'_> {
    fn cell(&self, name: &str) -> String {
        self.reading.cell(name, self.record)
    }

    fn line(&self, name: &str, longest: usize) -> Result<String, String> {
        clean_line(&self.cell(name), longest).map_err(|fault| format!("{name}: {fault}"))
    }

    fn optional(&self, name: &str, longest: usize) -> Result<Option<String>, String> {
        Ok(Some(self.line(name, longest)?).filter(|cell| !cell.is_empty()))
    }

    /// One of the known keys, or `otherwise` where the cell is empty.
    fn key<T: std::str::FromStr>(&self, name: &str, otherwise: Option<T>) -> Result<T, String> {
        let cell = self.cell(name);
        otherwise.filter(|_| cell.is_empty()).map_or_else(|| cell.parse().map_err(|_| format!("{name}: not one of the known values")), Ok)
    }
}

/// Reads a line.
///
/// # Errors
/// What is wrong with it, by the name of its column.
pub(super) fn entrant(
    platform: &Platform,
    (campaign, states): (&Current, &Directory),
    line: &Line<'_>,
    origin: SignatureOrigin,
) -> Result<Entrant, String> {
    let mut key = line.line("id", 64)?;
    if key.is_empty() && line.reading.numbers_lines {
        // Who signs by what name: the same sheet twice, and next week's sheet with the same lines in it, add nothing.
        let who = format!("{}|{}|{}", line.cell("contact_email").to_lowercase(), name_key(&line.cell("name")), line.cell("iso3"));
        key = format!("row:{}", platform.keys.mark("signature.row", &who));
    }
    if key.is_empty() {
        return Err("id: empty".to_owned());
    }
    let kind: SignatoryKind = line.key("kind", None)?;
    let visibility: Visibility = line.key("visibility", None)?;
    let state = line.key("state", Some(SignatureState::Confirmed))?;
    if state == SignatureState::Merged {
        return Err("state: a sheet does not say with which other it was merged".to_owned());
    }
    let language = match line.cell("language") {
        cell if cell.is_empty() => Language::En,
        cell => Language::of_interface(&cell).map_err(|_| "language: not one of the known values")?,
    };
    let now = platform.clock.now();
    let signed_at: DateTime<Utc> = match line.cell("signed_at") {
        cell if cell.is_empty() => now,
        cell => line.reading.instant(&cell).ok_or("signed_at: not a time as the sheet is said to write it, nor 2026-09-01T09:00:00Z")?,
    };
    let names = Names {
        name: clean_name(&line.cell("name")).map_err(|fault| format!("name: {fault}"))?,
        original_name: line.optional("original_name", 200)?,
        latin_name: line.optional("latin_name", 200)?,
        official_name: line.optional("official_name", 200)?,
        acronym: line.optional("acronym", 40)?,
        affiliation: line.optional("affiliation", 200)?,
        website: line.optional("website", 255)?,
        location_label: line.optional("location_label", 100)?,
        network_members: line.cell("network_members").parse().ok().filter(|_| kind == SignatoryKind::Network),
    };
    let un_status: Option<UnStatus> = match line.cell("un_status").as_str() {
        "" => None,
        _ => Some(line.key("un_status", None)?),
    };
    let iso3 = line.optional("iso3", 3)?;
    if iso3.as_deref().is_some_and(|code| states.state(code).is_none()) {
        return Err("iso3: no such state".to_owned());
    }
    let typed = line.cell("contact_email");
    let email = match typed.as_str() {
        "" => None,
        typed => Some(EmailAddress::parse(typed).map_err(|_| "contact_email: not an address".to_owned())?),
    };
    let (signatory_id, signature_id) = (Uuid::now_v7(), Uuid::now_v7());
    let contact_hash = email.as_ref().map(|email| platform.keys.address_hash(&email.comparable()));
    let fault = |_| "cannot be sealed".to_owned();
    let sealed_contact = match &email {
        None => None,
        Some(email) => {
            let contact =
                Contact { name: line.line("contact_name", 200)?, email: email.as_str().to_owned(), role: line.line("contact_role", 200)? };
            Some(contact::seal_contact(&platform.keys, signatory_id, &contact).map_err(fault)?)
        }
    };
    let network = kind == SignatoryKind::Network;
    let network_mode: Option<NetworkMode> =
        if network { Some(line.key("network_mode", Some(NetworkMode::SecretariatOnly))?) } else { None };
    let mut signatory = signatory::ActiveModel {
        id: Set(signatory_id),
        campaign_id: Set(campaign.id),
        kind: Set(kind.key().to_owned()),
        iso3: Set(iso3),
        network_mode: Set(network_mode.map(|mode| mode.key().to_owned())),
        contact_hash: Set(contact_hash.clone()),
        sealed_contact: Set(sealed_contact),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    // Staff look it up; nobody's own word is taken for it, and of a withheld one it is not kept.
    signatory.un_status = Set(un_status.map(|status| status.key().to_owned()));
    names::name_columns(&platform.keys, &mut signatory, signatory_id, &names, visibility).map_err(|_| "cannot be sealed".to_owned())?;
    let name_keys = names::name_marks(&platform.keys, &names.name);
    let reached = |needed: &[SignatureState]| needed.contains(&state).then_some(signed_at);
    use SignatureState::{Confirmed, Declined, Verified, Withdrawn};
    let confirmed_at = reached(&[Confirmed, Verified, Withdrawn, Declined]);
    let signature = signature::ActiveModel {
        id: Set(signature_id),
        campaign_id: Set(campaign.id),
        signatory_id: Set(signatory_id),
        text_version_id: Set(campaign.text.id),
        language: Set(language.code().to_owned()),
        privacy_notice: Set(campaign.privacy_number),
        reference: Set(Reference::of(ReferenceKind::Signature, signature_id, 0).to_string()),
        submission_key: Set(key.clone()),
        state: Set(state.key().to_owned()),
        visibility: Set(visibility.key().to_owned()),
        origin: Set(origin.key().to_owned()),
        newsletter: Set(false),
        second_person: Set(SecondPerson::NotNeeded.key().to_owned()),
        late: Set(campaign.deadline().is_late(signed_at)),
        signed_at: Set(signed_at),
        confirmed_at: Set(confirmed_at),
        verified_at: Set(reached(&[Verified, Withdrawn])),
        ended_at: Set(reached(&[Withdrawn, Declined])),
        compared_by: Set(0),
        authority: Set(Some(
            grading::on_arrival(kind, confirmed_at.is_some(), email.as_ref().map(EmailAddress::domain), &names).key().to_owned(),
        )),
        signals: Set(None),
        // What staff enter they have seen.
        looked_at: Set(Some(platform.clock.now())),
        network: Set(None),
        thanked_at: Set(None),
    };
    Ok(Entrant { key, contact_hash, name_keys, names, visibility, signatory_id, signatory, signature })
}
