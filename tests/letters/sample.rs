//! Letters to try the page with: the demo campaign's own words in each language, every slot filled with its longest text, to the state
//! with the longest name, so that what fits here fits everywhere. Choosing blocks for a real state is tested elsewhere.

use std::{collections::BTreeMap, fs, path::Path};

use demarche::{
    domain::language::Language,
    platform::typeset::{
        LetterPage,
        letter::{Annex, AnnexEntry, AnnexSection, Asks, Labelled, LabelledList, Letterhead, Signature},
    },
};
use toml::{Table, Value};

fn shipped(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(path)).unwrap()
}

fn table(path: &str) -> Table {
    shipped(path).parse().unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// One column of the reference facts, longest value first.
fn longest(column: &str) -> String {
    let facts = shipped("data/states.csv");
    let mut rows = csv::Reader::from_reader(facts.as_bytes());
    let at = rows.headers().unwrap().iter().position(|name| name == column).unwrap();
    rows.records().map(|row| row.unwrap()[at].to_owned()).max_by_key(|value| value.chars().count()).unwrap()
}

struct Words {
    language: Language,
    values: BTreeMap<&'static str, String>,
}

impl Words {
    fn new(language: Language) -> Self {
        let code = language.code();
        let campaign = table("campaigns/cah/campaign.toml");
        let event = campaign["event"].as_array().unwrap().iter().filter(|event| event["status"].as_str() != Some("past"));
        let event = event.map(|event| text(&event["name"][code])).max_by_key(|name| name.chars().count()).unwrap();
        let day = match language {
            Language::En => "30 September 2027",
            Language::Fr => "30 septembre 2027",
            Language::Es => "30 de septiembre de 2027",
            Language::Ru => "30 сентября 2027 года",
            Language::Ar => "30 أيلول/سبتمبر 2027",
            Language::Zh => "2027年9月30日",
            Language::Pt => "30 de setembro de 2027",
        };
        let of = if language == Language::Ru { "gen_ru".to_owned() } else { format!("of_{code}") };
        let values = BTreeMap::from([
            ("event.name", event),
            ("event.date", day.to_owned()),
            ("wave.date", day.to_owned()),
            ("record.date", day.to_owned()),
            ("act.date", day.to_owned()),
            ("earlier.date", day.to_owned()),
            ("earlier.reference", "CAH-2027-GBR-0001".to_owned()),
            ("act.source", "A/C.6/80/SR.24, https://digitallibrary.un.org".to_owned()),
            ("record.summary_source", "A/C.6/80/SR.24, https://digitallibrary.un.org".to_owned()),
            ("wave.organisations", "648".to_owned()),
            ("wave.individuals", "1,204".to_owned()),
            ("wave.countries", "118".to_owned()),
            ("local.organisations", "27".to_owned()),
            ("sender.name", text(&campaign["sender"]["name"][code])),
            ("state.run", longest(&format!("run_{code}"))),
            ("state.of", longest(&of)),
            ("state.formal", longest(&format!("formal_{code}"))),
        ]);
        Self { language, values }
    }

    /// The phrase with its variables, each isolated as a real one is in a right-to-left letter.
    fn fill(&self, phrase: &str) -> String {
        let mut out = phrase.to_owned();
        for (name, value) in &self.values {
            let value = if self.language == Language::Ar { format!("\u{2068}{value}\u{2069}") } else { value.clone() };
            out = out.replace(&format!("{{{{ {name} }}}}"), &value);
        }
        out
    }
}

/// The letter with the longest text its language has, and an annex of `signers`.
pub fn letter(language: Language, signers: Vec<AnnexEntry>) -> LetterPage {
    of_kind("before", language, signers)
}

/// The same of the blocks of one kind of letter: before an event, after one, or open to all.
pub fn of_kind(kind: &str, language: Language, signers: Vec<AnnexEntry>) -> LetterPage {
    let code = language.code();
    let words = Words::new(language);
    let campaign = table("campaigns/cah/campaign.toml");
    let sender = |key: &str| text(&campaign["sender"][key][code]);
    let labels = table("campaigns/cah/letters/labels.toml");
    let label = |key: &str| text(&labels[code][key]);
    let form = table("campaigns/cah/letters/address.toml")["permanent_representative"][code].clone();
    let texts = table(&format!("campaigns/cah/letters/{code}.toml"))["text"].clone();
    let blocks = table("campaigns/cah/letters/blocks.toml")["block"].as_array().unwrap().clone();

    // The longest block of each slot, in the order of the file; a block without a slot always stands.
    let mut chosen: Vec<(String, String, String)> = Vec::new();
    let is_of_kind = |block: &&Value| match block.get("letters").and_then(Value::as_array) {
        Some(kinds) => kinds.iter().any(|one| one.as_str() == Some(kind)),
        None => kind == "before",
    };
    for block in blocks.iter().filter(is_of_kind) {
        let (part, words) = (text(&block["part"]), words.fill(texts[block["key"].as_str().unwrap()].as_str().unwrap()));
        let slot = block.get("slot").map_or_else(|| text(&block["key"]), text);
        match chosen.iter_mut().find(|(_, other, _)| *other == slot) {
            Some((_, _, held)) if held.chars().count() < words.chars().count() => *held = words,
            Some(_) => {}
            None => chosen.push((part, slot, words)),
        }
    }
    let part = |wanted: &[&str]| -> Vec<String> {
        chosen.iter().filter(|(part, _, _)| wanted.contains(&part.as_str())).map(|(_, _, words)| words.clone()).collect()
    };
    let asks = part(&["ask"]);

    LetterPage {
        title: part(&["subject"]).concat(),
        letterhead: Letterhead {
            name: sender("name"),
            lines: campaign["sender"]["address"][code]
                .as_array()
                .unwrap()
                .iter()
                .map(text)
                .chain([text(&campaign["sender"]["website"]), text(&campaign["sender"]["email"])])
                .collect(),
        },
        place_date: format!("{}, {}", sender("place"), words.values["wave.date"]),
        reference: Some(Labelled { label: label("reference"), value: "CAH-2027-GBR-0001".into() }),
        addressee: form["lines"].as_array().unwrap().iter().map(|line| words.fill(line.as_str().unwrap())).collect(),
        translation_mark: (language != Language::En).then(|| label("unofficial")),
        subject: part(&["subject"]).concat(),
        salutation: text(&form["salutation"]) + form["salutation_end"].as_str().unwrap(),
        paragraphs: part(&["opening", "body"]),
        asks: Some(Asks { intro: asks[0].clone(), items: asks[1].lines().map(str::to_owned).collect() }),
        offer: part(&["offer", "closing"]),
        closing: text(&form["closing"]),
        signature: Signature { name: String::new(), role: sender("signatory"), organisation: sender("name") },
        enclosures: Some(LabelledList { label: label("enclosure"), items: vec![label("enclosed_list")] }),
        cc: None,
        verification: Some(match language {
            Language::Ar => "\u{2068}https://demarche.example.org/check/CAH-2027-GBR-0001\u{2069}".into(),
            _ => "https://demarche.example.org/check/CAH-2027-GBR-0001".into(),
        }),
        page_numbers: label("page"),
        annex: Some(Annex {
            title: label("annex_title"),
            counts: words.fill(&label("annex_intro")),
            sections: vec![
                AnnexSection { heading: label("from_country"), entries: signers.iter().take(2).cloned().collect() },
                AnnexSection { heading: label("others"), entries: signers.into_iter().skip(2).collect() },
            ],
            withheld: Some(label("withheld").replace("{{ count }}", "12")),
        }),
        ..LetterPage::new(language)
    }
}

/// Names as they come: many scripts, and some that were typed by someone who means harm.
pub fn signers() -> Vec<AnnexEntry> {
    let entry = |name: &str, place: &str| AnnexEntry { name: name.into(), place: place.into(), ..AnnexEntry::default() };
    vec![
        entry("Local Justice Forum", "London"),
        AnnexEntry {
            name: "Ngozi Ødegård-Nuñez".into(),
            place: "Glasgow".into(),
            affiliation: "Institute of Invented Studies".into(),
            ..AnnexEntry::default()
        },
        AnnexEntry {
            name: "Munadhamat al-Adala".into(),
            original_name: "منظمة العدالة الدولية".into(),
            place: "عمّان".into(),
            ..AnnexEntry::default()
        },
        AnnexEntry {
            name: "Beijing Rule of Law Study Group".into(),
            original_name: "北京法治研究小組（龘䶮𠮷）".into(),
            place: "北京".into(),
            ..AnnexEntry::default()
        },
        entry("Фундация «Правосъдие» Ґ Ў Ҳ қ", "София"),
        entry("한국 인권 연대 뷁", "서울"),
        entry("正義のための市民ネットワーク", "東京"),
        entry("სამართლიანობის ფონდი", "თბილისი"),
        entry("Արդարության հիմնադրամ", "Երևան"),
        entry("עמותת הצדק (1948)", "תל אביב"),
        entry("न्याय मंच", "दिल्ली"),
        entry("มูลนิธิยุติธรรม", "กรุงเทพฯ"),
        entry("ন্যায়বিচার ফোরাম", "ঢাকা"),
        entry("የፍትሕ መድረክ", "አዲስ አበባ"),
        entry("நீதி மன்றம்", "சென்னை"),
        entry("#eval(\"1\") & *x* _y_ $z$ @cite <lbl> // no", "Testville"),
        entry("= not a heading", "- not a list"),
        entry("=cmd()", "+1"),
        entry("`raw` \\ #sys.inputs [x] {y}", "Łódź"),
        entry("Right\u{202E}drevoC\u{202C} Name", "Oslo"),
        entry(&"Very long name of a network ".repeat(8).trim_end().chars().take(200).collect::<String>(), "Paris"),
    ]
}
