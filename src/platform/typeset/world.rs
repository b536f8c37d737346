//! The world a template lives in: its own source, the shared one, and its data. Nothing else exists there: no file, no package, no
//! network, no date of today.

use std::sync::Arc;

use typst::{
    Library, LibraryExt, World,
    diag::{FileError, FileResult},
    foundations::{Bytes, Datetime, Duration},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_kit::fonts::FontStore;

use super::{Template, fonts, text::Coverage};

const LETTER: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/typst/letter.typ"));
const LIST: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/typst/list.typ"));
const SCRIPTS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/typst/scripts.typ"));

/// What all documents share: made once, then only read.
pub(super) struct Engine {
    library: LazyHash<Library>,
    fonts: FontStore,
    coverage: Coverage,
    letter: Source,
    list: Source,
    scripts: Source,
    data: FileId,
}

impl Engine {
    pub(super) fn new() -> Self {
        let fonts = fonts::store();
        Self {
            library: LazyHash::new(Library::default()),
            coverage: Coverage::of(fonts.book()),
            fonts,
            letter: Source::new(id("letter.typ"), LETTER.into()),
            list: Source::new(id("list.typ"), LIST.into()),
            scripts: Source::new(id("scripts.typ"), SCRIPTS.into()),
            data: id("data.json"),
        }
    }

    pub(super) fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    fn source(&self, template: Template) -> &Source {
        match template {
            Template::Letter => &self.letter,
            Template::List => &self.list,
        }
    }
}

/// Only ever called with the constant names of this file.
fn id(name: &'static str) -> FileId {
    let Ok(path) = VirtualPath::new(name) else { unreachable!("a plain file name is a valid path") };
    FileId::new(RootedPath::new(VirtualRoot::Project, path))
}

/// One document in the making.
pub(super) struct Job {
    engine: Arc<Engine>,
    template: Template,
    data: Bytes,
}

impl Job {
    pub(super) fn new(engine: Arc<Engine>, template: Template, data: Bytes) -> Self {
        Self { engine, template, data }
    }
}

impl World for Job {
    fn library(&self) -> &LazyHash<Library> {
        &self.engine.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.engine.fonts.book()
    }

    fn main(&self) -> FileId {
        self.engine.source(self.template).id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        [self.engine.source(self.template), &self.engine.scripts]
            .into_iter()
            .find(|source| source.id() == id)
            .cloned()
            .ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.engine.data { Ok(self.data.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.engine.fonts.font(index)
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
