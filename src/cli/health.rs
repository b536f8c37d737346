//! `demarche health`: whether the server on this machine answers and reaches its database; for container health checks.

use std::time::Duration;

use super::visit::Visitor;
use crate::config::Config;

/// Less than the five seconds container supervisors usually wait.
const PATIENCE: Duration = Duration::from_secs(3);

pub(super) async fn run(config: &Config) -> anyhow::Result<()> {
    let answer = Visitor::of(config.listen, PATIENCE).get("/health/ready").await?;
    let said = answer.text().trim().to_owned();
    anyhow::ensure!(answer.status == 200, "{} answers {}: {said}", config.listen, answer.status);
    println!("{said}");
    Ok(())
}
