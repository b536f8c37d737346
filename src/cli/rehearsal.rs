//! The whole demonstration on a scratch database, walked through in every language as a visitor and as staff: what `check` knows of templates.
//! A template counts as rendered when a page or mail made of it was really answered. Must not touch the database of the settings.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fs,
    net::TcpListener,
    os::unix::fs::DirBuilderExt,
    path::PathBuf,
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use secrecy::ExposeSecret;

use super::{
    demo,
    visit::{Answer, Visitor},
};
use crate::{
    accounts::{Role, service::NewAccount},
    app::{self, App, Replaced},
    domain::{language::Language, signature::SignatureState},
    entities::signature,
    platform::{
        crypto,
        templates::{Templates, Witness},
    },
    signing::signer,
};

/// How long one page may take; typesetting with unoptimised code is slow.
const PATIENCE: Duration = Duration::from_secs(60);
/// Pages of one kind that are opened in each language: one state is like the next.
const OF_A_KIND: usize = 3;
/// A folder that goes away whatever happens.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// What was done.
pub(super) struct Covered {
    /// Whole pages and mails there are; all were rendered in all languages.
    pub(super) templates: usize,
    /// Pages that were opened.
    pub(super) opened: usize,
}

/// Fills a scratch demonstration, walks through it, and says what of the templates was not reached or not answered.
///
/// # Errors
/// On the first page that does not answer as it should, and when a template was not rendered in some language.
pub(super) async fn run() -> anyhow::Result<Covered> {
    let scratch = Scratch(std::env::temp_dir().join(format!("demarche-check-{}", uuid::Uuid::new_v4().simple())));
    let mut builder = fs::DirBuilder::new();
    builder.mode(0o700).create(&scratch.0).with_context(|| format!("a scratch folder is needed: cannot create {}", scratch.0.display()))?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let secret = crypto::new_secret()?;
    let mut config = demo::settings(&scratch.0, address, secret.expose_secret())?;
    config.page_cache = Duration::ZERO;
    let witness = Witness::default();
    let app = App::compose(&config, true, Replaced { witness: Some(witness.clone()), ..Replaced::default() }).await?;
    app::load_reference(&app.platform.database, "cah", app.platform.clock.now()).await?;
    app.load_demo().await?;
    app.refresh_identity().await?;
    let server = app.serve(listener)?;
    let handle = server.handle();
    let serving = tokio::spawn(server);
    let mut walk = Walk { visitor: Visitor::of(address, PATIENCE), app: &app, opened: 0 };
    let walked = walk.everything(secret.expose_secret()).await;
    let opened = walk.opened;
    handle.stop(false).await;
    serving.await??;
    walked?;
    let (pages, seen) = (Templates::pages(), witness.seen());
    let missing: Vec<String> = pages
        .iter()
        .flat_map(|page| Language::INTERFACE.map(|language| (page.clone(), language)))
        .filter(|pair| !seen.contains(pair))
        .map(|(page, language)| format!("{page} in {language}"))
        .collect();
    ensure!(missing.is_empty(), "templates: not rendered: {}", missing.join(", "));
    Ok(Covered { templates: pages.len(), opened })
}

struct Walk<'a> {
    visitor: Visitor,
    app: &'a App,
    opened: usize,
}

