//! A transport that writes every mail to a directory: for the demo, for rehearsals, for machines without a mail server. Nothing leaves (R36).

use std::{
    io,
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use super::{Composed, Delivery, Transport};

/// Writes `.eml` files. The file is named by the Message-ID: delivering a mail twice leaves one file.
#[derive(Clone, Debug)]
pub struct FileTransport {
    directory: PathBuf,
}

impl FileTransport {
    /// Uses a directory, which is made when absent.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn new(directory: impl Into<PathBuf>) -> io::Result<Self> {
        let directory = directory.into();
        std::fs::create_dir_all(&directory)?;
        Ok(Self { directory })
    }

    /// Where the mails are.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Written beside and renamed, so that a reader never sees half a mail.
    async fn write(&self, mail: &Composed) -> io::Result<()> {
        let unfinished = self.directory.join(format!(".{}.part", Uuid::new_v4().simple()));
        let written = async {
            let mut file = tokio::fs::File::create(&unfinished).await?;
            file.write_all(&mail.bytes).await?;
            file.sync_all().await?;
            tokio::fs::rename(&unfinished, self.directory.join(format!("{}.eml", stem(&mail.message_id)))).await
        };
        let result = written.await;
        if result.is_err() {
            let _ = tokio::fs::remove_file(&unfinished).await;
        }
        result
    }
}

/// A file name for a Message-ID, the same each time and never outside its directory.
pub(super) fn stem(message_id: &str) -> String {
    let plain: String = message_id
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@') { c } else { '_' })
        .take(120)
        .collect();
    if plain == message_id && !plain.starts_with('.') {
        return plain;
    }
    let digest: String = hex::encode(Sha256::digest(message_id)).chars().take(12).collect();
    format!("{}-{digest}", plain.trim_start_matches('.'))
}

#[async_trait]
impl Transport for FileTransport {
    async fn deliver(&self, mail: &Composed) -> Delivery {
        match self.write(mail).await {
            Ok(()) => Delivery::Accepted { answer: "written to the mail directory".to_owned() },
            Err(error) => Delivery::Deferred { answer: format!("the mail directory cannot be written: {}", error.kind()) },
        }
    }

    async fn check(&self) -> Result<(), String> {
        let probe = self.directory.join(format!(".{}.part", Uuid::new_v4().simple()));
        let result = tokio::fs::write(&probe, b"").await;
        let _ = tokio::fs::remove_file(&probe).await;
        result.map_err(|error| format!("the mail directory cannot be written: {}", error.kind()))
    }
}
