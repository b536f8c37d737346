//! `demarche config`: every setting, its value with secrets masked, and where it came from.

use crate::config::Config;

pub(super) fn run() -> anyhow::Result<()> {
    let (settings, faults) = Config::listing();
    for setting in settings {
        println!("{:<28} {:<12} {}", setting.name, setting.origin, setting.value);
    }
    faults.map_or(Ok(()), |faults| Err(faults.into()))
}
