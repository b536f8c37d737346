//! Days, instants and numbers as words of a language, from ICU data. Must not hold messages.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use icu_calendar::Date;
use icu_datetime::{
    DateTimeFormatter, DateTimeFormatterPreferences,
    fieldsets::{YM, YMD},
};
use icu_decimal::{DecimalFormatter, input::Decimal};
use icu_locale_core::{Locale, locale};

use crate::domain::language::Language;

/// The months as the United Nations writes them in Arabic; ICU's Arabic has only the second half.
const ARABIC_MONTHS: [&str; 12] = [
    "كانون الثاني/يناير",
    "شباط/فبراير",
    "آذار/مارس",
    "نيسان/أبريل",
    "أيار/مايو",
    "حزيران/يونيه",
    "تموز/يوليه",
    "آب/أغسطس",
    "أيلول/سبتمبر",
    "تشرين الأول/أكتوبر",
    "تشرين الثاني/نوفمبر",
    "كانون الأول/ديسمبر",
];

const fn icu_locale(language: Language) -> Locale {
    match language {
        Language::En => locale!("en-GB"),
        Language::Fr => locale!("fr"),
        Language::Es => locale!("es"),
        Language::Ru => locale!("ru"),
        Language::Ar => locale!("ar-u-nu-latn"),
        Language::Zh => locale!("zh"),
        Language::Pt => locale!("pt-PT"),
    }
}

/// "12 March 2027".
pub fn day(language: Language, day: NaiveDate) -> String {
    if language == Language::Ar {
        return format!("{} {} {}", day.day(), arabic_month(day), day.year());
    }
    formatted(day, || {
        DateTimeFormatter::try_new(DateTimeFormatterPreferences::from(icu_locale(language)), YMD::long())
            .ok()
            .map(|f| Box::new(move |d: &Date<_>| f.format(d).to_string()) as DateWords)
    })
}

/// "March 2027".
pub fn month(language: Language, day: NaiveDate) -> String {
    if language == Language::Ar {
        return format!("{} {}", arabic_month(day), day.year());
    }
    formatted(day, || {
        DateTimeFormatter::try_new(DateTimeFormatterPreferences::from(icu_locale(language)), YM::long())
            .ok()
            .map(|f| Box::new(move |d: &Date<_>| f.format(d).to_string()) as DateWords)
    })
}

type DateWords = Box<dyn Fn(&Date<icu_calendar::Iso>) -> String>;

fn formatted(day: NaiveDate, formatter: impl Fn() -> Option<DateWords>) -> String {
    let date = u8::try_from(day.month()).ok().zip(u8::try_from(day.day()).ok()).and_then(|(m, d)| Date::try_new_iso(day.year(), m, d).ok());
    date.zip(formatter()).map_or_else(|| day.to_string(), |(date, format)| format(&date))
}

fn arabic_month(day: NaiveDate) -> &'static str {
    ARABIC_MONTHS.get(day.month0() as usize).copied().unwrap_or_default()
}

/// A day known to `precision` (`day`, `month` or `year`): says no more than is known.
pub fn day_to(language: Language, date: NaiveDate, precision: &str) -> String {
    match precision {
        "year" => date.year().to_string(),
        "month" => month(language, date),
        _ => day(language, date),
    }
}

/// From a day to a day, no more exact than their source; one of them where both read the same.
pub fn days_to(language: Language, first: NaiveDate, last: NaiveDate, precision: &str) -> String {
    let (first, last) = (day_to(language, first, precision), day_to(language, last, precision));
    if first == last { first } else { format!("{first} – {last}") }
}

/// "12 March 2027, 14:00 UTC".
pub fn instant(language: Language, instant: DateTime<Utc>) -> String {
    let comma = if language == Language::Ar {
        "،"
    } else if language == Language::Zh {
        ""
    } else {
        ","
    };
    format!("{}{comma} {} UTC", day(language, instant.date_naive()), instant.format("%H:%M"))
}

/// A whole number with the digit grouping of the language, Latin digits.
pub fn number(language: Language, number: i64) -> String {
    DecimalFormatter::try_new(icu_locale(language).into(), Default::default())
        .map_or_else(|_| number.to_string(), |f| f.format(&Decimal::from(number)).to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_day_reads_as_the_language_writes_it() {
        let date = NaiveDate::from_ymd_opt(2027, 3, 12).unwrap();
        let expected = [
            "12 March 2027",
            "12 mars 2027",
            "12 de marzo de 2027",
            "12 марта 2027\u{202f}г.",
            "12 آذار/مارس 2027",
            "2027年3月12日",
            "12 de março de 2027",
        ];
        for (language, expected) in Language::LETTERS.into_iter().zip(expected) {
            assert_eq!(day(language, date), expected, "{language}");
        }
        assert_eq!(day_to(Language::En, date, "year"), "2027");
        assert_eq!(day_to(Language::Ar, date, "month"), "آذار/مارس 2027");
        assert_eq!(day_to(Language::Pt, date, "month"), "março de 2027");
    }

    #[test]
    fn numbers_are_grouped_with_latin_digits() {
        assert_eq!(number(Language::En, 12345), "12,345");
        assert!(number(Language::Ar, 12345).chars().all(|c| c.is_ascii_digit() || c == ','));
    }
}
