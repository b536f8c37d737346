//! What a person made of one paragraph of a letter, held against what the template says now (R34). Must not know where it is kept.

use super::{
    checks::{DraftedBlock, Edited},
    language::Language,
};

/// The longest paragraph, in characters: a page holds about half of it.
const LONGEST_TEXT: usize = 6000;

/// A paragraph of one letter as a person made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Key of the block.
    pub block: String,
    /// What the template said when it was edited.
    pub base: Option<String>,
    /// What it is to say; empty: it is left out.
    pub text: String,
}

impl Edit {
    /// The paragraph as it stands in the letter. What was written over words that the template no longer has is a conflict, until a person has seen
    /// both; where the template now says the same there is none.
    pub fn over(&self, drafted: DraftedBlock) -> DraftedBlock {
        let template = drafted.text;
        let conflict = self.base != template && template.as_deref() != Some(self.text.as_str());
        DraftedBlock { text: Some(self.text.clone()), edited: Some(Edited { template, conflict }), ..drafted }
    }
}

/// How a paragraph is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One line: the subject.
    Line,
    /// A request on each line.
    Items,
    /// Paragraphs, parted by empty lines.
    Prose,
}

/// What was typed, as it is kept: no blanks at the ends of lines, in prose no line ends but between paragraphs. Nobody's browser makes an edit of
/// a text that was not touched.
pub fn settled(typed: &str, shape: Shape, language: Language) -> String {
    let typed = typed.replace("\r\n", "\n").replace('\r', "\n");
    let lines = |text: &str, between: &str| text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(between);
    let within = if language == Language::Zh { "" } else { " " };
    match shape {
        Shape::Line => lines(&typed, " "),
        Shape::Items => lines(&typed, "\n"),
        Shape::Prose => {
            let blank = typed.lines().map(|line| if line.trim().is_empty() { "" } else { line }).collect::<Vec<_>>().join("\n");
            blank.split("\n\n").map(|part| lines(part, within)).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
        }
    }
}

/// Whether a settled text can stand in a letter: not too long, and nothing in it that cannot be printed.
pub fn can_stand(text: &str) -> bool {
    text.chars().count() <= LONGEST_TEXT && !text.chars().any(|c| c.is_control() && c != '\n')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::blocks::Part;

    fn drafted(text: Option<&str>) -> DraftedBlock {
        DraftedBlock { key: "context".into(), part: Part::Body, text: text.map(str::to_owned), edited: None }
    }

    /// R34
    #[test]
    fn an_edit_stands_and_tells_when_the_template_has_changed_under_it() {
        let edit = Edit { block: "context".into(), base: Some("As it was.".into()), text: "As we say it.".into() };
        let conflict = |template: Option<&str>| {
            let stands = edit.over(drafted(template));
            assert_eq!(stands.text.as_deref(), Some("As we say it."), "the edit is kept whatever the template says");
            stands.edited.map(|edited| (edited.conflict, edited.template))
        };
        assert_eq!(conflict(Some("As it was.")), Some((false, Some("As it was.".into()))));
        assert_eq!(conflict(Some("As it is now.")), Some((true, Some("As it is now.".into()))));
        assert_eq!(conflict(None), Some((true, None)), "the paragraph has no words in this language any more");
        assert_eq!(conflict(Some("As we say it.")), Some((false, Some("As we say it.".into()))), "the template took the words over");
    }

    #[test]
    fn what_was_typed_is_kept_without_the_marks_of_a_keyboard() {
        assert_eq!(settled(" Subject\r\n line ", Shape::Line, Language::En), "Subject line");
        assert_eq!(settled("one \r\n\r\n two", Shape::Items, Language::En), "one\ntwo");
        assert_eq!(settled("a\r\nb\r\n \r\n\r\nc\n", Shape::Prose, Language::En), "a b\n\nc");
        assert_eq!(settled("一\n二", Shape::Prose, Language::Zh), "一二");
        assert_eq!(settled(" \n \n", Shape::Prose, Language::En), "", "left out");
    }
}
