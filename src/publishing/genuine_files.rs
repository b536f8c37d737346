//! What whoever holds a letter needs to check it without us (R46): the signature of the PDF that left, and the key it was made with. Must sign no letter
//! that has not left. The same in every language, so its addresses have none.

use actix_web::{HttpResponse, http::header, web};

use crate::{
    letters::store,
    platform::{Platform, file_signature::FileSigner, http::problem::Problem},
};

/// Where the signature of a letter is.
pub(super) fn address(reference: &str) -> String {
    format!("/genuine/{reference}.sig")
}

/// The line of our key, as a file of keys has it.
pub(super) fn allowed(platform: &Platform) -> Result<String, Problem> {
    Ok(signer(platform)?.allowed(&platform.mail_from))
}

fn signer(platform: &Platform) -> Result<FileSigner, Problem> {
    Ok(FileSigner::of(&platform.keys).map_err(|_| anyhow::anyhow!("the installation's key signs no files"))?)
}

fn text(body: String, file_name: &str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file_name}\"")))
        .body(body)
}

pub(super) async fn key(platform: web::Data<Platform>) -> Result<HttpResponse, Problem> {
    Ok(text(format!("{}\n", allowed(&platform)?), "allowed_signers"))
}

/// Six queries and one signature, which takes well under a millisecond.
pub(super) async fn signature(path: web::Path<String>, platform: web::Data<Platform>) -> Result<HttpResponse, Problem> {
    let pdf = store::left_as(platform.database.read(), &path).await?.ok_or(Problem::NotFound)?;
    let signer = signer(&platform)?;
    let signed = web::block(move || signer.sign(&pdf)).await.map_err(anyhow::Error::from)?;
    Ok(text(signed, "letter.pdf.sig"))
}
