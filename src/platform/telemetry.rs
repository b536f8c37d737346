//! Where log lines go: words for a terminal, JSON otherwise. Must never be handed names, addresses, tokens or bodies (R73).
//!
//! Libraries are heard from `warn` upwards only, whatever `RUST_LOG` says: below that they print what passes through them.

use std::io::{IsTerminal, stderr};

use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt, filter_fn},
    fmt::MakeWriter,
    layer::SubscriberExt,
    registry,
    util::SubscriberInitExt,
};

const DEFAULT: &str = "warn,demarche=info";

/// Starts logging for this process; a second call does nothing. `RUST_LOG` says how much, by default warnings and our own notices.
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    // Failing means that logging is on already.
    let _already = subscriber(stderr, filter, stderr().is_terminal()).try_init();
}

fn subscriber<W>(writer: W, filter: EnvFilter, for_people: bool) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    let lines = if for_people { lines.boxed() } else { lines.json().boxed() };
    registry().with(lines.with_filter(filter.and(filter_fn(may_be_heard))))
}

fn may_be_heard(line: &Metadata<'_>) -> bool {
    let ours = line.target() == "demarche" || line.target().starts_with("demarche::");
    ours || line.is_span() || *line.level() <= Level::WARN
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use std::sync::{Arc, Mutex};

    use super::*;

    fn logged(filter: &str, for_people: bool, work: impl FnOnce()) -> String {
        #[derive(Clone, Default)]
        struct Kept(Arc<Mutex<Vec<u8>>>);
        impl std::io::Write for Kept {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                self.0.lock().unwrap().write(bytes)
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let kept = Kept::default();
        let sink = kept.clone();
        tracing::subscriber::with_default(subscriber(move || sink.clone(), EnvFilter::new(filter), for_people), work);
        let bytes = kept.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    /// R73.
    #[test]
    fn a_library_cannot_print_what_passes_through_it_even_when_everything_is_asked_for() {
        let text = logged("trace", false, || {
            tracing::debug!(target: "lettre::transport::smtp", "RCPT TO:<person@example.org>");
            tracing::info!(target: "demarchement", "not ours");
            tracing::warn!(target: "lettre", "server is slow");
            tracing::debug!("ours");
        });
        assert!(!text.contains("person@") && !text.contains("not ours"), "{text}");
        assert!(text.contains("server is slow") && text.contains("ours"), "{text}");
    }

    #[test]
    fn lines_are_json_for_machines_and_words_for_people() {
        let json = logged(DEFAULT, false, || tracing::info!(n = 3, "counted"));
        let line: serde_json::Value = serde_json::from_str(json.trim()).unwrap();
        assert_eq!((line["fields"]["n"].as_u64(), line["fields"]["message"].as_str()), (Some(3), Some("counted")));
        let words = logged(DEFAULT, true, || {
            tracing::info!("counted");
            tracing::debug!("unasked");
        });
        assert!(words.contains("counted") && !words.contains("unasked") && serde_json::from_str::<serde_json::Value>(&words).is_err());
    }
}
