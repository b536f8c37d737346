//! A frozen list as a document: one ordered source for every format, so that all hold the same names in the same order, with the wave, its time and its
//! hash (R21). Must not read the current list, and prints what the wave prints: a withheld name is in none.

use sea_orm::ConnectionTrait;
use serde::Serialize;

use super::waves;
use crate::{
    campaigns::Current,
    domain::{
        collation::NameOrder,
        headline::Headline,
        keyed::keyed,
        language::Language,
        signature::{SignatoryKind, UnStatus},
        wave::WaveLine,
    },
    entities::wave,
    platform::{
        Platform,
        documents::{csv::Sheet, directed::Directed, docx, xlsx},
        formats, i18n,
        typeset::Template,
    },
    states::Directory,
};

keyed! {
    /// How a list is laid out.
    Layout {
        /// One name after the other in one paragraph.
        Running = "running",
        /// A row each: name, place, kind.
        Table = "table",
        /// Two columns.
        Columns = "columns",
        /// Under the name of each country or place.
        Country = "country",
        /// Organisations, networks and individuals apart.
        Kind = "kind",
        /// As documents of the United Nations list organisations: by consultative status, under the registered name, the rest in a note (R22).
        Un = "un",
    }
}

keyed! {
    /// As what a list is handed out.
    Format {
        /// For word processors.
        Docx = "docx",
        /// Tagged PDF.
        Pdf = "pdf",
        /// A fragment to put into a page.
        Html = "html",
        /// A sheet as text.
        Csv = "csv",
        /// A workbook.
        Xlsx = "xlsx",
        /// Plain text.
        Text = "txt",
    }
}

impl Format {
    /// Whether it has to be typeset, which takes a while.
    pub(super) const fn is_typeset(self) -> bool {
        matches!(self, Self::Pdf)
    }

    /// Media type of the file.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Pdf => "application/pdf",
            Self::Html => "text/html; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Text => "text/plain; charset=utf-8",
        }
    }
}

/// What all formats print.
#[derive(Debug, Serialize)]
pub struct List {
    language: &'static str,
    /// Of Latin letters, for hyphenation and spelling: an Arabic page has none of its own.
    latin_lang: &'static str,
    dir: &'static str,
    rtl: bool,
    layout: &'static str,
    title: String,
    /// The wave and its time.
    standing: String,
    /// All that stands above the names.
    notes: Vec<String>,
    made_at: String,
    columns: [String; 3],
    sections: Vec<Section>,
    comma: String,
    semicolon: String,
}

#[derive(Debug, Serialize)]
struct Section {
    /// Empty where there is but one.
    heading: String,
    entries: Vec<Entry>,
}

#[derive(Debug, Serialize)]
struct Entry {
    name: Directed,
    original_name: Option<Directed>,
    affiliation: Option<Directed>,
    place: Directed,
    kind: String,
    #[serde(skip)]
    of: SignatoryKind,
    #[serde(skip)]
    status: Option<UnStatus>,
}

