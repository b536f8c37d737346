//! The front of the house: home, calendar, method, "is this message from us?", and the desk's first page. Must not hold rules: it asks the
//! rooms below.

pub mod calendar;
pub mod genuine;
pub mod genuine_files;
pub mod home;
pub mod method;
pub mod today;

use actix_web::web;

/// The room's addresses.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/desk", web::get().to(today::show))
        .route("/{lang:en|fr|es|ru|ar|zh}", web::get().to(home::show))
        .route("/{lang:en|fr|es|ru|ar|zh}/calendar", web::get().to(calendar::show))
        .route("/{lang:en|fr|es|ru|ar|zh}/calendar.ics", web::get().to(calendar::feed))
        .route("/{lang:en|fr|es|ru|ar|zh}/method", web::get().to(method::show))
        .route("/{lang:en|fr|es|ru|ar|zh}/genuine", web::get().to(genuine::show))
        .route("/{lang:en|fr|es|ru|ar|zh}/genuine", web::post().to(genuine::compare))
        .route("/genuine/key", web::get().to(genuine_files::key))
        .route("/genuine/{reference}.sig", web::get().to(genuine_files::signature));
}
