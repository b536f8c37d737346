//! Whether two signatories are perhaps one, with the reasons in words (R11). A proposal for a person to decide on; must not merge anything.

use super::{
    identity::{Form, Identity, Script},
    keyed::keyed,
    romanised::{Word, alike},
};

keyed! {
    /// Why two signatories are shown side by side, or what speaks against it.
    Reason {
        /// One name, but for case, accents, punctuation, legal form and article.
        SameName = "same_name",
        /// The same words in another order, spelling or translation of common words.
        SameWords = "same_words",
        /// The same, once both are in Latin letters.
        SameTransliterated = "same_transliterated",
        /// Much of the name is the same.
        NamesAlike = "names_alike",
        /// Much of the name is the same, once both are in Latin letters.
        AlikeTransliterated = "alike_transliterated",
        /// One name holds the other.
        NameWithin = "name_within",
        /// Both give the same acronym.
        SameAcronym = "same_acronym",
        /// One is called by what the initials of the other give.
        Initials = "initials",
        /// A web site or mailbox at the same domain.
        SameDomain = "same_domain",
        /// The same country.
        SameCountry = "same_country",
        /// Against it: two countries.
        OtherCountry = "other_country",
        /// Against it: each has a domain of its own.
        OtherDomain = "other_domain",
        /// Against it: one names its country, of the other none is known; it may be a section.
        Section = "section",
    }
}

impl Reason {
    /// Whether it speaks for one signatory.
    pub const fn speaks_for(self) -> bool {
        !matches!(self, Self::OtherCountry | Self::OtherDomain | Self::Section)
    }
}

/// From here on a pair is shown to a person. Tenths of a point.
pub const PROPOSED: i32 = 40;
/// From here on it is likely.
pub const LIKELY: i32 = 55;
/// From here on it is almost certain.
pub const CERTAIN: i32 = 70;

/// How much two signatories look like one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resemblance {
    /// In tenths of a point; [`PROPOSED`] and above is shown.
    pub score: i32,
    /// For and against, the strongest first.
    pub reasons: Vec<Reason>,
}

impl Resemblance {
    /// Whether a person should look.
    pub fn is_proposed(&self) -> bool {
        self.score >= PROPOSED
    }
}

/// What two forms of a name have in common.
#[derive(Clone, Copy, Default)]
struct Overlap {
    /// Of both, from 0 to 1, by weight.
    shared: f64,
    /// Of the shorter one.
    within: f64,
    /// Some word that tells is shared.
    telling: bool,
    /// All words that tell are shared.
    all_telling: bool,
}

/// Compares two signatories. A person and an organisation never look like one.
pub fn compare(one: &Identity, other: &Identity) -> Resemblance {
    if one.individual != other.individual {
        return Resemblance { score: 0, reasons: Vec::new() };
    }
    let (mut score, mut reasons) = names(one, other);
    let comparable = one.forms.iter().any(|form| other.forms.iter().any(|theirs| form.script == theirs.script));
    let unlike = score == 0;
    if !one.individual {
        let (points, reason) = acronyms(one, other, unlike);
        score += points;
        reasons.extend(reason);
    }
    let same_country = matches!((&one.iso3, &other.iso3), (Some(one), Some(other)) if one == other);
    match one.shares_domain_with(other) {
        // Colleagues share a domain.
        Some(_) if one.individual => score += if unlike { 0 } else { 10 },
        Some(domain) if domain.shared_by_institutes => {
            score += 10;
            reasons.push(Reason::SameDomain);
        }
        Some(_) => {
            score += 45;
            reasons.push(Reason::SameDomain);
        }
        None if one.site.is_some() && other.site.is_some() => {
            score -= 10;
            reasons.push(Reason::OtherDomain);
        }
        None => {}
    }
    let by_domain = reasons.contains(&Reason::SameDomain);
    let by_acronym = reasons.iter().any(|reason| matches!(reason, Reason::Initials | Reason::SameAcronym));
    if unlike && comparable && !by_acronym {
        // A new name for an old house has its domain still; without that, names that differ tell two houses.
        score -= if by_domain { 5 } else { 15 };
    }
    match (&one.iso3, &other.iso3) {
        (Some(_), Some(_)) if same_country => {
            score += 10;
            reasons.push(Reason::SameCountry);
        }
        (Some(_), Some(_)) => {
            score -= 50;
            reasons.push(Reason::OtherCountry);
        }
        (None, Some(_)) if other.names_country && !one.names_country => {
            score -= 25;
            reasons.push(Reason::Section);
        }
        (Some(_), None) if one.names_country && !other.names_country => {
            score -= 25;
            reasons.push(Reason::Section);
        }
        _ => {}
    }
    Resemblance { score, reasons }
}

/// The best of all pairs of forms.
fn names(one: &Identity, other: &Identity) -> (i32, Vec<Reason>) {
    let pairs = one.forms.iter().flat_map(|form| other.forms.iter().map(move |theirs| (form, theirs)));
    let judged = pairs.map(|(form, theirs)| name_pair(form, theirs, one.individual));
    judged.max_by_key(|(score, _)| *score).unwrap_or_default()
}

