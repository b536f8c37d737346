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
        for language in ["en", "fr", "es", "ru", "ar", "zh"] {
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
