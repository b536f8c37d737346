//! The campaign folders the binary carries, and folders given at the command line in the same shape. Must not interpret them.

use std::path::{Path, PathBuf};

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "assets/campaigns/"]
struct Shipped;

/// Where a campaign's files are.
#[derive(Clone, Debug)]
pub enum Folder {
    /// A folder of the binary, by name.
    Shipped(String),
    /// A folder on disk.
    Disk(PathBuf),
}

/// A file a campaign needs and does not have.
#[derive(Debug, thiserror::Error)]
#[error("the campaign folder has no readable file {0}")]
pub struct MissingFile(pub String);

impl Folder {
    /// The shipped folder `argument`, or the directory of that name.
    pub fn from_argument(argument: &str) -> Self {
        let is_shipped = Shipped::get(&format!("{argument}/campaign.toml")).is_some();
        if is_shipped { Self::Shipped(argument.to_owned()) } else { Self::Disk(Path::new(argument).to_owned()) }
    }

    /// The bytes of a file of the folder.
    ///
    /// # Errors
    /// [`MissingFile`].
    pub fn bytes(&self, name: &str) -> Result<Vec<u8>, MissingFile> {
        let found = match self {
            Self::Shipped(folder) => Shipped::get(&format!("{folder}/{name}")).map(|file| file.data.into_owned()),
            Self::Disk(folder) => std::fs::read(folder.join(name)).ok(),
        };
        found.ok_or_else(|| MissingFile(name.to_owned()))
    }

    /// A text file of the folder.
    ///
    /// # Errors
    /// [`MissingFile`], also when the file is not UTF-8.
    pub fn text(&self, name: &str) -> Result<String, MissingFile> {
        String::from_utf8(self.bytes(name)?).map_err(|_| MissingFile(name.to_owned()))
    }
}
