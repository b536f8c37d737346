//! What a signatory is recognised by: its names taken apart, its acronyms, its domains, and the keys under which another of the same is found without
//! comparing all with all (R11). Must not decide whether two are one: that is `resemblance`, and then a person.

use std::collections::BTreeSet;

use super::{
    name::name_key,
    name_words::FILLERS,
    romanised::{self, Word, latin, words},
    signature::SignatoryKind,
    web_domain::OwnDomain,
};

/// The number of these rules. Whoever keeps keys makes them anew when it changes.
pub const RULE: i32 = 1;

/// What is known of a signatory.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Organisation, network or individual.
    pub kind: SignatoryKind,
    /// All its names, the printed one first.
    pub names: &'a [&'a str],
    /// As typed.
    pub acronym: Option<&'a str>,
    /// As typed.
    pub website: Option<&'a str>,
    /// The part of the contact's address after the `@`.
    pub mail_domain: Option<&'a str>,
    /// Where it is.
    pub iso3: Option<&'a str>,
    /// Names of that state, in as many languages as are known: in a name they say little.
    pub country_names: &'a [&'a str],
}

/// One form of a name.
#[derive(Clone, Debug)]
pub(super) struct Form {
    pub(super) key: String,
    pub(super) words: Vec<Word>,
    /// What tells it from others, written without a space.
    pub(super) joined: String,
    pub(super) script: Script,
    /// Only what stands before a subtitle.
    pub(super) partial: bool,
}

/// Names in one script can be held against each other letter by letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    Latin,
    Other,
}

/// A signatory as it is compared.
#[derive(Clone, Debug)]
pub struct Identity {
    pub(super) individual: bool,
    pub(super) forms: Vec<Form>,
    /// Acronyms it gives itself.
    pub(super) acronyms: BTreeSet<String>,
    /// Acronyms its names would give.
    pub(super) initials: BTreeSet<String>,
    /// It is called by its acronym and nothing else.
    pub(super) acronym_only: bool,
    pub(super) site: Option<OwnDomain>,
    pub(super) mailbox: Option<OwnDomain>,
    pub(super) iso3: Option<String>,
    /// A name says where it is.
    pub(super) names_country: bool,
}

impl Identity {
    /// Takes apart what is known.
    pub fn of(facts: &Facts<'_>) -> Self {
        let individual = facts.kind == SignatoryKind::Individual;
        let countries: Vec<String> = facts.country_names.iter().flat_map(|name| romanised::country(name)).collect();
        let mut identity = Self {
            individual,
            forms: Vec::new(),
            acronyms: facts.acronym.map(latin).into_iter().filter(|acronym| acronym.len() > 1).collect(),
            initials: BTreeSet::new(),
            acronym_only: false,
            site: facts.website.and_then(OwnDomain::of_site),
            mailbox: facts.mail_domain.and_then(OwnDomain::of_mailbox),
            iso3: facts.iso3.filter(|iso3| !iso3.is_empty()).map(str::to_owned),
            names_country: false,
        };
        for name in facts.names {
            if individual { identity.add_form(name, &countries, false) } else { identity.add_name(name, &countries) }
        }
        identity.acronym_only = identity.forms.is_empty() && !identity.acronyms.is_empty();
        identity.names_country = identity.forms.iter().any(|form| form.words.iter().any(|word| word.of_country));
        if identity.acronym_only {
            for name in facts.names {
                identity.add_form(name, &countries, false);
            }
        }
        identity
    }

    fn add_name(&mut self, name: &str, countries: &[String]) {
        let (outside, inside) = apart(name);
        let mut parts: Vec<&str> = outside.split([':', '–', '—', '|', ',']).flat_map(|part| part.split("--")).map(str::trim).collect();
        parts.retain(|part| !part.is_empty());
        let is_own = |part: &str| is_acronym(part) && !countries.contains(&latin(part));
        // In a name all in capitals every short part would look like one.
        let shouted = !name.chars().any(char::is_lowercase) && parts.len() > 1;
        let (acronyms, rest): (Vec<&str>, Vec<&str>) =
            parts.iter().flat_map(|part| part.split(" - ")).partition(|part| !shouted && is_own(part));
        let (bracketed, qualifiers): (Vec<&String>, Vec<&String>) = inside.iter().partition(|part| is_own(part));
        self.acronyms.extend(acronyms.into_iter().chain(bracketed.into_iter().map(String::as_str)).map(latin));
        let whole = rest.join(" ");
        let with_brackets = qualifiers.into_iter().fold(whole.clone(), |whole, part| format!("{whole} {part}"));
        self.add_form(&with_brackets, countries, false);
        if with_brackets != whole {
            self.add_form(&whole, countries, true);
        }
        if let (Some((title, _)), true) = (outside.split_once(':'), rest.len() > 1) {
            self.add_form(title, countries, true);
        }
    }

    fn add_form(&mut self, name: &str, countries: &[String], partial: bool) {
        let key = name_key(name);
        if key.is_empty() || self.forms.iter().any(|form| form.key == key) {
            return;
        }
        let words = words(name, countries);
        if !partial && !self.individual {
            self.add_initials(&key);
        }
        let joined = words.iter().filter(|word| word.tells()).map(|word| word.latin.as_str()).collect();
        let script = if name.chars().filter(|c| c.is_alphabetic()).all(is_latin) { Script::Latin } else { Script::Other };
        self.forms.push(Form { key, words, joined, script, partial });
    }

