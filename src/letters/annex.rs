//! The annex of signers: one wave, the addressee's own country first, then its region, then everybody (R38). A character that
//! no font here shows is left out of a name; the checks say so before anybody approves. Must name nobody the wave does not.

use std::collections::HashSet;

use super::punctuation::{colon, full_stop};
use crate::{
    domain::{headline::Headline, language::Language, phrase, wave::WaveLine, wording::LetterWords},
    platform::{
        formats,
        typeset::{
            Typesetter,
            letter::{Annex, AnnexEntry, AnnexSection},
        },
    },
    states::{Directory, directory::StateEntry},
};

/// The annex of a letter to `state`, or of one to all states; none when the campaign gives governments no names.
pub fn annex(
    words: &LetterWords,
    lines: &[WaveLine],
    counts: &Headline,
    state: Option<&StateEntry>,
    directory: &Directory,
    language: Language,
    typesetter: &Typesetter,
) -> Option<Annex> {
    let labels = words.labels.languages.get(&language)?;
    let label = |key: &str| labels.page.get(key).cloned().unwrap_or_default();
    let date = formats::day(language, counts.as_of.date_naive());
    let count = formats::number(language, i64::from(counts.withheld));
    let fill = |text: String| {
        phrase::fill(&text, |name| match name {
            "wave.date" => Some(date.as_str()),
            "count" => Some(count.as_str()),
            _ => None,
        })
    };
    let named: Vec<&WaveLine> = lines.iter().filter(|line| line.printed_name.is_some()).collect();
    // Somebody who chose another label than the country is not sorted under the country.
    let country = |line: &&&WaveLine| {
        line.location_label.is_none() && line.iso3.is_some() && line.iso3.as_deref() == state.map(|state| state.iso3.as_str())
    };
    let own: Vec<&WaveLine> = named.iter().filter(country).copied().collect();
    let neighbours: HashSet<&str> = directory
        .states()
        .iter()
        .filter(|other| state.is_some_and(|state| !state.region.is_empty() && other.region == state.region && other.iso3 != state.iso3))
        .map(|other| other.iso3.as_str())
        .collect();
    let near: Vec<&WaveLine> = named
        .iter()
        .filter(|line| line.location_label.is_none() && line.iso3.as_deref().is_some_and(|iso3| neighbours.contains(iso3)))
        .copied()
        .collect();
    let listed: HashSet<_> = own.iter().chain(&near).map(|line| line.signature_id).collect();
    let others: Vec<&WaveLine> = named.iter().filter(|line| !listed.contains(&line.signature_id)).copied().collect();
    let alone = own.is_empty() && near.is_empty();
    let sections = [("from_country", own), ("from_region", near), (if alone { "all" } else { "others" }, others)];
    let numbers = [("organisations", counts.organisations), ("individuals", counts.individuals)];
    let numbers =
        numbers.map(|(key, count)| format!("{}{}{}", label(key), colon(language), formats::number(language, i64::from(count)))).join(" · ");
    Some(Annex {
        title: label("annex_title"),
        counts: format!("{numbers}{}{}", full_stop(language), fill(label("annex_intro")).ok()?),
        sections: sections
            .into_iter()
            .filter(|(_, lines)| !lines.is_empty())
            .map(|(key, lines)| AnnexSection {
                heading: label(key),
                entries: lines.into_iter().map(|line| entry(line, directory, language, typesetter)).collect(),
            })
            .collect(),
        withheld: (counts.withheld > 0).then(|| fill(label("withheld")).ok()).flatten(),
    })
}

fn entry(line: &WaveLine, directory: &Directory, language: Language, typesetter: &Typesetter) -> AnnexEntry {
    let set = |text: &Option<String>| text.as_deref().map(|text| typesetter.settable(text).into_owned());
    let name = set(&line.printed_name).unwrap_or_default();
    AnnexEntry {
        original_name: set(&line.original_name).filter(|own| *own != name).unwrap_or_default(),
        place: directory.place(set(&line.location_label).as_deref(), line.iso3.as_deref(), language),
        affiliation: set(&line.affiliation).unwrap_or_default(),
        name,
    }
}

/// The printed names, and what stands beside them, that cannot be set as they were given.
pub fn unsettable<'a>(lines: &'a [WaveLine], typesetter: &Typesetter) -> Vec<&'a str> {
    let shown = lines.iter().filter(|line| line.printed_name.is_some());
    let parts = shown.flat_map(|line| [&line.printed_name, &line.original_name, &line.affiliation, &line.location_label]);
    parts.filter_map(|part| part.as_deref()).filter(|part| !typesetter.uncovered(part).is_empty()).collect()
}
