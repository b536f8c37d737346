//! Letters looked at from outside: real PDFs, opened with the programs a recipient has. Needs poppler-utils and qpdf (`tests/run`
//! installs them). The files stay under `target/tmp/letters`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod load;
mod names;
mod order;
mod page;
mod reading;
mod sample;
mod script;

use chrono::{DateTime, TimeZone, Utc};
use demarche::platform::typeset::{LetterPage, Template, Typeset, Typesetter};

fn stamp() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2027, 9, 30, 9, 0, 0).unwrap()
}

/// Typesets and holds that the template itself is without fault.
fn render(page: &LetterPage) -> Typeset {
    let typeset = Typesetter::new().render_blocking(Template::Letter, page, stamp()).unwrap();
    assert_eq!(typeset.warnings, Vec::<String>::new());
    typeset
}
