//! Frozen lists: their canonical form, its hash, and what changed between two (R9). The canonical form holds nothing that the public
//! list does not: of a withheld signature its kind, of one in the grand total only its place. Must not read the current list.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    headline::Headline,
    signature::{SignatoryKind, UnStatus, Visibility},
};

/// One line of a wave, as it was printed that day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaveLine {
    /// The signature behind it.
    pub signature_id: Uuid,
    /// The kind of signatory.
    pub kind: SignatoryKind,
    /// How visible it was.
    pub visibility: Visibility,
    /// The printed name; `None` unless named.
    pub printed_name: Option<String>,
    /// The name in its own script.
    pub original_name: Option<String>,
    /// An individual's affiliation.
    pub affiliation: Option<String>,
    /// The label the signer chose.
    pub location_label: Option<String>,
    /// The country, for statistics.
    pub iso3: Option<String>,
    /// Consultative status of a named one.
    pub un_status: Option<UnStatus>,
    /// The registered name of a named one.
    pub official_name: Option<String>,
}

/// What a wave freezes beside its lines.
#[derive(Clone, Copy, Debug)]
pub struct WaveHead<'a> {
    /// The campaign's slug.
    pub campaign: &'a str,
    /// The wave's number.
    pub number: i32,
    /// The content hash of the authoritative text that was signed.
    pub text_hash: &'a str,
    /// The numbers of that moment; their `as_of` is the moment of freezing.
    pub counts: &'a Headline,
}

/// The canonical form: one line per fact, fields parted by tabs, in the order of the list. Anyone can rebuild it from the public list.
pub fn canonical(head: WaveHead<'_>, lines: &[WaveLine]) -> String {
    let counts = head.counts;
    // A list without any of the two has the form it had before there were these fields, and its hash.
    let registered = lines.iter().any(|line| line.un_status.is_some() || line.official_name.is_some());
    let form = if registered { 2 } else { 1 };
    let mut text = format!(
        "demarche wave {form}\ncampaign\t{}\nnumber\t{}\ntext\t{}\nfrozen\t{}\norganisations\t{}\nnetworks\t{}\nindividuals\t{}\nwithheld\t{}\ntotal\t{}\n",
        escaped(head.campaign),
        head.number,
        escaped(head.text_hash),
        counts.as_of.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
        counts.organisations,
        counts.networks,
        counts.individuals,
        counts.withheld,
        counts.total,
    );
    for line in lines {
        let fields: [&str; 8] = match line.visibility {
            Visibility::Named => [
                line.kind.key(),
                line.printed_name.as_deref().unwrap_or_default(),
                line.original_name.as_deref().unwrap_or_default(),
                line.affiliation.as_deref().unwrap_or_default(),
                line.location_label.as_deref().unwrap_or_default(),
                line.iso3.as_deref().unwrap_or_default(),
                line.official_name.as_deref().unwrap_or_default(),
                line.un_status.map_or("", UnStatus::key),
            ],
            Visibility::Withheld => [line.kind.key(), "", "", "", "", "", "", ""],
            Visibility::TotalOnly => [""; 8],
        };
        text.push_str(line.visibility.key());
        for field in fields.into_iter().take(if registered { 8 } else { 6 }) {
            text.push('\t');
            text.push_str(&escaped(field));
        }
        text.push('\n');
    }
    text
}

/// The SHA-256 of the canonical form, in hexadecimal.
pub fn wave_hash(head: WaveHead<'_>, lines: &[WaveLine]) -> String {
    hex::encode(Sha256::digest(canonical(head, lines).as_bytes()))
}

/// A field cannot break its line, whatever it holds.
fn escaped(field: &str) -> String {
    let mut safe = String::with_capacity(field.len());
    for character in field.chars() {
        match character {
            '\\' => safe.push_str("\\\\"),
            '\t' => safe.push_str("\\t"),
            '\n' => safe.push_str("\\n"),
            '\r' => safe.push_str("\\r"),
            other => safe.push(other),
        }
    }
    safe
}

