//! Composition: settings become a server on a given port and a worker. Must hold no rules.

use std::{net::TcpListener, sync::Arc, time::Duration};

use actix_web::{
    App as WebApp, HttpRequest, HttpResponse, HttpServer,
    dev::{Server, ServerHandle},
    http::header::{LOCATION, VARY},
    middleware::{Compress, from_fn},
    web::{self, Data},
};
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;
use uuid::Uuid;

use crate::{
    accounts::{
        self, Permission,
        passwords::Passwords,
        roles::Role,
        service::{AccountError, NewAccount},
    },
    campaigns,
    config::{Config, DkimConfig, MailConfig},
    domain::clock::Clock,
    letters,
    platform::{
        Platform,
        assets::{self, Assets},
        clock::SystemClock,
        crypto::Keys,
        database::Database,
        http::{
            cache::PageCache,
            frame::{CampaignName, NavigationItem, Site},
            guard, health,
            in_flight::{self, InFlight},
            mailbox,
            problem::{self, Problem},
            visitor,
        },
        jobs::{Bell, Worker, WorkerSettings},
        mail::{FileTransport, SmtpTransport, Transport, mailbox::Mailbox},
        templates::{Templates, Witness},
        typeset::Typesetter,
    },
    positions, publishing, replies, signing, states,
};

/// The largest body of a form without a file, in bytes.
const LARGEST_FORM: usize = 256 * 1024;
/// Bytes of finished public pages kept at most.
const ROOM_FOR_PAGES: usize = 32 * 1024 * 1024;

const fn item(path: &'static str, label_key: &'static str) -> NavigationItem {
    NavigationItem { path, label_key, roles: Vec::new(), also: &[] }
}

const PUBLIC_NAVIGATION: [NavigationItem; 6] = [
    item("", "site-nav-home"),
    item("/statement", "site-nav-statement"),
    item("/sign", "site-nav-sign"),
    item("/signatories", "site-nav-signatories"),
    item("/states", "site-nav-states"),
    item("/write", "site-nav-write"),
];

const FOOTER_NAVIGATION: [NavigationItem; 4] = [
    item("/calendar", "site-nav-calendar"),
    item("/method", "site-nav-method"),
    item("/genuine", "site-nav-verify"),
    item("/privacy", "site-nav-privacy"),
];

/// A page that a menu offers only to those whom it lets in.
fn desk_item(path: &'static str, label_key: &'static str, needs: Permission) -> NavigationItem {
    let roles = Role::ALL.into_iter().filter(|role| role.may(needs)).map(Role::key).collect();
    NavigationItem { path, label_key, roles, also: &[] }
}

/// Pages about signatures that are reached from the queue.
const SIGNING: &[&str] =
    &["/desk/corrections", "/desk/duplicates", "/desk/imports", "/desk/invitations", "/desk/logos", "/desk/reveals", "/desk/rules"];

fn desk_navigation() -> Vec<NavigationItem> {
    vec![
        desk_item("/desk", "desk-nav-today", Permission::ReadDesk),
        NavigationItem { also: SIGNING, ..desk_item("/desk/signatures", "desk-nav-signatures", Permission::VetSignatures) },
        desk_item("/desk/waves", "desk-nav-waves", Permission::ReadDesk),
        desk_item("/desk/plan", "desk-nav-plan", Permission::ReadDesk),
        NavigationItem { also: &["/desk/register"], ..desk_item("/desk/letters", "desk-nav-letters", Permission::ReadDesk) },
        NavigationItem { also: &["/desk/meetings"], ..desk_item("/desk/replies", "desk-nav-replies", Permission::RecordReplies) },
        desk_item("/desk/positions", "desk-nav-positions", Permission::ReadDesk),
        desk_item("/desk/work", "desk-nav-work", Permission::SuperviseWork),
        desk_item("/desk/audit", "desk-nav-audit", Permission::ReadAudit),
    ]
}

/// A composed process: everything a server or a worker needs.
#[derive(Clone)]
pub struct App {
    /// The machinery.
    pub platform: Platform,
    /// States, in memory.
    pub states: Data<states::Register>,
    /// The campaign, in memory.
    pub campaigns: Data<campaigns::Register>,
    roll: Data<signing::roll_register::Register>,
    counts: Data<signing::counts::Register>,
    versions: Data<signing::versions::Register>,
    record: Data<positions::board::Register>,
    /// Where signatures arrive.
    pub intake: Data<signing::intake::Intake>,
    passwords: Data<Passwords>,
    assets: Data<Assets>,
    threads: usize,
    in_flight: Data<InFlight>,
}

