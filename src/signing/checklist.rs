//! The checklist of a signature as one form: all its lines go out with whatever button is pressed, so that no typed line is lost with another's. Must not
//! decide on a signature.

use std::collections::HashMap;

use serde::Serialize;

use crate::{
    domain::signature::{VETTING_ITEMS, VettingItem},
    entities::vetting_check,
    platform::http::forms::FormErrors,
};

/// Characters of a line kept at most.
const LONGEST: usize = 2000;

/// An answered line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Which line.
    pub item: VettingItem,
    /// Yes or no.
    pub passed: bool,
    /// Where it was seen; may be empty.
    pub evidence: String,
}

/// A line as the page shows it.
#[derive(Serialize)]
pub(super) struct ItemView {
    key: &'static str,
    answer: &'static str,
    evidence: String,
}

/// What was sent of it: `answer_<item>` and `evidence_<item>`.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed(HashMap<String, String>);

impl Typed {
    pub(super) fn of(sent: HashMap<String, String>) -> Self {
        Self(sent)
    }

    fn field(&self, name: &str, item: VettingItem) -> &str {
        self.0.get(&format!("{name}_{item}")).map_or("", |text| text.trim())
    }

    /// The answered lines; a line with a source and no answer is a fault.
    pub(super) fn checked(&self) -> Result<Vec<Checked>, FormErrors> {
        let (mut checked, mut errors) = (Vec::new(), FormErrors::default());
        for item in VETTING_ITEMS.iter().copied() {
            let evidence: String = self.field("evidence", item).chars().take(LONGEST).collect();
            match self.field("answer", item) {
                answer @ ("yes" | "no") => checked.push(Checked { item, passed: answer == "yes", evidence }),
                _ if evidence.is_empty() => {}
                _ => {
                    let label = format!("roll-item-{}", item.key().replace('_', "-"));
                    errors.add_labelled(format!("answer_{item}"), Some(label), "roll-error-answer");
                }
            }
        }
        if errors.is_empty() { Ok(checked) } else { Err(errors) }
    }
}

/// The lines: as typed where something came back, else as stored.
pub(super) fn lines(stored: &[vetting_check::Model], typed: Option<&Typed>) -> Vec<ItemView> {
    let line = |item: &VettingItem| {
        let row = stored.iter().find(|row| row.item == item.key());
        let (answer, evidence) = match typed {
            Some(typed) => (typed.field("answer", *item), typed.field("evidence", *item).to_owned()),
            None => {
                let answer = row.map_or("", |row| if row.passed { "yes" } else { "no" });
                (answer, row.and_then(|row| row.evidence.clone()).unwrap_or_default())
            }
        };
        let answer = match answer {
            "yes" => "yes",
            "no" => "no",
            _ => "",
        };
        ItemView { key: item.key(), answer, evidence }
    };
    VETTING_ITEMS.iter().map(line).collect()
}
