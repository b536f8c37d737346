//! Where log lines go: words for a terminal, JSON otherwise. Must never be handed names, addresses, tokens or bodies.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::EnvFilter;

/// Starts logging for this process; a second call does nothing. `RUST_LOG` says how much, by default warnings and our own notices.
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,demarche=info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr);
    // Failing means that logging is on already.
    let _already = if stderr().is_terminal() { lines.try_init() } else { lines.json().try_init() };
}