/// Parts a test replaces.
#[derive(Clone, Default)]
pub struct Replaced {
    /// Another clock.
    pub clock: Option<Arc<dyn Clock>>,
    /// Another way for mail to leave.
    pub mail: Option<Arc<dyn Transport>>,
    /// Somebody to note which templates are rendered.
    pub witness: Option<Witness>,
}

impl App {
    /// Connects, migrates when `migrate` says so, and composes the rooms.
    ///
    /// # Errors
    /// When the database cannot be reached or a template does not parse.
    pub async fn compose(config: &Config, migrate: bool, replaced: Replaced) -> anyhow::Result<Self> {
        let database = Database::open(config.database_url.expose_secret(), config.pool, migrate).await?;
        if !migrate {
            database.require_current_schema().await?;
        }
        let assets = Assets::load();
        let templates = Templates::load()?;
        let site = Site {
            templates: match replaced.witness {
                Some(witness) => templates.watched_by(witness),
                None => templates,
            },
            assets: assets.links().clone(),
            base_url: config.base_url.clone(),
            campaign: std::sync::RwLock::new(Arc::new(CampaignName::default())),
            public_navigation: PUBLIC_NAVIGATION.to_vec(),
            footer_navigation: FOOTER_NAVIGATION.to_vec(),
            desk_navigation: desk_navigation(),
            demo: config.demo,
        };
        let platform = Platform {
            database,
            clock: replaced.clock.unwrap_or_else(|| Arc::new(SystemClock)),
            site: Data::new(site),
            keys: Arc::new(Keys::from_secret(&config.secret_key)?),
            bell: Bell::default(),
            mail: match replaced.mail {
                Some(mail) => mail,
                None => transport(&config.mail)?,
            },
            typesetter: Typesetter::new(),
            mail_from: config.mail_from.clone(),
            mail_signer: config.dkim.as_ref().map(DkimConfig::signer).transpose()?.map(Arc::new),
            mails_per_minute: config.letters_per_minute,
            proxies: config.proxies,
            mailbox: match &config.mail {
                MailConfig::Directory(directory) if config.demo => Some(Mailbox::new(directory)),
                _ => None,
            },
            pages: Data::new(PageCache::new(config.page_cache, ROOM_FOR_PAGES)),
        };
        signing::contact::require_known_key(&platform).await?;
        if migrate {
            signing::contact::seal_what_is_left(&platform).await?;
        }
        Ok(Self {
            intake: Data::new(signing::intake::Intake::start(&platform)),
            platform,
            states: Data::new(states::Register::default()),
            campaigns: Data::new(campaigns::Register::new(config.campaign.clone())),
            roll: Data::new(signing::roll_register::Register::default()),
            counts: Data::new(signing::counts::Register::default()),
            versions: Data::new(signing::versions::Register::default()),
            record: Data::new(positions::board::Register::default()),
            passwords: Data::new(Passwords::new()?),
            assets: Data::new(assets),
            threads: config.threads,
            in_flight: Data::new(InFlight::default()),
        })
    }

    /// Adds a staff account.
    ///
    /// # Errors
    /// When the address or password is unfit, or the address is taken.
    pub async fn add_account(&self, new: NewAccount) -> Result<Uuid, AccountError> {
        accounts::service::add(&self.platform, &self.passwords, new).await
    }

    /// Fills the demonstration: signatories, evidence, addresses that lead nowhere. Repeatable.
    ///
    /// # Errors
    /// When a shipped file has faults or the database fails.
    pub async fn load_demo(&self) -> anyhow::Result<()> {
        let campaign = self.campaigns.get(&self.platform).await?;
        let states = self.states.get(&self.platform).await?;
        signing::demo::load(&self.platform, (&campaign, &states)).await?;
        states::posts::give_demo_addresses(&self.platform).await?;
        Ok(())
    }

    /// Tells the frame of all pages which campaign they belong to. Call it once the campaign is loaded.
    ///
    /// # Errors
    /// When there is no campaign or the database fails.
    pub async fn refresh_identity(&self) -> anyhow::Result<()> {
        let current = self.campaigns.get(&self.platform).await?;
        let name = CampaignName { slug: current.config.slug.clone(), names: current.config.short_name.0.clone() };
        *self.platform.site.campaign.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(name);
        Ok(())
    }

    /// The worker with every room's handlers. Any number of them may share a database.
    pub fn worker(&self) -> Worker {
        let worker = Worker::new(self.platform.database.clone(), Arc::clone(&self.platform.clock), WorkerSettings::default())
            .with_bell(self.platform.bell.clone());
        let worker = signing::jobs::register(worker, &self.platform, &self.campaigns, &self.states);
        let worker = letters::jobs::register(worker, &self.platform, &self.campaigns, &self.states);
        worker.handle(positions::jobs::Derive::new(self.platform.clone()))
    }

