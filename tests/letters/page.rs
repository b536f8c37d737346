//! The page as a whole: one page and an annex, tags, fonts, language, the same bytes each time.

use demarche::{
    domain::language::Language,
    platform::typeset::{LetterPage, Template, TypesetError, Typesetter},
};

use crate::{
    reading::{Paper, one_line},
    render, sample, stamp,
};

#[test]
fn the_longest_letter_to_the_state_with_the_longest_name_fits_one_page_before_its_annex() {
    for language in Language::LETTERS {
        let letter = sample::letter(language, sample::signers());
        let typeset = render(&letter);
        let paper = Paper::keep(&format!("longest-{language}"), &typeset.pdf);
        let (first, second) = (one_line(&paper.lines(1).join("\n")), one_line(&paper.lines(2).join("\n")));
        assert!(first.contains("CAH-2027-GBR-0001"), "{language}");
        assert_eq!(typeset.pages, 2, "{language}: one page and one of annex");
        if language != Language::Ar {
            // In a right-to-left page the order of the line is another test's matter.
            assert!(first.contains(&one_line(&letter.signature.role)), "{language}: the signature is on the first page");
            assert!(second.contains(&one_line(&letter.annex.as_ref().unwrap().title)), "{language}: the annex begins the second");
        }
    }
}

/// R43, R44: neither a letter after an event nor the open letter is longer than a page.
#[test]
fn letters_of_other_kinds_fit_one_page_before_their_annex_too() {
    for (kind, language) in ["after", "open"].into_iter().flat_map(|kind| Language::LETTERS.map(|language| (kind, language))) {
        let letter = sample::of_kind(kind, language, sample::signers());
        assert!(letter.paragraphs.len() > 1 && letter.asks.as_ref().unwrap().items.len() > 1, "{kind} {language}");
        let prose =
            [&letter.subject].into_iter().chain(&letter.paragraphs).chain(&letter.asks.as_ref().unwrap().items).chain(&letter.offer);
        assert!(prose.into_iter().all(|text| !text.contains("{{")), "{kind} {language}: a variable has no value");
        assert_eq!(render(&letter).pages, 2, "{kind} {language}: one page and one of annex");
    }
}

#[test]
fn every_word_of_the_letter_can_be_read_out_of_the_file_in_every_language() {
    for language in Language::LETTERS {
        let letter = sample::letter(language, sample::signers());
        let words = Paper::keep(&format!("words-{language}"), &render(&letter).pdf).words();
        // Line ends break words of a language without spaces and turn round mixed lines: compare without spaces, word by word.
        let squeezed: String = words.split_whitespace().collect();
        let prose = [&letter.subject, &letter.salutation, &letter.closing, &letter.place_date];
        let asks = &letter.asks.as_ref().unwrap().items;
        for text in prose.into_iter().chain(&letter.paragraphs).chain(asks).chain(&letter.offer) {
            for word in one_line(text).split_whitespace() {
                // Punctuation of a right-to-left line comes out on either side of its word; the order on paper is another test's matter.
                let word = if language == Language::Ar { word.trim_matches(|c: char| !c.is_alphanumeric()) } else { word };
                if language == Language::Ar && !word.chars().all(|c| c.is_alphabetic() && !('\u{64B}'..='\u{652}').contains(&c)) {
                    continue; // poppler writes the letter under a vowel mark twice
                }
                assert!(squeezed.contains(word), "{language}: {word:?} of {text:?} is missing in {words}");
            }
        }
    }
}

#[test]
fn a_letter_is_a_tagged_accessible_archivable_file_in_its_own_language() {
    for language in Language::LETTERS {
        let letter = sample::letter(language, sample::signers());
        let paper = Paper::keep(&format!("tags-{language}"), &render(&letter).pdf);
        paper.check();
        let info = paper.info();
        assert!(info.lines().any(|line| line.starts_with("Tagged:") && line.ends_with("yes")), "{language}: {info}");
        assert!(one_line(&info).contains(&one_line(&letter.title)), "{language}: {info}");
        let objects = paper.objects();
        // R39: Portuguese as it is written in Portugal.
        let tag = if language == Language::Pt { "pt-PT" } else { language.code() };
        assert!(objects.contains(&format!("/Lang ({tag})")), "{language}");
        assert!(objects.contains("/DisplayDocTitle true"), "{language}");
        assert!(objects.contains(if language == Language::Ar { "/Direction /R2L" } else { "/Direction /L2R" }), "{language}");
        assert!(objects.contains("<pdfuaid:part>1</pdfuaid:part>") && objects.contains("<pdfaid:part>2</pdfaid:part>"), "{language}");
        assert!(objects.contains("<pdfaid:conformance>A</pdfaid:conformance>"), "{language}");
        let structure = paper.structure();
        let count = |tag: &str| structure.lines().filter(|line| line.split_whitespace().next() == Some(tag)).count();
        assert_eq!((count("H1"), count("H2")), (2, 2), "{language}: {structure}");
        assert_eq!(count("LI"), letter.asks.unwrap().items.len() + sample::signers().len(), "{language}: {structure}");
    }
}

#[test]
fn the_same_letter_is_the_same_file_and_another_moment_is_another_file() {
    let letter = sample::letter(Language::Ar, sample::signers());
    let first = render(&letter).pdf;
    render(&sample::letter(Language::Fr, sample::signers()));
    assert!(first == render(&letter).pdf, "the bytes differ");
    let later = Typesetter::new().render_blocking(Template::Letter, &letter, stamp() + chrono::Duration::days(1)).unwrap();
    assert!(first != later.pdf, "the time stamp is not in the file");
}

#[test]
fn a_closing_never_stands_alone_on_a_page() {
    // Grown sentence by sentence past the end of the first page: wherever the break falls, words of the letter go with the closing.
    let mut letter = sample::letter(Language::En, Vec::new());
    letter.annex = None;
    letter.paragraphs.extend((0..11).map(|number| format!("Sentence {number} fills the page.")));
    let mut broke = 0;
    for sentences in 0..12 {
        letter.paragraphs.push(format!("Sentence number {sentences} makes this letter longer than any letter ought to be."));
        let typeset = render(&letter);
        if typeset.pages == 1 {
            continue;
        }
        broke += 1;
        let paper = Paper::keep("closing", &typeset.pdf);
        let last: Vec<_> = paper.lines(typeset.pages).into_iter().filter(|line| !line.trim().is_empty()).collect();
        let closing = last
            .iter()
            .position(|line| line.contains("the assurances of our highest consideration"))
            .expect("the closing is on the last page");
        assert!(closing >= 2, "{sentences}: {last:?}");
        assert!(last.iter().skip(closing).any(|line| line.contains("Coordinator of the demo")), "{sentences}: {last:?}");
    }
    assert!(broke > 6, "the letter never grew past its page");
}

#[test]
fn an_empty_letter_is_a_fault_of_the_data_and_takes_nothing_with_it() {
    let typesetter = Typesetter::new();
    // PDF/UA asks for a title: the typesetter says so instead of making a file that a screen reader cannot name.
    let refused = typesetter.render_blocking(Template::Letter, &LetterPage::new(Language::En), stamp());
    assert!(matches!(refused, Err(TypesetError::Refused(_))), "{refused:?}");
    let shapeless = typesetter.render_blocking(Template::Letter, &serde_json::json!({ "nothing": true }), stamp());
    assert!(matches!(shapeless, Err(TypesetError::Refused(_))), "{shapeless:?}");
    assert!(typesetter.render_blocking(Template::Letter, &sample::letter(Language::En, Vec::new()), stamp()).is_ok());
}
