//! Whether the process lives and whether it can do its work. Must not reveal more than that.

use actix_web::{HttpResponse, web};
use sea_orm::ConnectionTrait;

use crate::platform::database::Database;

/// `GET /health/live`: the process answers.
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("live")
}

/// `GET /health/ready`: the database answers too.
pub async fn ready(database: web::Data<Database>) -> HttpResponse {
    match database.read().execute_unprepared("SELECT 1").await {
        Ok(_) => HttpResponse::Ok().content_type("text/plain").body("ready"),
        Err(_) => HttpResponse::ServiceUnavailable().content_type("text/plain").body("database unavailable"),
    }
}
