//! How the holder of an office is written to (R28): by language, rank, gender, whether writer and reader are of one state, and how many write.
//! The first rule that fits is taken, so every case has one; the words are in a file. Must not know the register, nor how an office without a
//! known holder is written to: that form belongs to the letter's own words.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{keyed::keyed, letter::PostKind};

keyed! {
    /// What a person is, as far as it changes how they are spoken to.
    Rank {
        /// Ambassador, permanent representative, permanent observer.
        Ambassador = "ambassador",
        /// In charge while there is no ambassador; never "Excellency".
        ChargeDAffaires = "charge_daffaires",
        /// Minister.
        Minister = "minister",
        /// Minister for foreign affairs where the office is called chancellor (Canciller).
        Chancellor = "chancellor",
        /// Minister where the office is called cabinet secretary.
        CabinetSecretary = "cabinet_secretary",
        /// Minister where the office is called secretary of state.
        SecretaryOfState = "secretary_of_state",
        /// Of a ruling house.
        Prince = "prince",
        /// Sheikh or sheikha.
        Sheikh = "sheikh",
        /// Archbishop, as the Holy See sends.
        Archbishop = "archbishop",
        /// Legal adviser, counsellor, director: everybody without "Excellency".
        Official = "official",
    }
}

keyed! {
    /// How a person is spoken of; unknown where nobody said.
    Gender {
        /// As a woman.
        Female = "f",
        /// As a man.
        Male = "m",
    }
}

keyed! {
    /// Whether writer and reader are of one state.
    Relation {
        /// Of two.
        Foreign = "foreign",
        /// Of one: fewer honours, more of the office.
        Own = "own",
    }
}

keyed! {
    /// How many write.
    Writers {
        /// "We".
        Several = "several",
        /// "I".
        One = "one",
    }
}

/// The rank an office gives to whoever holds it, unless the register says another.
pub const fn rank_of(post: PostKind) -> Rank {
    match post {
        PostKind::PermanentRepresentative
        | PostKind::PermanentObserver
        | PostKind::PermanentRepresentativeGeneva
        | PostKind::DeputyPermanentRepresentative
        | PostKind::Embassy => Rank::Ambassador,
        PostKind::ForeignMinister | PostKind::JusticeMinister => Rank::Minister,
        PostKind::LegalAdviser | PostKind::LegalDepartment | PostKind::GroupCoordinator => Rank::Official,
    }
}

/// Whom a letter speaks to.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// What they are.
    pub rank: Rank,
    /// How they are spoken of.
    pub gender: Option<Gender>,
    /// As the register has it.
    pub name: Option<&'a str>,
    /// To whoever writes.
    pub relation: Relation,
}

/// How a letter speaks to its reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The line above the office; none where no name is known.
    pub line: Option<String>,
    /// What stands for the office where the rank is another than the office's own.
    pub office: Option<String>,
    /// With its comma, colon or exclamation mark.
    pub salutation: String,
    /// The last sentence.
    pub closing: String,
}

/// The rules of all languages.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct FormsOfAddress(BTreeMap<String, LanguageForms>);

/// The rules of one language.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LanguageForms {
    /// Whether somebody who speaks it from childhood has read them.
    pub checked: bool,
    end: String,
    closing: BTreeMap<Degree, BTreeMap<Writers, String>>,
    form: Vec<Form>,
}

keyed! {
    /// How high the closing sentence reaches.
    Degree {
        /// Ambassadors, ministers and above.
        Highest = "highest",
        /// Below them.
        High = "high",
        /// As to anybody.
        Plain = "plain",
    }
}

/// One rule: what is left out fits everybody.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(default)]
    rank: Vec<Rank>,
    gender: Option<Gender>,
    relation: Option<Relation>,
    named: Option<bool>,
    #[serde(default)]
    line: String,
    office: Option<String>,
    salutation: String,
    #[serde(default)]
    title: String,
    closing: Degree,
}

impl Form {
    fn fits(&self, reader: &Reader<'_>) -> bool {
        (self.rank.is_empty() || self.rank.contains(&reader.rank))
            && self.gender.is_none_or(|gender| reader.gender == Some(gender))
            && self.relation.is_none_or(|relation| reader.relation == relation)
            && self.named.is_none_or(|named| reader.name.is_some() == named)
    }
}

impl FormsOfAddress {
    /// The rules of a language, by its tag.
    pub fn in_language(&self, code: &str) -> Option<&LanguageForms> {
        self.0.get(code)
    }

    /// The tags of all languages.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl LanguageForms {
    /// How this reader is written to; none where no rule fits, which the tests of the file exclude.
    pub fn address(&self, reader: &Reader<'_>, writers: Writers) -> Option<Address> {
        let form = self.form.iter().find(|form| form.fits(reader))?;
        let name = reader.name.unwrap_or_default();
        // What is put in is not read again: a name stays a name, whatever it holds.
        let with = |text: &str, key: &str, value: &str| text.split(key).collect::<Vec<_>>().join(value);
        let said = |text: &str| with(text, "{{ name }}", name).trim().to_owned();
        let closing = self.closing.get(&form.closing)?.get(&writers)?;
        Some(Address {
            line: reader.name.map(|name| if form.line.is_empty() { name.to_owned() } else { said(&form.line) }),
            office: form.office.clone(),
            salutation: format!("{}{}", said(&form.salutation), self.end),
            closing: with(closing, "{{ title }}", &form.title),
        })
    }
}

#[cfg(test)]
#[path = "address_tests.rs"]
mod tests;
