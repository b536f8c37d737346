//! Typst: typed data in, tagged PDF out. Values reach a template only as JSON data, never as source, so that `#eval("x")` in a name
//! prints as itself. Must not know what a letter says, fetch anything, or read the file system: templates and fonts are in the binary.

mod fonts;
pub mod letter;
mod text;
mod world;

use std::{
    borrow::Cow,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread::available_parallelism,
};

use chrono::{DateTime, Datelike, Timelike, Utc};
use serde::Serialize;
use tokio::{sync::Semaphore, task::spawn_blocking};
use typst::{
    diag::SourceDiagnostic,
    foundations::{Bytes, Datetime, Label, Smart},
    introspection::Introspector,
    utils::PicoStr,
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

pub use self::letter::LetterPage;
use self::world::{Engine, Job};

/// After how many documents the cache of the typesetter is swept. It is global to the process and grows by 1.5 MB a letter
/// otherwise; sweeping more often costs speed, less often memory.
const SWEEP_EVERY: usize = 2;
/// Sweeping keeps what was used since the last sweep but this many: what letters of one round share stays warm.
const SWEEP_AGE: usize = 1;

/// How many sizes and spacings a template has, from the roomiest to the tightest; `fit` in its data says which.
const FITS: usize = 4;
/// The label a template puts at the end of what ought to stand on one page.
const END: &str = "end-of-letter";

/// A template in `templates/typst`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Template {
    /// A letter with its annex of signers; its data is a [`LetterPage`].
    Letter,
    /// A list of signatories; its data says how it is laid out.
    List,
}

/// A finished document.
#[derive(Clone, Debug)]
pub struct Typeset {
    /// The file: PDF/UA-1 and PDF/A-2a, the same bytes for the same data and stamp.
    pub pdf: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
    /// Characters of the data that no font here can show; each stands as U+FFFD in the document. A check must look at this.
    pub uncovered: Vec<char>,
    /// What the typesetter complained about without giving up. Empty unless a template has a fault.
    pub warnings: Vec<String>,
}

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub enum TypesetError {
    /// The data does not turn into JSON.
    #[error("the data of the document cannot be serialised")]
    Data(#[from] serde_json::Error),
    /// The template and the data do not fit together, or the result would not be accessible.
    #[error("the typesetter refused the document: {0}")]
    Refused(String),
    /// A panic inside the typesetter; it took only this document with it.
    #[error("the typesetter failed on this document")]
    Panicked,
    /// The moment to stamp the document with is outside the range of a PDF date.
    #[error("the document's time stamp is out of range")]
    Stamp,
    /// The process is stopping.
    #[error("the typesetter is shutting down")]
    Stopping,
}

/// Turns data into documents. Cheap to make and to clone; fonts are read at the first document, so an idle server does not pay.
#[derive(Clone)]
pub struct Typesetter(Arc<Inner>);

struct Inner {
    engine: OnceLock<Arc<Engine>>,
    done: AtomicUsize,
    seats: Arc<Semaphore>,
}

impl Default for Typesetter {
    fn default() -> Self {
        Self::new()
    }
}

impl Typesetter {
    /// A typesetter that works on as many documents at once as there are cores.
    pub fn new() -> Self {
        Self::with_seats(available_parallelism().map_or(1, usize::from))
    }

    /// A typesetter whose [`typeset`](Self::typeset) works on at most `seats` documents at once.
    pub fn with_seats(seats: usize) -> Self {
        Self(Arc::new(Inner { engine: OnceLock::new(), done: AtomicUsize::new(0), seats: Arc::new(Semaphore::new(seats.max(1))) }))
    }

    /// Typesets on the calling thread, which must be one that may block. `stamp` becomes the document's creation date.
    pub fn render_blocking(&self, template: Template, data: &impl Serialize, stamp: DateTime<Utc>) -> Result<Typeset, TypesetError> {
        self.render_value(template, serde_json::to_value(data)?, stamp)
    }

    /// Typesets off the async threads, waiting for a free seat first.
    pub async fn typeset(&self, template: Template, data: &impl Serialize, stamp: DateTime<Utc>) -> Result<Typeset, TypesetError> {
        let data = serde_json::to_value(data)?;
        let seat = self.0.seats.clone().acquire_owned().await.map_err(|_closed| TypesetError::Stopping)?;
        let typesetter = self.clone();
        let work = spawn_blocking(move || {
            let _seat = seat; // given back when the work ends, also when the waiting request has gone away
            typesetter.render_value(template, data, stamp)
        });
        work.await.map_err(|_joined| TypesetError::Panicked)?
    }

    /// Reads which characters the fonts show, off the async threads: what asks about characters afterwards only looks them up.
    ///
    /// # Errors
    /// When the fonts cannot be read or the process is stopping.
    pub async fn ready(&self) -> Result<(), TypesetError> {
        let typesetter = self.clone();
        spawn_blocking(move || drop(Arc::clone(typesetter.engine()))).await.map_err(|_joined| TypesetError::Stopping)
    }

    /// `text` without the characters that no font here can show; as it is where nothing would remain.
    pub fn settable<'a>(&self, text: &'a str) -> Cow<'a, str> {
        text::settable(self.engine().coverage(), text)
    }

    /// The characters of `text` that no font here can show, each once, in order of appearance.
    pub fn uncovered(&self, text: &str) -> Vec<char> {
        text::uncovered(self.engine().coverage(), text)
    }

    fn engine(&self) -> &Arc<Engine> {
        self.0.engine.get_or_init(|| Arc::new(Engine::new()))
    }

    fn render_value(&self, template: Template, mut data: serde_json::Value, stamp: DateTime<Utc>) -> Result<Typeset, TypesetError> {
        let stamp = timestamp(stamp).ok_or(TypesetError::Stamp)?;
        let engine = self.engine();
        let uncovered = text::make_printable(engine.coverage(), &mut data);
        let outcome = catch_unwind(AssertUnwindSafe(|| fit(engine, template, &mut data, stamp)));
        let failed = !matches!(outcome, Ok(Ok(_)));
        if failed || self.0.done.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            typst::comemo::evict(SWEEP_AGE);
        }
        let typeset = outcome.map_err(|_panic| TypesetError::Panicked)??;
        Ok(Typeset { uncovered, ..typeset })
    }
}

