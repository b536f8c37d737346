//! The Arabic page: what stands left and right of what, measured on the paper.

use demarche::{
    domain::language::Language,
    platform::typeset::letter::{AnnexEntry, Labelled},
};

use crate::{reading::Paper, render, sample};

fn arabic() -> Paper {
    let mut letter = sample::letter(
        Language::Ar,
        vec![
            AnnexEntry { name: "Asociación Ñandú".into(), place: "Montevideo".into(), ..AnnexEntry::default() },
            AnnexEntry {
                name: "Munadhamat al-Adala".into(),
                original_name: "منظمة العدالة".into(),
                place: "عمّان".into(),
                ..AnnexEntry::default()
            },
        ],
    );
    letter.addressee.push("866 Second Avenue, New York, NY 10017".into());
    letter.reference = Some(Labelled { label: letter.reference.unwrap().label, value: "CAH-2027-GBR-0001".into() });
    Paper::keep("arabic", &render(&letter).pdf)
}

#[test]
fn a_latin_address_in_an_arabic_letter_keeps_its_order() {
    let paper = arabic();
    let words = paper.boxes(1);
    let at = |word: &str| words.iter().find(|found| found.text == word).unwrap_or_else(|| panic!("{word} in {words:?}"));
    let address = ["866", "Second", "Avenue,", "New", "York,", "NY", "10017"].map(at);
    assert!(address.windows(2).all(|pair| pair[0].right <= pair[1].left + 0.5), "{address:?}");
    assert!(address.windows(2).all(|pair| (pair[0].top - pair[1].top).abs() < 1.0), "{address:?}");
    let page = paper.width();
    assert!(at("10017").right > page * 0.8, "the address block stands on the right: {:?}", at("10017"));
}

#[test]
fn an_arabic_page_runs_from_right_to_left() {
    let paper = arabic();
    let page = paper.width();
    let lines = paper.boxes(1);
    // The date and the reference are opposite the addressee; the page number is at the left of the foot.
    let top = |text: &str| lines.iter().find(|word| word.text.contains(text)).unwrap_or_else(|| panic!("{text} in {lines:?}"));
    assert!(top("CAH-2027-GBR-0001").left < page / 2.0);
    let foot = lines.iter().rev().find(|word| word.text == "CAH-2027-GBR-0001").unwrap();
    assert!(foot.left > page / 2.0, "{foot:?}");
    // "1. …": the numbers of the asks stand right of their text.
    let number = lines.iter().find(|word| word.text == "1" && word.top > 300.0).unwrap();
    let same_line = lines.iter().filter(|word| (word.top - number.top).abs() < 3.0 && word.text.chars().any(char::is_alphabetic));
    assert!(same_line.clone().count() > 2 && same_line.clone().all(|word| word.right <= number.left + 0.5), "{number:?}");
}

#[test]
fn neighbouring_names_of_an_annex_do_not_change_places() {
    let words = arabic().boxes(2);
    let at = |text: &str| words.iter().find(|word| word.text.contains(text)).unwrap_or_else(|| panic!("{text} in {words:?}"));
    // Name first, place after it: on a right-to-left page the place stands to the left, and each keeps its own order within.
    assert!(at("Asociación").right <= at("Ñandú").left);
    assert!(at("Montevideo").right <= at("Asociación").left);
    assert!(at("Munadhamat").right <= at("al-Adala").left);
    // In an English letter the same Arabic name and place stand in the order of the page.
    let english = sample::letter(
        Language::En,
        vec![AnnexEntry {
            name: "Munadhamat".into(), original_name: "منظمة".into(), place: "عمان".into(), ..AnnexEntry::default()
        }],
    );
    let words = Paper::keep("english", &render(&english).pdf).boxes(2);
    let at = |text: &str| words.iter().find(|word| word.text.contains(text)).unwrap_or_else(|| panic!("{text} in {words:?}"));
    // Poppler hands out the letters of such a word as they stand, from the left.
    let [name, place] = ["ةمظنم", "نامع"].map(at);
    assert!(at("Munadhamat").right <= name.left && name.right <= place.left, "{words:?}");
}
