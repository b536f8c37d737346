//! Scripts and strange names: every character shows, nothing typed by a signatory is ever more than its letters.

use demarche::{
    domain::language::Language,
    platform::typeset::{Typesetter, letter::AnnexEntry},
};

use crate::{
    reading::{Paper, one_line},
    render, sample,
};

#[test]
fn every_font_of_a_letter_is_embedded() {
    for language in Language::LETTERS {
        let fonts = Paper::keep(&format!("fonts-{language}"), &render(&sample::letter(language, sample::signers())).pdf).fonts();
        assert!(fonts.len() > 10, "{fonts:?}");
        for font in fonts {
            // The columns from the right: object number (two), unicode map, subset, embedded.
            let columns: Vec<_> = font.split_whitespace().rev().skip(2).take(3).collect();
            assert_eq!(columns, ["yes", "yes", "yes"], "{language}: {font}");
        }
    }
}

#[test]
fn our_own_words_and_the_names_of_all_states_have_every_glyph() {
    let typesetter = Typesetter::new();
    for language in Language::LETTERS {
        let page = serde_json::to_string(&sample::letter(language, Vec::new())).unwrap();
        assert_eq!(typesetter.uncovered(&page), Vec::<char>::new(), "{language}");
        assert_eq!(render(&sample::letter(language, Vec::new())).uncovered, Vec::<char>::new(), "{language}");
    }
    for file in ["data/states.csv", "demo/signatories.csv"] {
        let facts = std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(file)).unwrap();
        assert_eq!(typesetter.uncovered(&facts), Vec::<char>::new(), "{file}");
    }
}

#[test]
fn names_in_the_scripts_of_the_world_show_and_can_be_read_out() {
    let words = Paper::keep("scripts", &render(&sample::letter(Language::En, sample::signers())).pdf).words();
    for name in [
        "Ngozi Ødegård-Nuñez",
        "北京法治研究小組（龘䶮",
        "«Правосъдие» Ґ Ў Ҳ қ",
        "한국 인권 연대 뷁",
        "正義のための市民ネットワーク",
        "სამართლიანობის ფონდი",
        "Արդարության հիմնադրամ",
        "የፍትሕ መድረክ",
        "มูลนิธิยุติธรรม",
        "நீதி மன்றம்",
        "न्याय मंच",
        "ন্যায়বিচার ফোরাম",
    ] {
        assert!(words.replace(' ', "").contains(&name.replace(' ', "")), "{name} is missing in {words}");
    }
}

#[test]
fn a_hostile_name_prints_as_it_was_typed() {
    for language in Language::LETTERS {
        let words = Paper::keep(&format!("hostile-{language}"), &render(&sample::letter(language, sample::signers())).pdf).words();
        let squeezed = words.replace(' ', "");
        for name in
            ["#eval(\"1\") & *x* _y_ $z$ @cite <lbl> // no", "= not a heading", "- not a list", "=cmd()", "`raw` \\ #sys.inputs [x] {y}"]
        {
            assert!(squeezed.contains(&name.replace(' ', "")), "{language}: {name:?} is not literal in {words}");
        }
        // Broken over lines of a right-to-left column the long name is not one string; all of it is there.
        let long = "Very long name of a network ".repeat(8).chars().take(200).collect::<String>();
        for word in ["Very", "network"] {
            assert_eq!(words.matches(word).count(), long.matches(word).count(), "{language}: {words}");
        }
    }
}

#[test]
fn a_control_of_direction_in_a_name_turns_nothing_round() {
    let signer = |name: &str| AnnexEntry { name: name.into(), place: "Oslo".into(), ..AnnexEntry::default() };
    let page = sample::letter(Language::En, vec![signer("Plain\u{202E}Name"), signer("Open\u{2067}Isolate"), signer("Next in line")]);
    let words = Paper::keep("controls", &render(&page).pdf).words();
    for expected in ["PlainName, Oslo", "OpenIsolate, Oslo", "Next in line, Oslo"] {
        assert!(words.contains(expected), "{expected}: {words}");
    }
}

#[test]
fn a_character_that_no_font_shows_is_reported_and_stops_no_letter() {
    let signer = AnnexEntry { name: "Unicorn 🦄 Trust\u{0}".into(), ..AnnexEntry::default() };
    let typeset = render(&sample::letter(Language::En, vec![signer]));
    assert_eq!(typeset.uncovered, ['🦄']);
    assert!(Paper::keep("uncovered", &typeset.pdf).words().contains(&one_line("Unicorn \u{FFFD} Trust")));
    assert_eq!(Typesetter::new().uncovered("a🦄b🦄c\u{1F300}"), ['🦄', '\u{1F300}']);
}