/// Sets a document at the first of its fits at which it ends on its first page, else at the last. Most letters need one try.
fn fit(engine: &Arc<Engine>, template: Template, data: &mut serde_json::Value, stamp: Timestamp) -> Result<Typeset, TypesetError> {
    let mut tried = 0;
    loop {
        if let Some(fields) = data.as_object_mut() {
            fields.insert("fit".to_owned(), tried.into());
        }
        let job = Job::new(engine.clone(), template, Bytes::new(serde_json::to_vec(data)?));
        let compiled = typst::compile::<PagedDocument>(&job);
        let document = compiled.output.map_err(|faults| refused(&faults))?;
        tried += 1;
        if tried == FITS || ends_on_first_page(&document) {
            let warnings = compiled.warnings.iter().map(|warning| warning.message.to_string()).collect();
            return Ok(Typeset { warnings, ..write(&document, stamp)? });
        }
    }
}

/// Whether what the template marks as its end, before any annex, stands on the first page.
fn ends_on_first_page(document: &PagedDocument) -> bool {
    let Some(label) = Label::new(PicoStr::intern(END)) else { return true };
    let introspector: &dyn Introspector = document.introspector().as_ref();
    let end = introspector.query_label(label).ok().and_then(|mark| introspector.page(mark.location()?));
    end.is_none_or(|page| page.get() == 1)
}

fn write(document: &PagedDocument, stamp: Timestamp) -> Result<Typeset, TypesetError> {
    let standards =
        PdfStandards::new(&[PdfStandard::Ua_1, PdfStandard::A_2a]).map_err(|e| TypesetError::Refused(e.message().to_string()))?;
    let options = PdfOptions {
        creator: Smart::Custom(Some("Demarche".into())),
        timestamp: Some(stamp),
        standards,
        ident: Smart::Auto,
        ..PdfOptions::default()
    };
    let pdf = typst_pdf::pdf(document, &options).map_err(|faults| refused(&faults))?;
    Ok(Typeset { pdf, pages: document.pages().len(), uncovered: Vec::new(), warnings: Vec::new() })
}

fn refused(faults: &[SourceDiagnostic]) -> TypesetError {
    let messages: Vec<_> = faults.iter().map(|fault| fault.message.as_str()).collect();
    TypesetError::Refused(messages.join("; "))
}

fn timestamp(at: DateTime<Utc>) -> Option<Timestamp> {
    let [month, day, hour, minute, second] =
        [at.month(), at.day(), at.hour(), at.minute(), at.second()].map(|part| u8::try_from(part).unwrap_or(u8::MAX));
    Datetime::from_ymd_hms(at.year(), month, day, hour, minute, second).map(Timestamp::new_utc)
}
