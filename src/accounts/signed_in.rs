//! The member of staff behind a request. Two indexed queries a request. Must not decide what a page shows.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, http::header::LOCATION, web};
use sea_orm::DbErr;
use serde::{Deserialize, de::DeserializeOwned};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::{
    roles::{Permission, Role},
    store,
};
use crate::{
    domain::language::Language,
    platform::{
        Platform,
        http::{
            forms,
            frame::{Flash, Frame, UserView},
            problem::Problem,
            sessions,
        },
        i18n,
    },
};

/// Somebody signed in, whose session and account are both alive.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The account.
    pub id: Uuid,
    /// The account's name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The desk's language.
    pub language: Language,
    session_id: Uuid,
    csrf: String,
    flash: Option<Flash>,
    path: String,
    /// The page shown, with its filters; the first one for the answer to a form, which has no address of its own.
    back: String,
}

#[derive(Deserialize)]
struct CsrfField {
    #[serde(default)]
    csrf: String,
}

impl SignedIn {
    /// Refuses unless the role has the permission.
    ///
    /// # Errors
    /// [`Problem::Forbidden`].
    pub fn require(&self, permission: Permission) -> Result<(), Problem> {
        if self.role.may(permission) { Ok(()) } else { Err(Problem::Forbidden) }
    }

    /// Reads a form of this session.
    ///
    /// # Errors
    /// [`Problem::StaleForm`] when its `csrf` field is not the session's.
    pub fn form<T: DeserializeOwned>(&self, body: &[u8]) -> Result<T, Problem> {
        let field: CsrfField = forms::read(body)?;
        self.check_csrf(&field.csrf)?;
        forms::read(body)
    }

    /// For forms that are not urlencoded.
    ///
    /// # Errors
    /// [`Problem::StaleForm`].
    pub fn check_csrf(&self, field: &str) -> Result<(), Problem> {
        if bool::from(field.as_bytes().ct_eq(self.csrf.as_bytes())) { Ok(()) } else { Err(Problem::StaleForm) }
    }

    /// The frame of a staff page titled with the message `title_key`.
    pub fn frame<'a>(&self, platform: &'a Platform, title_key: &str) -> Frame<'a> {
        self.frame_titled(platform, i18n::word(self.language, title_key))
    }

    /// The frame of a staff page whose title is already in words.
    pub fn frame_titled<'a>(&self, platform: &'a Platform, title: String) -> Frame<'a> {
        let user = UserView {
            name: self.name.clone(),
            role: self.role.key(),
            role_key: format!("accounts-role-{}", self.role),
            back: self.back.clone(),
        };
        platform.site.desk_frame(self.language, &self.path, title, Some(user), self.csrf.clone(), self.flash.clone())
    }

    /// Answers a successful change: 303 to `to`, where the message `key` shows once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn done(&self, platform: &Platform, to: &str, key: &str, args: &i18n::Args) -> Result<HttpResponse, DbErr> {
        self.told(platform, to, "good", key, args).await
    }

    /// Like [`Self::done`], for a change that could not be made.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refused(&self, platform: &Platform, to: &str, key: &str, args: &i18n::Args) -> Result<HttpResponse, DbErr> {
        self.told(platform, to, "bad", key, args).await
    }

    async fn told(&self, platform: &Platform, to: &str, kind: &str, key: &str, args: &i18n::Args) -> Result<HttpResponse, DbErr> {
        let flash = Flash { kind: kind.to_owned(), text: i18n::text(self.language, key, args) };
        sessions::set_flash(platform.database.write(), self.session_id, Some(&flash)).await?;
        Ok(HttpResponse::SeeOther().insert_header((LOCATION, to)).finish())
    }

    /// Ends this session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_out(&self, platform: &Platform) -> Result<(), DbErr> {
        sessions::end(platform.database.write(), self.session_id).await
    }
}

impl FromRequest for SignedIn {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let platform = request.app_data::<web::Data<Platform>>().ok_or_else(|| anyhow::anyhow!("the platform is not composed"))?;
            let return_to = request.uri().path_and_query().map_or_else(String::new, ToString::to_string);
            let sign_in = || Problem::SignInRequired { return_to: return_to.clone() };
            let now = platform.clock.now();
            let session = sessions::find(platform.database.read(), &request, now).await?.ok_or_else(sign_in)?;
            let account = store::by_id(platform.database.read(), session.account_id).await?;
            let account = account.filter(|account| account.disabled_at.is_none()).ok_or_else(sign_in)?;
            if sessions::wants_touch(&session, now) {
                sessions::touch(platform.database.write(), session.id, now).await?;
            }
            let shows_page = request.method() == actix_web::http::Method::GET;
            let flash: Option<Flash> = session.flash.filter(|_| shows_page).and_then(|flash| serde_json::from_value(flash).ok());
            if flash.is_some() {
                sessions::set_flash(platform.database.write(), session.id, None).await?;
            }
            Ok(Self {
                id: account.id,
                name: account.name,
                role: account.role.parse().map_err(anyhow::Error::from)?,
                language: Language::of_interface(&account.language).unwrap_or_default(),
                session_id: session.id,
                csrf: session.csrf_token,
                flash,
                path: request.path().to_owned(),
                back: if shows_page { return_to } else { "/desk".to_owned() },
            })
        })
    }
}