/// Reads a wave and lays it out. Two queries.
///
/// # Errors
/// When the database fails.
pub async fn read(
    db: &impl ConnectionTrait,
    (campaign, directory): (&Current, &Directory),
    wave: &wave::Model,
    language: Language,
    layout: Layout,
) -> anyhow::Result<List> {
    let lines = waves::lines(db, wave.id).await?;
    let entries: Vec<Entry> = lines.into_iter().filter_map(|line| entry(line, directory, language, layout)).collect();
    let number = i64::from(wave.number);
    let when = formats::instant(language, wave.frozen_at);
    let standing = i18n::text(language, "list-standing", &i18n::args([("wave", number.into()), ("at", when.into())]));
    let counts = waves::frozen_counts(wave);
    let withheld = counts.as_ref().map_or(0, |counts| counts.withheld);
    let hash = i18n::args([("hash", wave.content_hash.clone().into())]);
    let mut notes = vec![standing.clone()];
    notes.extend(counts.as_ref().map(|counts| in_words(counts, language, i18n::text)));
    notes.push(i18n::text(language, "list-hash", &hash));
    if withheld > 0 {
        let args = i18n::args([("count", i64::from(withheld).into())]);
        notes.push(i18n::text(language, "list-withheld", &args));
    }
    let statement = campaign.text.translations.get(&language).map(|translation| translation.title.clone());
    let title = i18n::args([("statement", statement.unwrap_or_default().into())]);
    Ok(List {
        language: language.code(),
        latin_lang: docx::latin_language(language),
        dir: language.direction(),
        rtl: language.direction() == "rtl",
        layout: match layout {
            Layout::Un => Layout::Running.key(),
            layout => layout.key(),
        },
        title: i18n::text(language, "list-title", &title),
        standing,
        notes,
        made_at: wave.frozen_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        columns: ["list-name", "list-place", "list-kind"].map(|key| i18n::word(language, key)),
        sections: arranged(entries, layout, language),
        comma: i18n::word(language, "site-comma"),
        semicolon: i18n::word(language, "site-semicolon"),
    })
}

fn entry(line: WaveLine, directory: &Directory, language: Language, layout: Layout) -> Option<Entry> {
    let name = line.printed_name?;
    let registered = line.official_name.filter(|_| layout == Layout::Un && line.un_status.is_some());
    let name = registered.unwrap_or(name);
    Some(Entry {
        status: line.un_status,
        original_name: line.original_name.filter(|own| *own != name).map(|text| Directed::of(text, language)),
        affiliation: line.affiliation.map(|text| Directed::of(text, language)),
        place: Directed::of(directory.place(line.location_label.as_deref(), line.iso3.as_deref(), language), language),
        kind: i18n::word(language, &format!("list-kind-{}", line.kind)),
        of: line.kind,
        name: Directed::of(name, language),
    })
}

/// In the order of names of the language, as the wave has them where it has no rules for one.
fn arranged(mut entries: Vec<Entry>, layout: Layout, language: Language) -> Vec<Section> {
    let order = NameOrder::new(language.code(), true).ok();
    if let Some(order) = &order {
        order.sort_by(&mut entries, |entry| &entry.name.text);
    }
    let heading_of = |entry: &Entry| match layout {
        Layout::Running | Layout::Table | Layout::Columns => String::new(),
        Layout::Country => entry.place.text.clone(),
        Layout::Kind => i18n::word(language, &format!("list-kinds-{}", entry.of)),
        Layout::Un => i18n::word(language, &format!("list-un-{}", entry.status.map_or("rest", UnStatus::key))),
    };
    let mut sections: Vec<Section> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for entry in entries {
        let heading = heading_of(&entry);
        let at = *places.entry(heading.clone()).or_insert(sections.len());
        if at == sections.len() {
            sections.push(Section { heading, entries: Vec::new() });
        }
        if let Some(section) = sections.get_mut(at) {
            section.entries.push(entry);
        }
    }
    match (layout, order) {
        (Layout::Country, Some(order)) => order.sort_by(&mut sections, |section| &section.heading),
        (Layout::Kind, _) => {
            let rank =
                |section: &Section| section.entries.first().and_then(|entry| SignatoryKind::ALL.iter().position(|kind| *kind == entry.of));
            sections.sort_by_key(rank);
        }
        // The rest comes last, as the note it is.
        (Layout::Un, _) => sections.sort_by_key(|section| {
            let status = section.entries.first().and_then(|entry| entry.status);
            UnStatus::ALL.iter().position(|class| Some(*class) == status).unwrap_or(UnStatus::ALL.len())
        }),
        _ => {}
    }
    sections
}

/// Words that everyone who signed may pass on: they are true of all, and name nobody. None where a wave has no counts.
pub(super) fn kit(wave: &wave::Model, campaign: &Current, language: Language) -> Option<String> {
    let counts = in_words(&waves::frozen_counts(wave)?, language, i18n::plain);
    let statement = campaign.text.translations.get(&language)?.title.clone();
    Some(i18n::plain(language, "wave-kit-text", &i18n::args([("statement", statement.into()), ("counts", counts.into())])))
}