/// What changed from one wave to a later one.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct WaveDifference<'a> {
    /// Only in the later one.
    pub joined: Vec<&'a WaveLine>,
    /// Only in the earlier one.
    pub left: Vec<&'a WaveLine>,
    /// In both, printed otherwise: before and after.
    pub changed: Vec<(&'a WaveLine, &'a WaveLine)>,
}

/// Compares two waves, each in its own order.
pub fn difference<'a>(earlier: &'a [WaveLine], later: &'a [WaveLine]) -> WaveDifference<'a> {
    let mut before: HashMap<Uuid, &WaveLine> = earlier.iter().map(|line| (line.signature_id, line)).collect();
    let mut found = WaveDifference::default();
    for line in later {
        match before.remove(&line.signature_id) {
            None => found.joined.push(line),
            Some(old) if old != line => found.changed.push((old, line)),
            Some(_) => {}
        }
    }
    found.left = earlier.iter().filter(|line| before.contains_key(&line.signature_id)).collect();
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use chrono::DateTime;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::headline::headline;

    fn line(id: u128, name: &str) -> WaveLine {
        WaveLine {
            signature_id: Uuid::from_u128(id),
            kind: SignatoryKind::Organisation,
            visibility: Visibility::Named,
            printed_name: Some(name.to_owned()),
            original_name: None,
            affiliation: None,
            location_label: None,
            iso3: Some("KEN".to_owned()),
            un_status: None,
            official_name: None,
        }
    }

    fn hash(lines: &[WaveLine]) -> String {
        let counts = headline(&[], |_| None, 5, DateTime::UNIX_EPOCH);
        wave_hash(WaveHead { campaign: "demo", number: 1, text_hash: "abc", counts: &counts }, lines)
    }

    #[test]
    fn changing_one_name_or_the_order_changes_the_hash() {
        let list = [line(1, "Alpha"), line(2, "Beta")];
        assert_eq!(hash(&list), hash(&list.clone()));
        assert_ne!(hash(&list), hash(&[line(1, "Alpha"), line(2, "Bêta")]));
        assert_ne!(hash(&list), hash(&[line(2, "Beta"), line(1, "Alpha")]));
        assert_ne!(hash(&list), hash(&list[..1]));
    }

    /// R14
    #[test]
    fn the_canonical_form_holds_no_withheld_name_and_no_place_of_one() {
        let mut hidden = line(1, "SECRET");
        for visibility in [Visibility::Withheld, Visibility::TotalOnly] {
            hidden.visibility = visibility;
            hidden.location_label = Some("SECRET".to_owned());
            let counts = headline(&[], |_| None, 5, DateTime::UNIX_EPOCH);
            let text =
                canonical(WaveHead { campaign: "demo", number: 1, text_hash: "abc", counts: &counts }, std::slice::from_ref(&hidden));
            assert!(!text.contains("SECRET") && !text.contains("KEN"), "{text}");
        }
    }

    #[test]
    fn no_name_can_pass_for_two_lines() {
        assert_ne!(hash(&[line(1, "A\nnamed\torganisation\tB\t\t\t\tKEN")]), hash(&[line(1, "A"), line(2, "B")]));
    }

    /// R9, R19
    #[test]
    fn the_difference_tells_who_joined_who_left_and_who_is_printed_otherwise() {
        let earlier = [line(1, "Alpha"), line(2, "Beta"), line(3, "Gamma")];
        let later = [line(3, "Gamma"), line(2, "Beta International"), line(4, "Delta")];
        let found = difference(&earlier, &later);
        assert_eq!(found.joined, [&later[2]]);
        assert_eq!(found.left, [&earlier[0]]);
        assert_eq!(found.changed, [(&earlier[1], &later[1])]);
    }

    proptest! {
        #[test]
        fn the_difference_carries_one_list_into_the_other(a in prop::collection::btree_set(0_u128..30, 0..20), b in prop::collection::btree_set(0_u128..30, 0..20)) {
            let earlier: Vec<_> = a.iter().map(|id| line(*id, "X")).collect();
            let later: Vec<_> = b.iter().map(|id| line(*id, "X")).collect();
            let found = difference(&earlier, &later);
            prop_assert_eq!(earlier.len() + found.joined.len() - found.left.len(), later.len());
            prop_assert!(difference(&later, &later) == WaveDifference::default());
        }
    }
}
