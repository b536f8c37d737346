//! Forms of address, held against a table that people read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeSet;

use super::*;

fn forms() -> FormsOfAddress {
    toml::from_str(include_str!("../../assets/address/forms.toml")).unwrap()
}

/// `rank [f|m] [own] [one]`, as the table writes a case.
fn case(words: &str) -> (Rank, Option<Gender>, Relation, Writers) {
    let mut words = words.split(' ');
    let rank = words.next().unwrap().parse().unwrap();
    let (mut gender, mut relation, mut writers) = (None, Relation::Foreign, Writers::Several);
    for word in words {
        match word {
            "own" => relation = Relation::Own,
            "one" => writers = Writers::One,
            other => gender = Some(other.parse().unwrap()),
        }
    }
    (rank, gender, relation, writers)
}

/// R28: at least sixty cases in seven languages, each with its line, salutation and closing as they are printed.
#[test]
fn everybody_is_written_to_as_the_table_says() {
    let forms = forms();
    let mut languages = BTreeSet::new();
    let mut cases = 0;
    let mut reader = csv::Reader::from_reader(include_str!("../../tests/data/forms_of_address.csv").as_bytes());
    for row in reader.records().map(Result::unwrap) {
        let (rank, gender, relation, writers) = case(&row[1]);
        let reader = Reader { rank, gender, name: Some(&row[2]).filter(|name| !name.is_empty()), relation };
        let address = forms.in_language(&row[0]).unwrap().address(&reader, writers).unwrap();
        let found = [address.line.as_deref().unwrap_or_default(), &address.salutation, &address.closing];
        assert_eq!(found, [&row[3], &row[4], &row[5]], "{} {} {}", &row[0], &row[1], &row[2]);
        languages.insert(row[0].to_owned());
        cases += 1;
    }
    assert!(cases >= 60, "{cases} cases");
    assert_eq!(languages.len(), 7, "{languages:?}");
}

/// Every combination there is.
fn everybody() -> Vec<Reader<'static>> {
    let genders = [None, Some(Gender::Female), Some(Gender::Male)];
    let mut readers = Vec::new();
    for rank in Rank::ALL {
        for gender in genders {
            for relation in Relation::ALL {
                readers.extend([None, Some("Ada Example")].map(|name| Reader { rank: *rank, gender, name, relation: *relation }));
            }
        }
    }
    readers
}

/// R28: whoever it is, there is a form, nothing in it is left open, and no rule is there for nobody.
#[test]
fn there_is_a_form_for_everybody_and_somebody_for_every_form() {
    let forms = forms();
    for code in forms.languages() {
        let language = forms.in_language(code).unwrap();
        let mut used = BTreeSet::new();
        for reader in everybody() {
            used.insert(language.form.iter().position(|form| form.fits(&reader)).unwrap());
            for writers in Writers::ALL {
                let address = language.address(&reader, *writers).unwrap();
                let all = [address.line.as_deref().unwrap_or("-"), &address.salutation, &address.closing].join("\n");
                assert!(!all.contains(['{', '}']) && !all.contains("  ") && !all.contains(" ,") && !all.contains("،  "), "{code}: {all}");
                assert!(address.salutation.chars().count() > 3, "{code}: {all}");
                assert!(!address.closing.contains("، ،") && !address.closing.contains(", ,"), "{code}: {all}");
            }
        }
        let unused: Vec<_> = (0..language.form.len()).filter(|at| !used.contains(at)).map(|at| &language.form[at]).collect();
        assert!(unused.is_empty(), "{code}: {unused:?}");
    }
}

/// R28: a chargé is no Excellency, in any language.
#[test]
fn whoever_is_in_charge_meanwhile_is_no_excellency() {
    let forms = forms();
    let honours = ["Excell", "Excel", "Превосход", "سعادة", "معالي", "阁下", "H.E.", "S. E.", "S.E."];
    for code in forms.languages() {
        for reader in everybody().into_iter().filter(|reader| matches!(reader.rank, Rank::ChargeDAffaires | Rank::Official)) {
            let address = forms.in_language(code).unwrap().address(&reader, Writers::Several).unwrap();
            let all = [address.line.as_deref().unwrap_or_default(), &address.salutation, &address.closing].join("\n");
            assert!(!honours.iter().any(|honour| all.contains(honour)), "{code}: {all}");
        }
    }
}

/// R28: a name that looks like a variable is a name.
#[test]
fn a_name_is_never_read_as_a_sentence() {
    let forms = forms();
    for name in ["Excellency </text>", "{{ title }}", "{{ name }}", "#eval(\"x\")"] {
        let reader = Reader { rank: Rank::Official, gender: Some(Gender::Female), name: Some(name), relation: Relation::Foreign };
        let address = forms.in_language("en").unwrap().address(&reader, Writers::Several).unwrap();
        assert_eq!(address.line.unwrap(), format!("Ms. {name}"));
        assert_eq!(address.salutation, format!("Dear Ms. {name},"));
    }
}