/// With marks of direction round what is put in, or without, for words that people copy.
type Say = fn(Language, &str, &i18n::Args) -> String;

/// "471 organisations and 80 individuals from 161 countries, as of 25 November 2026".
fn in_words(counts: &Headline, language: Language, say: Say) -> String {
    let count = |key: &str, count: u32| {
        let shown = formats::number(language, i64::from(count));
        say(language, key, &i18n::args([("count", i64::from(count).into()), ("shown", shown.into())]))
    };
    let organisations = count("site-count-organisations", counts.organisations);
    let individuals = count("site-count-individuals", counts.individuals);
    let countries = count("site-count-countries", counts.countries);
    let as_of = say(language, "site-as-of", &i18n::args([("when", formats::instant(language, counts.as_of).into())]));
    let counted = match (counts.organisations, counts.individuals) {
        (_, 0) => say(language, "site-count-one", &i18n::args([("first", organisations.into()), ("third", countries.into())])),
        (0, _) => say(language, "site-count-one", &i18n::args([("first", individuals.into()), ("third", countries.into())])),
        _ => {
            let args = [("first", organisations.into()), ("second", individuals.into()), ("third", countries.into())];
            say(language, "site-count-both", &i18n::args(args))
        }
    };
    format!("{counted} {as_of}")
}

/// The list as a file.
///
/// # Errors
/// When a template has a fault or the typesetter refuses.
pub async fn write(platform: &Platform, list: &List, language: Language, format: Format) -> anyhow::Result<Vec<u8>> {
    let templates = &platform.site.templates;
    Ok(match format {
        Format::Html => templates.render("documents/list.html", language, list)?.into_bytes(),
        Format::Text => templates.render("documents/list.txt", language, list)?.into_bytes(),
        Format::Docx => docx::package(docx::Parts {
            document: &templates.render("documents/list_document.xml", language, list)?,
            styles: &templates.render("documents/list_styles.xml", language, list)?,
            core: &templates.render("documents/core.xml", language, list)?,
        })?,
        Format::Pdf => {
            let stamp = list.made_at.parse()?;
            platform.typesetter.typeset(Template::List, list, stamp).await?.pdf
        }
        Format::Csv => {
            let mut sheet = Sheet::new(true);
            sheet.row([&list.title])?;
            for note in &list.notes {
                sheet.row([note])?;
            }
            sheet.row(list.heads())?;
            for row in list.rows() {
                sheet.row(row)?;
            }
            sheet.take()?
        }
        Format::Xlsx => {
            let widths = [48.0, 32.0, 32.0, 28.0, 18.0];
            let heads = list.heads();
            let columns: Vec<(&str, f64)> = heads.iter().map(String::as_str).zip(widths).collect();
            xlsx::workbook(xlsx::Table { title: &list.title, notes: &list.notes, columns: &columns, rtl: list.rtl }, list.rows())?
        }
    })
}

impl List {
    /// How many names it prints.
    pub(super) fn names(&self) -> usize {
        self.sections.iter().map(|section| section.entries.len()).sum()
    }

    fn heads(&self) -> [String; 5] {
        let language = Language::of_interface(self.language).unwrap_or_default();
        let [name, place, kind] = self.columns.clone();
        [name, i18n::word(language, "list-original-name"), i18n::word(language, "list-affiliation"), place, kind]
    }

    fn rows(&self) -> impl Iterator<Item = Vec<&str>> {
        fn text(part: Option<&Directed>) -> &str {
            part.map_or("", |part| part.text.as_str())
        }
        self.sections.iter().flat_map(|section| &section.entries).map(|entry| {
            vec![
                entry.name.text.as_str(),
                text(entry.original_name.as_ref()),
                text(entry.affiliation.as_ref()),
                entry.place.text.as_str(),
                entry.kind.as_str(),
            ]
        })
    }
}
