//! Finds full dates in running text of the seven languages of letters, so that a letter cannot ask for something by a day that is over (R31). Reads
//! what is certainly a date; a month or a year alone is none. Must not write dates: that is for the platform.

use chrono::NaiveDate;

/// Names of the months as they stand inside a date, in small letters; Arabic with both sets of names.
const MONTHS: [&[&str]; 12] = [
    &["january", "janvier", "enero", "janeiro", "января", "يناير", "كانون الثاني"],
    &["february", "février", "febrero", "fevereiro", "февраля", "فبراير", "شباط"],
    &["march", "mars", "marzo", "março", "марта", "مارس", "آذار"],
    &["april", "avril", "abril", "апреля", "أبريل", "نيسان"],
    &["may", "mai", "mayo", "maio", "мая", "مايو", "أيار"],
    &["june", "juin", "junio", "junho", "июня", "يونيو", "حزيران"],
    &["july", "juillet", "julio", "julho", "июля", "يوليو", "تموز"],
    &["august", "août", "agosto", "августа", "أغسطس", "آب"],
    &["september", "septembre", "septiembre", "setembro", "setiembre", "сентября", "سبتمبر", "أيلول"],
    &["october", "octobre", "octubre", "outubro", "октября", "أكتوبر", "تشرين الأول"],
    &["november", "novembre", "noviembre", "novembro", "ноября", "نوفمبر", "تشرين الثاني"],
    &["december", "décembre", "diciembre", "dezembro", "декабря", "ديسمبر", "كانون الأول"],
];

/// All full dates in a text, in their order.
pub fn in_text(text: &str) -> Vec<NaiveDate> {
    let tokens = tokens(text);
    (0..tokens.len()).filter_map(|at| tokens.get(at..).and_then(date_at)).collect()
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Number { value: u32, digits: usize },
    Word(String),
    Mark(char),
}

fn tokens(text: &str) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    let mut joined = false;
    for character in text.chars() {
        // Arabic-Indic and full-width digits are digits.
        let digit = character.to_digit(10).or(match u32::from(character) {
            code @ 0x660..=0x669 => Some(code - 0x660),
            code @ 0x6F0..=0x6F9 => Some(code - 0x6F0),
            code @ 0xFF10..=0xFF19 => Some(code - 0xFF10),
            _ => None,
        });
        match (digit, found.last_mut()) {
            (Some(digit), Some(Token::Number { value, digits })) if joined && *digits < 8 => {
                *value = *value * 10 + digit;
                *digits += 1;
            }
            (Some(digit), _) => found.push(Token::Number { value: digit, digits: 1 }),
            (None, Some(Token::Word(word))) if joined && character.is_alphabetic() && !is_date_mark(character) => {
                word.extend(character.to_lowercase())
            }
            (None, _) if is_date_mark(character) => found.push(Token::Mark(character)),
            (None, _) if character.is_alphabetic() => found.push(Token::Word(character.to_lowercase().collect())),
            (None, _) if character.is_whitespace() || character == ',' => {}
            (None, _) => found.push(Token::Mark(character)),
        }
        joined = character.is_alphanumeric() && !is_date_mark(character);
    }
    found
}

fn is_date_mark(character: char) -> bool {
    matches!(character, '年' | '月' | '日')
}

fn date_at(tokens: &[Token]) -> Option<NaiveDate> {
    use Token::{Mark, Number, Word};
    match tokens {
        // 2026-10-31
        [
            Number { value: year, digits: 4 },
            Mark('-'),
            Number { value: month, digits: 2 },
            Mark('-'),
            Number { value: day, digits: 2 },
            ..,
        ] => day_of(*year, *month, *day),
        // 2026年10月31日
        [
            Number { value: year, digits: 4 },
            Mark('年'),
            Number { value: month, .. },
            Mark('月'),
            Number { value: day, .. },
            Mark('日'),
            ..,
        ] => day_of(*year, *month, *day),
        // 31 October 2026, le 1er octobre 2026, 31 de octubre de 2026, 1.º de outubro de 2026, 31 تشرين الأول 2026
        [Number { value: day, digits: 1..=2 }, rest @ ..] => {
            let rest = skip_words(skip_ordinal(rest), &["er", "st", "nd", "rd", "th", "de", "º"]);
            let (month, rest) = month_at(rest)?;
            match skip_words(rest, &["de", "del", "г"]) {
                [Number { value: year, digits: 4 }, ..] => day_of(*year, month, *day),
                _ => None,
            }
        }
        // October 31, 2026
        [Word(_), ..] => match month_at(tokens)? {
            (month, [Number { value: day, digits: 1..=2 }, Number { value: year, digits: 4 }, ..]) => day_of(*year, month, *day),
            _ => None,
        },
        _ => None,
    }
}

