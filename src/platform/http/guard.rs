//! What every request passes: a request id, the headers that fence a page in, and the refusal of writes from other sites. Must not know who is signed in.

use actix_web::{
    HttpMessage, ResponseError,
    body::{BoxBody, EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web,
};

use super::{frame::Site, problem::Problem};

/// Quoted on error pages and in the log.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; form-action 'self'; \
     frame-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'self'";

/// What staff see; no cache keeps any of it.
const DESK: &str = "/desk";

const HEADERS: [(&str, &str); 6] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"),
];

/// Adds the request id and the security headers, and refuses a write that a browser sends on behalf of another site.
///
/// # Errors
/// Never by itself.
pub async fn guard<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    let id = uuid::Uuid::now_v7().simple().to_string();
    request.extensions_mut().insert(RequestId(id.clone()));
    let site = request.app_data::<web::Data<Site>>().cloned();
    let secure = site.as_ref().is_some_and(|site| site.base_url.starts_with("https:"));
    let foreign = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS)
        && is_foreign(request.headers(), site.as_ref().map_or("", |site| site.base_url.as_str()));
    let of_desk = request.path().starts_with(DESK);
    let span = tracing::info_span!("request", id = %id, method = %request.method());
    // No address of ours holds a NUL, and a database that is asked for one refuses in words of its own.
    let refused = match (foreign, request.uri().path().contains("%00")) {
        (true, _) => Some(Problem::StaleForm),
        (_, true) => Some(Problem::NotFound),
        _ => None,
    };
    if *request.method() == Method::HEAD {
        // Answered as the page would be; the connection knows how it was asked and leaves the body out.
        request.head_mut().method = Method::GET;
    }
    let mut response = if let Some(problem) = refused {
        request.into_response(problem.error_response()).map_into_right_body()
    } else {
        tracing::Instrument::instrument(next.call(request), span).await?.map_into_left_body()
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if of_desk && !headers.contains_key(header::CACHE_CONTROL) {
        // A shared machine must not show the desk to whoever presses "back" after the sign-out.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000; includeSubDomains"));
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    Ok(response)
}

/// Fetch metadata decides where the browser sends it; else the `Origin` must be this host. A client that sends neither is no browser and
/// carries no cookie on anybody's behalf.
fn is_foreign(headers: &HeaderMap, base_url: &str) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return !matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    let Some(origin) = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()) else { return false };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let same_host = origin.split_once("://").is_some_and(|(_, origin_host)| origin_host == host);
    !(same_host || origin == base_url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn a_write_from_another_site_is_refused() {
        assert!(is_foreign(&headers(&[("sec-fetch-site", "cross-site")]), ""));
        assert!(is_foreign(&headers(&[("sec-fetch-site", "same-site")]), ""));
        assert!(is_foreign(&headers(&[("origin", "https://evil.example"), ("host", "sign.example")]), "https://sign.example"));
        assert!(is_foreign(&headers(&[("origin", "null"), ("host", "sign.example")]), "https://sign.example"));
    }

    #[test]
    fn a_write_from_our_own_pages_passes() {
        assert!(!is_foreign(&headers(&[("sec-fetch-site", "same-origin")]), ""));
        assert!(!is_foreign(&headers(&[("origin", "https://sign.example"), ("host", "sign.example")]), "https://sign.example"));
        assert!(!is_foreign(&headers(&[]), ""));
    }
}
