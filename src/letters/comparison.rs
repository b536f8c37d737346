//! How alike the letters of a round are, on its board: which have the same words, which are unlike the others, and the board ordered by that. Compares
//! the marks that drafting keeps (`domain/uniformity.rs`), never texts.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

use serde::Serialize;
use uuid::Uuid;

use super::store::BoardLetter;
use crate::domain::{
    keyed::keyed,
    letter::{LetterState, PostKind},
    uniformity::{self, Marks, Standing},
};

keyed! {
    /// Which letters are looked for.
    Alike {
        /// Another says the same, but for the name of its state.
        Same = "same",
        /// No other says the same.
        Own = "own",
        /// They have little in common with the usual letter in their language.
        Unlike = "unlike",
    }
}

keyed! {
    /// The order of a board that is not by the names of states.
    Order {
        /// Those unlike the others first.
        LeastAlike = "least",
        /// Those like the others first.
        MostAlike = "most",
    }
}

impl Alike {
    pub(super) fn fits(self, standing: Option<&Standing>) -> bool {
        standing.is_some_and(|standing| match self {
            Self::Same => standing.same > 0,
            Self::Own => standing.same == 0,
            Self::Unlike => standing.is_unlike(),
        })
    }
}

impl Order {
    /// Puts a letter's place first; letters that are compared with none stand last.
    pub(super) fn rank(self, view: Option<&AlikeView>) -> (bool, Reverse<u32>, Reverse<usize>) {
        let Some((percent, same)) = view.and_then(|view| Some((view.percent?, view.same))) else { return (true, Reverse(0), Reverse(0)) };
        match self {
            Self::MostAlike => (false, Reverse(percent), Reverse(same)),
            Self::LeastAlike => (false, Reverse(100_u32.saturating_sub(percent)), Reverse(usize::MAX.saturating_sub(same))),
        }
    }
}

/// How one letter stands among the others.
#[derive(Serialize)]
pub(super) struct AlikeView {
    pub same: usize,
    /// None: there is no other to compare it with.
    pub percent: Option<u32>,
    pub unlike: bool,
}

impl From<&Standing> for AlikeView {
    fn from(standing: &Standing) -> Self {
        Self { same: standing.same, percent: standing.percent, unlike: standing.is_unlike() }
    }
}

/// How the letters of a round that are not left out stand among those in their language to missions, or to ministries: the two are asked for different
/// things. Those drafted by an older program are not among them. No query.
pub(super) fn standings<'a>(letters: impl Iterator<Item = &'a BoardLetter>, kinds: &BTreeMap<Uuid, String>) -> HashMap<Uuid, Standing> {
    let open = letters.filter(|letter| letter.state != LetterState::Closed.key());
    let marked: Vec<(&BoardLetter, Marks)> = open.filter_map(|letter| Some((letter, Marks::read(letter.marks.as_ref()?)?))).collect();
    let peers = |letter: &BoardLetter| {
        let kind = kinds.get(&letter.post_id).and_then(|kind| kind.parse::<PostKind>().ok());
        format!("{} {}", letter.language, kind.map_or("", PostKind::condition_key))
    };
    let groups: Vec<String> = marked.iter().map(|(letter, _)| peers(letter)).collect();
    let compared: Vec<(&str, &Marks)> = groups.iter().map(String::as_str).zip(marked.iter().map(|(_, marks)| marks)).collect();
    marked.iter().map(|(letter, _)| letter.id).zip(uniformity::standings(&compared)).collect()
}
