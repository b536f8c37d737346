//! The names of states as letters use them: no gap in any language, and thirty hard cases that nobody changes unseen.

use std::{collections::BTreeMap, fmt::Write as _};

/// Articles, plurals, genitives, contractions, elisions, names inside names, disputed and recently changed ones.
const HARD: [&str; 30] = [
    "BHS", "BOL", "CAF", "CHE", "CIV", "COD", "COG", "CUB", "CZE", "FSM", "GBR", "GMB", "IRN", "ISR", "KOR", "LAO", "MKD", "MMR", "NLD",
    "PHL", "PRK", "PSE", "SLV", "STP", "SWZ", "TLS", "TUR", "USA", "VAT", "VCT",
];

fn rows() -> Vec<BTreeMap<String, String>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/data/states.csv");
    csv::Reader::from_path(path).unwrap().deserialize().map(|row| row.unwrap()).collect()
}

/// R29
#[test]
fn no_state_lacks_a_form_in_any_language() {
    let rows = rows();
    let of_status = |status: &str| rows.iter().filter(|row| row["un_status"] == status).count();
    assert_eq!((of_status("member"), of_status("observer")), (193, 2));
    for row in &rows {
        for language in ["en", "fr", "es", "ru", "ar", "zh", "pt"] {
            let of = if language == "ru" { "gen_ru".to_owned() } else { format!("of_{language}") };
            for form in [
                format!("name_{language}"),
                format!("formal_{language}"),
                format!("run_{language}"),
                of,
                format!("in_{language}"),
                format!("adj_{language}"),
            ] {
                assert!(!row[&form].trim().is_empty(), "{} {form}", row["iso3"]);
            }
        }
    }
}

/// R29: a change of one of these has to be looked at.
#[test]
fn thirty_hard_names_stay_as_they_are() {
    let mut table = String::new();
    for row in rows().iter().filter(|row| HARD.contains(&row["iso3"].as_str())) {
        for language in ["en", "fr", "es", "ru", "ar", "zh"] {
            let of = if language == "ru" { "gen_ru".to_owned() } else { format!("of_{language}") };
            let forms =
                [format!("run_{language}"), format!("formal_{language}"), of, format!("in_{language}")].map(|form| row[&form].clone());
            writeln!(table, "{} {language}: {}", row["iso3"], forms.join(" | ")).unwrap();
        }
    }
    assert_eq!(table.lines().count(), HARD.len() * 6);
    insta::assert_snapshot!(table);
}

/// R29, R39: in Portuguese "of" and "in" run together with the article of a name; a name without one has the bare word.
#[test]
fn portuguese_of_and_in_are_contracted_with_the_article_of_every_name() {
    let mut seen = BTreeMap::new();
    for row in rows() {
        let form = |form: &str| row[&format!("{form}_pt")].as_str();
        let (of, within) = match form("article") {
            "o" => ("do", "no"),
            "a" => ("da", "na"),
            "os" => ("dos", "nos"),
            "as" => ("das", "nas"),
            "" => ("de", "em"),
            other => panic!("{}: {other:?} is no article", row["iso3"]),
        };
        let (name, iso3) = (form("name"), &row["iso3"]);
        assert_eq!(form("run"), format!("{} {name}", form("article")).trim_start(), "{iso3}");
        assert_eq!((form("of"), form("in")), (format!("{of} {name}").as_str(), format!("{within} {name}").as_str()), "{iso3}");
        // The formal name has an article, unless it is the short name and that has none.
        let formal = form("formal");
        let has_article = ["o ", "a ", "os ", "as "].iter().any(|article| formal.starts_with(article));
        assert!(has_article || (formal == name && form("article").is_empty()), "{iso3}: {formal}");
        let adjective = form("adj");
        let is_phrase = adjective.starts_with(&format!("{of} "));
        assert!(is_phrase == adjective.contains(' ') && adjective.starts_with(char::is_lowercase), "{iso3}: {adjective}");
        assert!(!name.contains(['(', ')']) && !name.contains("  "), "{iso3}: {name}");
        *seen.entry(of).or_insert(0) += 1;
    }
    assert_eq!(seen.values().sum::<i32>(), 195);
    assert_eq!(seen.len(), 5, "{seen:?}");
    let of = |iso3: &str| rows().into_iter().find(|row| row["iso3"] == iso3).unwrap()["of_pt"].clone();
    let known = [
        ("BRA", "do Brasil"),
        ("PRT", "de Portugal"),
        ("AGO", "de Angola"),
        ("MOZ", "de Moçambique"),
        ("CPV", "de Cabo Verde"),
        ("GNB", "da Guiné-Bissau"),
        ("STP", "de São Tomé e Príncipe"),
        ("TLS", "de Timor-Leste"),
        ("USA", "dos Estados Unidos da América"),
        ("PHL", "das Filipinas"),
    ];
    assert_eq!(known.map(|(iso3, _)| (iso3, of(iso3))), known.map(|(iso3, of)| (iso3, of.to_owned())));
}

/// R29, R39: a change of one of these has to be looked at.
#[test]
fn thirty_hard_names_stay_as_they_are_in_portuguese() {
    let hard = rows().into_iter().filter(|row| HARD.contains(&row["iso3"].as_str()));
    let table: Vec<String> = hard
        .map(|row| {
            let forms = ["run_pt", "formal_pt", "of_pt", "in_pt", "adj_pt"].map(|form| row[form].clone());
            format!("{}: {}", row["iso3"], forms.join(" | "))
        })
        .collect();
    assert_eq!(table.len(), HARD.len());
    insta::assert_snapshot!(table.join("\n"));
}