impl Walk<'_> {
    async fn everything(&mut self, password: &str) -> anyhow::Result<()> {
        for language in Language::INTERFACE {
            self.as_visitor(language).await.with_context(|| format!("as a visitor, in {language}"))?;
        }
        for language in Language::INTERFACE {
            self.as_staff(language, password).await.with_context(|| format!("as staff, in {language}"))?;
        }
        Ok(())
    }

    /// Signs, confirms, writes a letter, and opens what a visitor can reach.
    async fn as_visitor(&mut self, language: Language) -> anyhow::Result<()> {
        let sign = format!("/{language}/sign");
        let refused = self.visitor.post(&sign, &[("name", "x")]).await?;
        ensure!(refused.status == 422, "an empty form is answered with {}", refused.status);
        let email = format!("{language}@check.example.org");
        let fields = [
            ("kind", "organisation"),
            ("name", "Rehearsal Society"),
            ("country", "KEN"),
            ("contact_name", "Rehearsal"),
            ("contact_email", &email),
            ("contact_role", "Director"),
            ("visibility", "named"),
            ("authority", "yes"),
            ("consent", "yes"),
        ];
        self.redirected(&self.visitor.post(&sign, &fields).await?)?;
        self.app.worker().drain().await?;
        let own = self.own_page(language).await?;
        let colleague = format!("colleague.{email}");
        let fields =
            [("wish", "second_person"), ("colleague_name", "Rehearsal"), ("colleague_email", &colleague), ("colleague_role", "Chair")];
        let asked = self.visitor.post(&own, &fields).await?;
        ensure!(asked.status == 200, "a wish to ask a colleague is answered with {}", asked.status);
        self.app.worker().drain().await?;
        self.open_all(&[
            format!("/{language}"),
            format!("/{language}/sign/sent"),
            format!("/{language}/mailbox"),
            format!("/{language}/write/sent/thanks"),
            format!("/{language}/signatories/logos"),
            own,
        ])
        .await?;
        let missing = self.visitor.get(&format!("/{language}/no-such-page")).await?;
        ensure!(
            missing.status == 404 && missing.media_type.starts_with("text/html"),
            "an unknown address is answered with {}",
            missing.status
        );
        let invitation = self.visitor.get(&format!("/{language}/invitation/unknown")).await?;
        ensure!(invitation.status == 404, "a link of no invitation is answered with {}", invitation.status);
        let order = [("state", "KEN"), ("post", "foreign_minister"), ("language", language.code()), ("name", "Rehearsal Society")];
        let own = self.visitor.post(&format!("/{language}/write"), &order).await?;
        ensure!(own.status == 200, "a letter is answered with {}", own.status);
        let pdf = self.visitor.post(&format!("/{language}/write/pdf"), &order).await?;
        let word = self.visitor.post(&format!("/{language}/write/docx"), &order).await?;
        ensure!(word.status == 200 && word.body.starts_with(b"PK"), "a letter for a word processor is answered with {}", word.status);
        ensure!(pdf.status == 200 && pdf.body.starts_with(b"%PDF-"), "a typeset letter is answered with {}", pdf.status);
        let today = self.app.platform.clock.now().date_naive().to_string();
        let told =
            [("state", "KEN"), ("posts", "foreign_minister"), ("name", "Rehearsal Society"), ("sent_on", today.as_str()), ("way", "mail")];
        self.redirected(&self.visitor.post_multipart(&format!("/{language}/write/sent"), &told, None).await?)?;
        Ok(())
    }

    /// The page of the signer who came last.
    async fn own_page(&self, language: Language) -> anyhow::Result<String> {
        let platform = &self.app.platform;
        let newest = signature::Entity::find().order_by_desc(signature::Column::Id).one(platform.database.read()).await?;
        let link = signer::issue(platform, &newest.context("nobody has signed")?).await?;
        let (_, token) = link.rsplit_once('/').context("a link without a token")?;
        Ok(format!("/{language}/signature/{token}"))
    }

    /// Signs in with an account of this language and opens what a coordinator can reach; the first one does some work before.
    async fn as_staff(&mut self, language: Language, password: &str) -> anyhow::Result<()> {
        let email = format!("{language}@staff.example.org");
        let name = format!("Rehearsal {language}");
        let new = NewAccount { email: email.clone(), name, role: Role::Coordinator, language, password: password.to_owned().into() };
        self.app.add_account(new).await?;
        // The sign-in page follows the browser's language: nobody is known yet.
        let view = self.visitor.get_in("/desk/sign-in", language).await?;
        ensure!(view.status == 200, "the sign-in page is answered with {}", view.status);
        let signed_in = self.visitor.post("/desk/sign-in", &[("email", &email), ("password", password)]).await?;
        self.redirected(&signed_in)?;
        self.visitor.keep_cookie(&signed_in);
        if language == Language::En {
            self.some_work().await?;
        }
        self.open_all(&["/desk", "/desk/logos", "/desk/reveals"].map(str::to_owned)).await?;
        let wave = self.visitor.get(&format!("/{language}/signatories/wave/1")).await?;
        ensure!(wave.status == 200, "a published wave is answered with {}", wave.status);
        Ok(())
    }

    /// A published wave, a round with drafted letters, a rule, a reply with its proposal, a meeting with a promise: so that every page has something to show.
    async fn some_work(&mut self) -> anyhow::Result<()> {
        let waves = self.visitor.get("/desk/waves").await?;
        let wave = self.submit(&waves, "/desk/waves", &["next"], &[]).await?;
        let frozen = self.visitor.get(&wave).await?;
        self.thank_few().await?;
        self.submit(&frozen, &format!("{wave}/publish"), &[], &[]).await.context("publishing")?;
        let invitations = self.visitor.get("/desk/invitations").await?;
        let list: String =
            Language::INTERFACE.iter().map(|language| format!("{language}@invited.example.org; Rehearsal; {language}\n")).collect();
        self.submit(&invitations, "/desk/invitations", &[], &[("list", &list)]).await.context("invitations")?;
        let rounds = self.visitor.get("/desk/letters").await?;
        let round =
            self.submit(&rounds, "/desk/letters", &["event", "wave", "posts"], &[("name", "Rehearsal"), ("mode", "rehearsal")]).await?;
        let board = self.visitor.get(&round).await?;
        let drafting = self.submit(&board, &format!("{round}/draft"), &[], &[]).await;
        self.app.worker().drain().await?;
        drafting.context("drafting")?;
        let sheets = self.visitor.get("/desk/imports").await?;
        let csrf = sheets.field("csrf").unwrap_or_default();
        self.redirected(&self.visitor.post_multipart("/desk/imports", &[("csrf", &csrf)], Some(("rehearsal.csv", "name,kind\r\n"))).await?)
            .context("a sheet")?;
        let rules = self.visitor.get("/desk/rules").await?;
        let rule = [("name", "Rehearsal"), ("decision", "verify"), ("state", "confirmed"), ("country", "KEN")];
        self.submit(&rules, "/desk/rules", &[], &rule).await.context("a rule")?;
        let campaign = self.app.campaigns.get(&self.app.platform).await?;
        let mail = b"From: Rehearsal <rehearsal@example.org>\r\nSubject: Rehearsal\r\n\r\nRehearsal\r\n";
        crate::replies::inbound::receive(&self.app.platform, &campaign, mail).await?;
        let new = self.visitor.get("/desk/replies/new").await?;
        let (csrf, key) = (new.field("csrf").unwrap_or_default(), new.field("submission_key").unwrap_or_default());
        let today = self.app.platform.clock.now().date_naive().to_string();
        let fields = [
            ("csrf", csrf.as_str()),
            ("submission_key", key.as_str()),
            ("country", "KEN"),
            ("received_on", today.as_str()),
            ("channel", "mail"),
            ("class", "supportive"),
            ("summary", "Rehearsal"),
        ];
        self.redirected(&self.visitor.post_multipart("/desk/replies", &fields, None).await?)?;
        let new = self.visitor.get("/desk/meetings/new").await?;
        let met = [
            ("country", "KEN"),
            ("status", "held"),
            ("met_on", &today),
            ("level", "minister"),
            ("post", "foreign_minister"),
            ("notes", "Rehearsal"),
        ];
        let meeting = self.submit(&new, "/desk/meetings", &["submission_key"], &met).await.context("a meeting")?;
        let shown = self.visitor.get(&meeting).await?;
        let promised = [("text", "Rehearsal"), ("due_on", today.as_str())];
        self.submit(&shown, &format!("{meeting}/promises"), &["submission_key"], &promised).await.context("a promise")?;
        self.app.worker().drain().await?;
        Ok(())
    }

    /// One signer of each language is still to be thanked: a mail to each of hundreds shows no more.
    async fn thank_few(&self) -> anyhow::Result<()> {
        let db = self.app.platform.database.write();
        let mut few = Vec::new();
        for language in Language::INTERFACE {
            let one = signature::Entity::find()
                .filter(signature::Column::Language.eq(language.code()))
                .filter(signature::Column::State.eq(SignatureState::Verified.key()));
            few.push(one.one(db).await?.with_context(|| format!("nobody has signed in {language}"))?.id);
        }
        let thanked = signature::ActiveModel { thanked_at: Set(Some(self.app.platform.clock.now())), ..Default::default() };
        signature::Entity::update_many().set(thanked).filter(signature::Column::Id.is_not_in(few)).exec(db).await?;
        Ok(())
    }

    /// Sends the form of a page with these of its own fields and others beside them; returns where that leads.
    async fn submit(&self, page: &Answer, path: &str, own: &[&str], others: &[(&str, &str)]) -> anyhow::Result<String> {
        let mut fields = Vec::new();
        for name in ["csrf"].iter().chain(own) {
            fields.push((*name, page.field(name).with_context(|| format!("{path}: the form has no {name}"))?));
        }
        let mut pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        pairs.extend_from_slice(others);
        self.redirected(&self.visitor.post(path, &pairs).await?).with_context(|| path.to_owned())
    }

    fn redirected(&self, answer: &Answer) -> anyhow::Result<String> {
        ensure!(answer.status == 303, "a good form is answered with {}", answer.status);
        answer.location.clone().context("a redirect that leads nowhere")
    }

    /// Opens these pages and what they link to on this site.
    async fn open_all(&mut self, from: &[String]) -> anyhow::Result<()> {
        let (mut waiting, mut seen): (VecDeque<String>, BTreeSet<String>) =
            (from.iter().cloned().collect(), from.iter().cloned().collect());
        let mut of_a_kind: BTreeMap<String, usize> = BTreeMap::new();
        let root = from.first().map(String::as_str).unwrap_or_default();
        while let Some(path) = waiting.pop_front() {
            let page = self.visitor.get(&path).await?;
            self.opened += 1;
            if page.status != 200 {
                bail!("{path} is answered with {}", page.status);
            }
            if !page.media_type.starts_with("text/html") {
                continue;
            }
            for link in page.links() {
                let link = link.strip_prefix(&self.app.platform.site.base_url).unwrap_or(&link);
                let link = link.split('#').next().unwrap_or_default().to_owned();
                let inside = link == root || link.starts_with(&format!("{root}/")) || link.starts_with(&format!("{root}?"));
                if !inside || seen.contains(&link) {
                    continue;
                }
                let count = of_a_kind.entry(kind_of(&link)).or_default();
                *count += 1;
                if *count <= OF_A_KIND {
                    seen.insert(link.clone());
                    waiting.push_back(link);
                }
            }
        }
        Ok(())
    }
}

/// Addresses that differ only in keys, codes, numbers and queries are of one kind.
fn kind_of(link: &str) -> String {
    let (path, query) = link.split_once('?').map_or((link, ""), |(path, _)| (path, "?"));
    let named = |part: &str| part.bytes().all(|b| b.is_ascii_lowercase() || b"-.".contains(&b));
    let parts: Vec<&str> = path.split('/').map(|part| if named(part) { part } else { "*" }).collect();
    format!("{}{query}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_state_is_like_the_next_and_no_page_like_another() {
        assert_eq!(kind_of("/en/states/KEN"), kind_of("/en/states/PER"));
        assert_eq!(kind_of("/en/states?group=a"), kind_of("/en/states?issue=b"));
        assert_ne!(kind_of("/en/states"), kind_of("/en/sign"));
    }
}
