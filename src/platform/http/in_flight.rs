//! Which requests are still being answered, so that a stop can wait for them. Must not look at any of them.
//!
//! A connection to the database lives by the thread of the server that opened it, whoever uses it later. The server ends its threads one by one as they
//! fall idle, and with them connections that another request or a job holds in that moment. So nothing ends before everything is answered.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use actix_web::{
    body::{BodySize, BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::ConnectionType,
    middleware::Next,
    web::{Bytes, Data},
};

/// How often the count is looked at while a stop waits.
const LOOK: Duration = Duration::from_millis(20);

/// The requests of one process that are being answered.
#[derive(Debug, Default)]
pub struct InFlight {
    count: Arc<AtomicUsize>,
    stopping: AtomicBool,
}

impl InFlight {
    /// From now on every answer is the last one on its connection. Returns when none is being written any more, or after `patience`.
    pub async fn finish(&self, patience: Duration) {
        self.stopping.store(true, Ordering::SeqCst);
        let none = async {
            while self.count.load(Ordering::SeqCst) > 0 {
                tokio::time::sleep(LOOK).await;
            }
        };
        if tokio::time::timeout(patience, none).await.is_err() {
            tracing::warn!(requests = self.count.load(Ordering::SeqCst), "stopped before all was answered");
        }
    }
}

/// Counts a request until the last byte of its answer is handed over or its reader is gone.
///
/// # Errors
/// Never by itself.
pub async fn count<B: MessageBody + 'static>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<Counted>, actix_web::Error> {
    let held = request.app_data::<Data<InFlight>>().map(|requests| (requests.clone(), Held::one_of(&requests.count)));
    let mut response = next.call(request).await?;
    let held = held.map(|(requests, held)| {
        if requests.stopping.load(Ordering::SeqCst) {
            response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
        }
        held
    });
    Ok(response.map_body(|_, body| Counted { body: body.boxed(), _held: held }))
}

/// One request in the count, for as long as it exists.
#[derive(Debug)]
struct Held(Arc<AtomicUsize>);

impl Held {
    fn one_of(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A body that holds its request in the count.
#[derive(Debug)]
pub struct Counted {
    body: BoxBody,
    _held: Option<Held>,
}

impl MessageBody for Counted {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_next(cx)
    }

    fn try_into_bytes(self) -> Result<Bytes, Self> {
        let Self { body, _held } = self;
        body.try_into_bytes().map_err(|body| Self { body, _held })
    }
}
