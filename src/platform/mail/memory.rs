//! A transport that keeps what it is given; for tests. Nothing leaves the process.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;

use super::{Composed, Delivery, Transport};

/// Keeps mails in memory; clones share them.
#[derive(Clone, Debug, Default)]
pub struct MemoryTransport {
    kept: Arc<Mutex<Vec<Composed>>>,
    answers: Arc<Mutex<VecDeque<Delivery>>>,
}

impl MemoryTransport {
    /// An empty one that accepts everything.
    pub fn new() -> Self {
        Self::default()
    }

    /// The next delivery without an answer set before ends like this.
    pub fn answer_next(&self, delivery: Delivery) {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).push_back(delivery);
    }

    /// Forgets the answers set before that no delivery has used.
    pub fn forget_answers(&self) {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// All mails accepted so far, in order.
    pub fn accepted(&self) -> Vec<Composed> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All mails accepted so far, which are then forgotten.
    pub fn take(&self) -> Vec<Composed> {
        std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Transport for MemoryTransport {
    async fn deliver(&self, mail: &Composed) -> Delivery {
        let answer = self.answers.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let answer = answer.unwrap_or_else(|| Delivery::Accepted { answer: "250 kept in memory".to_owned() });
        if matches!(answer, Delivery::Accepted { .. }) {
            self.kept.lock().unwrap_or_else(PoisonError::into_inner).push(mail.clone());
        }
        answer
    }

    async fn check(&self) -> Result<(), String> {
        Ok(())
    }
}
