//! The addresses of the vetting desk. Must hold no rule.

use actix_web::web;

use super::{
    corrections_desk, duplicates_desk, invitations_desk, logos_desk, queue_desk, reveals_desk, rules_desk, signature_desk, typed_desk,
    uploads_desk,
};

/// The desk's addresses.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/desk/signatures", web::get().to(queue_desk::queue))
        .route("/desk/signatures/verify", web::post().to(queue_desk::verify_many))
        .route("/desk/signatures/new", web::get().to(typed_desk::show))
        .route("/desk/signatures/new", web::post().to(typed_desk::enter))
        .route("/desk/signatures/{id}", web::get().to(signature_desk::show))
        .route("/desk/signatures/{id}/decision", web::post().to(signature_desk::decide))
        .route("/desk/signatures/{id}/second", web::post().to(signature_desk::second))
        .route("/desk/signatures/{id}/withdraw", web::post().to(signature_desk::withdraw))
        .route("/desk/signatures/{id}/check", web::post().to(signature_desk::check))
        .route("/desk/signatures/{id}/status", web::post().to(signature_desk::set_status))
        .route("/desk/signatures/{id}/reveal", web::post().to(reveals_desk::reveal))
        .route("/desk/signatures/{id}/logo.png", web::get().to(logos_desk::picture))
        .route("/desk/signatures/{id}/logo", web::post().to(logos_desk::decide))
        .route("/desk/logos", web::get().to(logos_desk::list))
        .route("/desk/reveals", web::get().to(reveals_desk::list))
        .route("/desk/duplicates", web::get().to(duplicates_desk::list))
        .route("/desk/duplicates/{id}", web::get().to(duplicates_desk::show))
        .route("/desk/duplicates/{id}", web::post().to(duplicates_desk::decide))
        .route("/desk/rules", web::get().to(rules_desk::list))
        .route("/desk/rules", web::post().to(rules_desk::keep))
        .route("/desk/rules/{id}", web::get().to(rules_desk::show))
        .route("/desk/rules/{id}", web::post().to(rules_desk::begin))
        .route("/desk/rules/{id}/runs/{run}/stop", web::post().to(rules_desk::stop))
        .route("/desk/rules/{id}/runs/{run}/undo", web::post().to(rules_desk::undo))
        .route("/desk/invitations", web::get().to(invitations_desk::show))
        .route("/desk/invitations", web::post().to(invitations_desk::invite))
        .route("/desk/imports", web::get().to(uploads_desk::list))
        .route("/desk/imports", web::post().to(uploads_desk::keep))
        .route("/desk/imports/{id}", web::get().to(uploads_desk::show))
        .route("/desk/imports/{id}", web::post().to(uploads_desk::read))
        .route("/desk/imports/{id}/stop", web::post().to(uploads_desk::stop))
        .route("/desk/imports/{id}/rejects.csv", web::get().to(uploads_desk::rejects))
        .route("/desk/corrections", web::get().to(corrections_desk::list))
        .route("/desk/corrections/{id}", web::post().to(corrections_desk::decide));
}
