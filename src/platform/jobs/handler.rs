//! What a room says about its own background work: a handler and how an attempt ended. Must not touch the queue itself.

use std::time::Duration;

use async_trait::async_trait;
use sea_orm::{DbErr, RuntimeErr};
use serde_json::Value as Json;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Carries out jobs of one kind.
#[async_trait]
pub trait Handler: Send + Sync {
    /// The kind of job it carries out.
    fn kind(&self) -> &'static str;

    /// Does the work. It may be called again for the same job, so it looks first whether the work is done already.
    async fn run(&self, payload: Json, attempt: Attempt) -> Result<(), JobError>;
}

/// Which attempt this is.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The job.
    pub job: Uuid,
    /// From 1.
    pub number: u16,
    /// The job is given up after so many.
    pub max: u16,
    /// Cancelled when the worker is asked to stop: long work ends at the next safe point, with [`JobError::Postpone`] if some is left.
    pub stop: CancellationToken,
}

impl Attempt {
    /// No further attempt will follow by itself.
    pub fn is_last(&self) -> bool {
        self.number >= self.max
    }
}

/// Why a job is not done. The words are kept and shown to supervisors: they never hold addresses or names.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// Try again after the usual back-off.
    #[error("{0}")]
    Retry(String),
    /// Try again after a given time (a server said when). Counts as an attempt.
    #[error("{reason}")]
    RetryAfter {
        /// How long to wait.
        after: Duration,
        /// What went wrong.
        reason: String,
    },
    /// Not now (a pace limit, a stopping worker). Does not count as an attempt.
    #[error("{reason}")]
    Postpone {
        /// How long to wait.
        after: Duration,
        /// What it waits for.
        reason: String,
    },
    /// Trying again is of no use.
    #[error("{0}")]
    Fail(String),
}

impl JobError {
    /// For a payload that this version cannot read.
    pub fn payload(error: &serde_json::Error) -> Self {
        Self::Fail(format!("payload not understood at column {}", error.column()))
    }
}

impl From<DbErr> for JobError {
    /// Keeps the class and code of the fault only: a database's own message may quote values.
    fn from(error: DbErr) -> Self {
        let class = match &error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => "no database connection",
            DbErr::RecordNotFound(_) => "a database row is missing",
            _ if error.sql_err().is_some() => "a database constraint was broken",
            _ => "a database statement failed",
        };
        match code(&error) {
            Some(code) => Self::Retry(format!("{class} (code {code})")),
            None => Self::Retry(class.to_owned()),
        }
    }
}

impl From<anyhow::Error> for JobError {
    /// A fault of the database as above; of any other no more than that there was one, since its words are not known here.
    fn from(error: anyhow::Error) -> Self {
        error.downcast::<DbErr>().map_or_else(|_| Self::Retry("a step failed".to_owned()), Self::from)
    }
}

fn code(error: &DbErr) -> Option<String> {
    let (DbErr::Exec(RuntimeErr::SqlxError(inner)) | DbErr::Query(RuntimeErr::SqlxError(inner))) = error else { return None };
    inner.as_database_error()?.code().map(std::borrow::Cow::into_owned)
}