/// The mark of the first day of a month: "1.º de janeiro".
fn skip_ordinal(tokens: &[Token]) -> &[Token] {
    match tokens {
        [Token::Mark('.'), Token::Word(mark), rest @ ..] if matches!(mark.as_str(), "º" | "o") => rest,
        _ => tokens,
    }
}

fn skip_words<'t>(tokens: &'t [Token], skipped: &[&str]) -> &'t [Token] {
    match tokens {
        [Token::Word(word), rest @ ..] if skipped.contains(&word.as_str()) => rest,
        [Token::Mark('º'), Token::Word(word), rest @ ..] if word == "de" => rest,
        _ => tokens,
    }
}

/// A month's name of one or two words, with what follows it. In Arabic both names may stand there, parted by a slash.
fn month_at(tokens: &[Token]) -> Option<(u32, &[Token])> {
    let (first, rest) = match tokens {
        [Token::Word(first), rest @ ..] => (first, rest),
        _ => return None,
    };
    if let [Token::Word(second), rest @ ..] = rest
        && let Some(month) = month_named(&format!("{first} {second}"))
    {
        return Some((month, skip_second_name(rest)));
    }
    Some((month_named(first)?, skip_second_name(rest)))
}

fn skip_second_name(tokens: &[Token]) -> &[Token] {
    match tokens {
        [Token::Mark('/'), rest @ ..] => month_at(rest).map_or(tokens, |(_, rest)| rest),
        _ => tokens,
    }
}

fn month_named(word: &str) -> Option<u32> {
    let at = MONTHS.iter().position(|names| names.contains(&word))?;
    u32::try_from(at + 1).ok()
}

fn day_of(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_are_found_in_all_languages_of_letters() {
        let day = NaiveDate::from_ymd_opt(2024, 10, 10).unwrap();
        for text in [
            "on 10 October 2024 in New York",
            "October 10, 2024",
            "2024-10-10",
            "le 10 octobre 2024",
            "el 10 de octubre de 2024,",
            "em 10 de outubro de 2024,",
            "10 октября 2024 года",
            "10 октября 2024 г.",
            "في 10 تشرين الأول/أكتوبر 2024",
            "في ١٠ أكتوبر ٢٠٢٤",
            "2024年10月10日会议",
        ] {
            assert_eq!(in_text(text), [day], "{text}");
        }
        for text in ["du 1er janvier 2027", "em 1.º de janeiro de 2027", "em 1 de janeiro de 2027"] {
            assert_eq!(in_text(text), [NaiveDate::from_ymd_opt(2027, 1, 1).unwrap()], "{text}");
        }
        let months =
            ["janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro", "novembro", "dezembro"];
        for (month, name) in (1..).zip(months) {
            assert_eq!(in_text(&format!("5 de {name} de 2027")), [NaiveDate::from_ymd_opt(2027, month, 5).unwrap()], "R39: {name}");
        }
    }

    #[test]
    fn what_is_no_full_date_is_left_alone() {
        for text in
            ["October 2024", "in 2027", "A/C.6/79/L.2/Rev.1", "resolution 79/122", "31 February 2024", "article 6, paragraph 8", "2024年"]
        {
            assert_eq!(in_text(text), [], "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text in any::<String>()) {
            let _ = in_text(&text);
        }
    }
}
