//! Machinery that knows nothing of campaigns: database, jobs, mail, typesetting, templates, HTTP. Must not name a feature room.

pub mod assets;
pub mod clock;
pub mod crypto;
pub mod database;
pub mod documents;
pub mod file_signature;
pub mod files;
pub mod formats;
pub mod http;
pub mod i18n;
pub mod jobs;
pub mod mail;
pub mod pictures;
pub mod refreshed;
pub mod telemetry;
pub mod templates;
pub mod throttle;
#[cfg(test)]
pub(crate) mod trial;
pub mod typeset;

use std::sync::Arc;

use actix_web::web;
use uuid::Uuid;

use crate::domain::clock::Clock;

/// What every room is handed: the machinery of one process.
#[derive(Clone)]
pub struct Platform {
    /// Both handles of the database.
    pub database: database::Database,
    /// Where "now" comes from.
    pub clock: Arc<dyn Clock>,
    /// Templates, frame and navigation.
    pub site: web::Data<http::frame::Site>,
    /// Seals, keyed hashes and tokens.
    pub keys: Arc<crypto::Keys>,
    /// Wakes the worker of this process after something was put in the queue.
    pub bell: jobs::Bell,
    /// How mail leaves.
    pub mail: Arc<dyn mail::Transport>,
    /// The address all mail comes from.
    pub mail_from: String,
    /// Signs mails, if there is a key.
    pub mail_signer: Option<Arc<mail::Signer>>,
    /// Mails one host gets in a minute.
    pub mails_per_minute: i32,
    /// Proxies of our own that every request has passed.
    pub proxies: usize,
    /// Where a demonstration keeps its mail for the browser.
    pub mailbox: Option<mail::mailbox::Mailbox>,
    /// Letters and other documents.
    pub typesetter: typeset::Typesetter,
    /// Finished public pages.
    pub pages: web::Data<http::cache::PageCache>,
}

impl std::fmt::Debug for Platform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Platform").finish_non_exhaustive()
    }
}

impl Platform {
    /// The Message-ID of what a row sends, under the domain all mail comes from.
    pub fn message_id(&self, row: Uuid) -> String {
        mail::message_id(row, self.mail_from.rsplit_once('@').map_or("localhost", |(_, domain)| domain))
    }

    /// After the commit of a change that public pages show: they follow at once in this process, within seconds in the others; and the work that
    /// was queued with it begins.
    pub fn changed(&self) {
        self.pages.clear();
        self.bell.ring();
    }

    /// The same, where a name was hidden: nothing readable of it is left in a log either.
    pub async fn hidden(&self) {
        self.changed();
        self.database.empty_log().await;
    }

    /// Composes a mail and tries once to deliver it.
    ///
    /// # Errors
    /// When it cannot be composed; what the server says is no error but the [`mail::Delivery`].
    pub async fn deliver(&self, mail: &mail::Outgoing) -> Result<mail::Delivery, mail::ComposeError> {
        Ok(self.mail.deliver(&mail::compose(mail, self.mail_signer.as_deref())?).await)
    }
}