fn name_pair(one: &Form, other: &Form, individual: bool) -> (i32, Vec<Reason>) {
    let partial = one.partial || other.partial;
    let tells = |form: &Form| form.words.iter().any(Word::tells);
    if one.key == other.key {
        return if partial {
            (30, vec![Reason::NameWithin])
        } else {
            // "Human Rights Centre" is many houses' name.
            (if tells(one) { 60 } else { 40 }, vec![Reason::SameName])
        };
    }
    let same_script = one.script == Script::Latin && other.script == Script::Latin || one.script == other.script && both_other(one, other);
    let overlap = overlap(&one.words, &other.words);
    let same_unspaced = unspaced(one) == unspaced(other);
    let joined = one.joined.len() > 5 && one.joined == other.joined;
    let (score, reason) = match overlap.shared {
        shared if same_unspaced || joined && shared > 0.3 => (45, Reason::SameWords),
        shared if shared >= 0.9 => (if tells(one) { 50 } else { 40 }, Reason::SameWords),
        _ if individual => return (0, Vec::new()),
        shared if !overlap.telling && shared >= 0.7 => (if same_script { 30 } else { 40 }, Reason::NamesAlike),
        _ if !overlap.telling => (0, Reason::NamesAlike),
        _ if overlap.all_telling && one.words.len() <= 2 && other.words.len() <= 2 => (30, Reason::NamesAlike),
        // In two scripts no two spellings agree better than that.
        shared if shared >= 0.75 => (if same_script { 35 } else { 45 }, Reason::NamesAlike),
        shared if shared >= 0.6 => (if same_script { 25 } else { 30 }, Reason::NamesAlike),
        shared if shared >= 0.45 => (10, Reason::NamesAlike),
        _ => (0, Reason::NamesAlike),
    };
    let reason = match reason {
        Reason::SameWords if !same_script => Reason::SameTransliterated,
        Reason::NamesAlike if !same_script => Reason::AlikeTransliterated,
        reason => reason,
    };
    let within = !individual && overlap.telling && overlap.within >= 0.9 && overlap.shared < 0.9;
    let (mut score, mut reasons) = (score, if score > 0 { vec![reason] } else { Vec::new() });
    if within {
        // "Al-Haq" and "Al-Haq, Law in the Service of Man".
        let begins = one.words.iter().zip(&other.words).all(|(mine, theirs)| mine.latin == theirs.latin);
        score = if begins { score.max(15) + 15 } else { score + 15 };
        reasons.push(Reason::NameWithin);
    }
    (if partial { score.min(25) } else { score }, reasons)
}

/// "Article 19" and "Article19".
fn unspaced(form: &Form) -> String {
    form.key.split(' ').collect()
}

/// Two names in scripts other than the Latin: of one script when their first letters are near each other.
fn both_other(one: &Form, other: &Form) -> bool {
    let block = |form: &Form| form.key.chars().find(|c| c.is_alphabetic()).map(|c| u32::from(c) / 0x400);
    block(one) == block(other)
}

fn overlap(one: &[Word], other: &[Word]) -> Overlap {
    let mut pairs: Vec<(f64, usize, usize)> = one
        .iter()
        .enumerate()
        .flat_map(|(at, word)| other.iter().enumerate().map(move |(place, theirs)| (alike(word, theirs), at, place)))
        .filter(|(alike, ..)| *alike > 0.0)
        .collect();
    pairs.sort_by(|one, other| other.0.total_cmp(&one.0));
    let (mut taken, mut given) = (vec![false; one.len()], vec![false; other.len()]);
    let (mut matched, mut telling) = (0.0, 0);
    for (alike, at, place) in pairs {
        let (Some(mine), Some(theirs)) = (taken.get_mut(at), given.get_mut(place)) else { continue };
        let (Some(word), false, false) = (one.get(at), *mine, *theirs) else { continue };
        (*mine, *theirs) = (true, true);
        matched += alike * word.weight;
        telling += usize::from(word.tells());
    }
    let weight = |words: &[Word]| words.iter().map(|word| word.weight).sum::<f64>();
    let (mine, theirs) = (weight(one), weight(other));
    let union = mine + theirs - matched;
    if union <= 0.0 || mine.min(theirs) <= 0.0 {
        return Overlap::default();
    }
    let tells = |words: &[Word]| words.iter().filter(|word| word.tells()).count();
    let all_telling = telling > 0 && tells(one) == telling && tells(other) == telling;
    Overlap { shared: matched / union, within: matched / mine.min(theirs), telling: telling > 0, all_telling }
}

/// Points for acronyms; where the names are alike already they add little.
fn acronyms(one: &Identity, other: &Identity, unlike: bool) -> (i32, Option<Reason>) {
    if let Some(shared) = one.acronyms.iter().find(|acronym| other.acronyms.contains(*acronym)) {
        let points = match shared.len() {
            ..=3 => 15,
            _ if unlike => 40,
            _ => 20,
        };
        return (if unlike && shared.len() == 3 { 30 } else { points }, Some(Reason::SameAcronym));
    }
    let stands_for = |short: &Identity, long: &Identity| short.acronyms.iter().find(|acronym| long.initials.contains(*acronym)).cloned();
    let alone = [(one, other), (other, one)].into_iter().find_map(|(short, long)| {
        let acronym = stands_for(short, long)?;
        Some((acronym.len(), short.acronym_only))
    });
    match alone {
        Some((3, true)) => (40, Some(Reason::Initials)),
        Some((4.., true)) if unlike => (50, Some(Reason::Initials)),
        Some((3.., _)) => (5, Some(Reason::Initials)),
        _ => (0, None),
    }
}

#[cfg(test)]
#[path = "resemblance_tests.rs"]
mod tests;