    /// Ends a server of [`App::serve`], and `work` that goes on beside it: no new connection, then what is being done and answered, then its threads.
    pub async fn stop<T>(&self, server: &ServerHandle, work: impl Future<Output = T>) -> T {
        server.pause().await;
        let (worked, ()) = tokio::join!(work, self.in_flight.finish(PATIENCE));
        server.stop(true).await;
        worked
    }

    /// Serves on a bound socket until told to stop, by [`App::stop`] if nothing is to be broken off.
    ///
    /// # Errors
    /// When the socket cannot be used.
    pub fn serve(&self, listener: TcpListener) -> std::io::Result<Server> {
        let (app, readiness) = (self.clone(), Data::new(health::Readiness::default()));
        let server = HttpServer::new(move || {
            WebApp::new()
                .app_data(app.platform.site.clone())
                .app_data(Data::new(app.platform.clone()))
                .app_data(app.states.clone())
                .app_data(app.campaigns.clone())
                .app_data(app.roll.clone())
                .app_data(app.counts.clone())
                .app_data(app.versions.clone())
                .app_data(app.record.clone())
                .app_data(app.intake.clone())
                .app_data(app.passwords.clone())
                .app_data(app.assets.clone())
                .app_data(readiness.clone())
                .app_data(app.in_flight.clone())
                .app_data(web::PayloadConfig::new(LARGEST_FORM))
                .wrap(from_fn(guard::guard))
                .wrap(from_fn(problem::render_problems))
                .wrap(Compress::default())
                .wrap(from_fn(in_flight::count))
                .route("/", web::get().to(choose_language))
                .route("/genuine", web::get().to(choose_language))
                .route("/health/live", web::get().to(health::live))
                .route("/health/ready", web::get().to(health::ready))
                .route("/assets/{name}", web::get().to(assets::get))
                .configure(routes)
                .default_service(web::to(|| async { Err::<HttpResponse, _>(Problem::NotFound) }))
        });
        Ok(server.workers(self.threads).disable_signals().shutdown_timeout(PATIENCE.as_secs()).listen(listener)?.run())
    }
}

/// How long answers may go on after a stop was asked for.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a mail server may take for one step.
const SMTP_PATIENCE: Duration = Duration::from_secs(30);

fn transport(config: &MailConfig) -> anyhow::Result<Arc<dyn Transport>> {
    Ok(match config {
        MailConfig::Smtp(url) => Arc::new(SmtpTransport::from_url(url.clone(), SMTP_PATIENCE, 4)?),
        MailConfig::Directory(directory) => Arc::new(FileTransport::new(directory)?),
    })
}

/// Loads the reference facts and the campaign folder `campaign` in one transaction. Repeatable.
///
/// # Errors
/// When a file has faults or the database fails; nothing is loaded then.
pub async fn load_reference(database: &Database, campaign: &str, now: DateTime<Utc>) -> anyhow::Result<()> {
    let txn = database.begin().await?;
    states::reference::load(&txn, now).await?;
    let folder = campaigns::files::Folder::from_argument(campaign);
    let id = campaigns::load::load(&txn, &folder, now).await?;
    let config = campaigns::load::configuration(&folder)?;
    letters::words::load(&txn, &folder, config.languages_of_letters(), id, now).await?;
    if let Some(report) = positions::import::shipped(&txn, (id, &config), &folder, now).await? {
        for reject in &report.rejects {
            tracing::warn!(line = reject.line, reason = %reject.reason, "a line of the evidence cannot be read");
        }
    }
    // A new version of the text starts from its own signatures.
    signing::counts::recount_in(&txn, id, now).await?;
    txn.commit().await?;
    // The job that was asked for would do it too; so there are positions before a worker runs, and after a change of the rule's numbers.
    positions::keeping::derive(database, id, now).await?;
    Ok(())
}

/// The rooms' addresses.
fn routes(config: &mut web::ServiceConfig) {
    accounts::desk::routes(config);
    mailbox::routes(config);
    accounts::work::routes(config);
    signing::pages::routes(config);
    signing::roll_pages::routes(config);
    signing::desk::routes(config);
    signing::waves_desk::routes(config);
    campaigns::plan_desk::routes(config);
    letters::desk::routes(config);
    states::register_desk::routes(config);
    positions::desk::routes(config);
    positions::pages::routes(config);
    publishing::routes(config);
    letters::own_letter::routes(config);
    replies::desk::routes(config);
}

/// `GET /`, and what letters print without a language: to the page in the best language the browser asks for.
async fn choose_language(request: HttpRequest) -> HttpResponse {
    let language = visitor::language_of(&request);
    let page = request.path().trim_end_matches('/');
    HttpResponse::SeeOther().insert_header((LOCATION, format!("/{language}{page}"))).insert_header((VARY, "accept-language")).finish()
}