    fn add_initials(&mut self, key: &str) {
        let initial = |word: &&str| latin(word).chars().next();
        let all: Vec<&str> = key.split_whitespace().collect();
        let weighty = all.iter().filter(|word| !FILLERS.contains(word)).filter_map(initial).collect::<String>();
        let whole = all.iter().filter_map(initial).collect::<String>();
        self.initials.extend([weighty, whole].into_iter().filter(|initials| (3..=10).contains(&initials.len())));
    }

    /// The keys under which others of the same may be found. Two signatories without a common key are never compared. Some ten of a name; they hold
    /// the name in the clear and are to be kept as keyed marks only.
    pub fn keys(&self) -> BTreeSet<String> {
        let mut keys = BTreeSet::new();
        for form in &self.forms {
            keys.insert(format!("n {}", form.key.split(' ').collect::<String>()));
            let sorted = |tells_only: bool| {
                let mut sounds: Vec<&str> =
                    form.words.iter().filter(|word| word.tells() || !tells_only).map(|word| word.sounds.as_str()).collect();
                sounds.sort_unstable();
                sounds.dedup();
                sounds
            };
            let telling = sorted(true);
            if telling.is_empty() {
                let shared = sorted(false);
                keys.insert(format!("w {}", shared.join(" ")));
                if shared.len() > 2 {
                    keys.extend((0..shared.len()).map(|left_out| format!("w {}", without(&shared, left_out).join(" "))));
                }
                continue;
            }
            keys.insert(format!("t {}", telling.join(" ")));
            let joined = telling_sounds(form);
            if joined.len() > 5 {
                keys.insert(format!("j {joined}"));
            }
            // A name and its explanation: "Al-Haq, Law in the Service of Man".
            if let Some(first) = form.words.iter().find(|word| word.tells()).filter(|first| first.latin.len() > 2 && !self.individual) {
                keys.insert(format!("t {}", first.sounds));
            }
            // One word more, fewer or misspelled.
            if telling.len() >= 2 {
                for left_out in 0..telling.len() {
                    let kept = without(&telling, left_out);
                    // Alone, a short word or a person's name would find half the list.
                    let alone = kept.len() == 1;
                    if !alone || (!self.individual && kept.iter().all(|sound| sound.len() >= 3)) {
                        keys.insert(format!("t {}", kept.join(" ")));
                    }
                }
            }
        }
        if self.individual {
            return keys.into_iter().map(|key| format!("person {key}")).collect();
        }
        for domain in [&self.site, &self.mailbox].into_iter().flatten() {
            keys.insert(format!("d {}", domain.as_str()));
        }
        for acronym in self.acronyms.iter().chain(&self.initials) {
            match acronym.len() {
                0..=2 => false,
                // Three letters are many names: those of one country.
                3 => keys.insert(format!("a {acronym} {}", self.iso3.as_deref().unwrap_or_default())),
                _ => keys.insert(format!("a {acronym}")),
            };
        }
        keys
    }

    pub(super) fn shares_domain_with(&self, other: &Self) -> Option<&OwnDomain> {
        let mine = [&self.site, &self.mailbox].into_iter().flatten();
        mine.into_iter().find(|domain| [&other.site, &other.mailbox].into_iter().flatten().any(|theirs| theirs == *domain))
    }
}

fn without<'a>(words: &[&'a str], left_out: usize) -> Vec<&'a str> {
    words.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, word)| *word).collect()
}

fn telling_sounds(form: &Form) -> String {
    let mut joined = String::new();
    for sound in form.words.iter().filter(|word| word.tells()).flat_map(|word| word.sounds.chars()) {
        if !joined.ends_with(sound) {
            joined.push(sound);
        }
    }
    joined
}

/// What stands outside brackets, and what stands in each.
fn apart(name: &str) -> (String, Vec<String>) {
    let (mut outside, mut inside, mut depth) = (String::new(), Vec::<String>::new(), 0_usize);
    for character in name.chars() {
        match character {
            '(' | '（' | '[' | '【' => {
                depth += 1;
                inside.push(String::new());
                outside.push(' ');
            }
            ')' | '）' | ']' | '】' => depth = depth.saturating_sub(1),
            _ => match inside.last_mut().filter(|_| depth > 0) {
                Some(within) => within.push(character),
                None => outside.push(character),
            },
        }
    }
    inside.retain(|within| within.chars().any(char::is_alphanumeric));
    (outside, inside)
}

/// One word of two to twelve letters, most of them capitals.
fn is_acronym(text: &str) -> bool {
    let letters: Vec<char> = text.trim().chars().filter(|c| !matches!(c, '.' | '-' | '’' | '\'')).collect();
    let capitals = letters.iter().filter(|c| c.is_uppercase()).count();
    (2..=12).contains(&letters.len()) && letters.iter().all(|c| c.is_alphanumeric()) && capitals >= 2 && capitals * 10 >= letters.len() * 6
}

fn is_latin(character: char) -> bool {
    matches!(character, 'a'..='z' | 'A'..='Z' | '\u{AA}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' | '\u{2BB}'..='\u{2BF}' | '\u{FF21}'..='\u{FF5A}')
}
