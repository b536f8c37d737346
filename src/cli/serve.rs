//! `demarche serve` and `demarche worker`: until a signal says stop, and then gracefully.

use std::net::TcpListener;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::{
    app::{App, Replaced},
    config::Config,
};

/// What `serve` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Serve pages only; a worker runs elsewhere.
    #[arg(long)]
    no_worker: bool,
}

pub(super) async fn run(config: &Config, arguments: Arguments) -> anyhow::Result<()> {
    let app = App::compose(config, true, Replaced::default()).await?;
    app.refresh_identity().await?;
    let listener = TcpListener::bind(config.listen)?;
    eprintln!("demarche listens on http://{}", listener.local_addr()?);
    serve_until_stopped(&app, listener, !arguments.no_worker).await
}

pub(super) async fn work(config: &Config) -> anyhow::Result<()> {
    let app = App::compose(config, false, Replaced::default()).await?;
    app.refresh_identity().await?;
    let stop = stop_on_signal()?;
    app.worker().run(stop).await;
    Ok(())
}

/// Serves, and works beside it, until SIGINT or SIGTERM; lets what runs finish.
pub(super) async fn serve_until_stopped(app: &App, listener: TcpListener, with_worker: bool) -> anyhow::Result<()> {
    let stop = stop_on_signal()?;
    let worker = {
        let (worker, stop) = (app.worker(), stop.clone());
        tokio::spawn(async move {
            if with_worker {
                worker.run(stop).await;
            }
        })
    };
    let server = app.serve(listener)?;
    let handle = server.handle();
    let mut serving = tokio::spawn(server);
    tokio::select! {
        ended = &mut serving => {
            stop.cancel();
            worker.await?;
            ended??;
        }
        () = stop.cancelled() => {
            app.stop(&handle, worker).await?;
            serving.await??;
        }
    }
    Ok(())
}

fn stop_on_signal() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let token = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        token.cancel();
    });
    Ok(stop)
}
