//! The command line entry point. No logic here.

use std::process::ExitCode;

fn main() -> ExitCode {
    demarche::cli::run()
}
