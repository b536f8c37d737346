//! The signer's own page, reached by a link that only their mailbox has. Must not show a withheld name: whoever holds the link knows it, and
//! whoever looks over a shoulder must not.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION},
    },
    web,
};
use chrono::{DateTime, Utc};
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};

use super::{
    colleague::{self, Asked, Task},
    contact::Contact,
    correction::{self, Proposed},
    form, logos,
    renewal::{self, Renewed},
    signer::{self, Acted, Carrier, Wish},
    store::{self, Signed},
};
use crate::{
    campaigns,
    domain::signature::{SecondPerson, SignatoryKind, SignatureState, Visibility},
    entities::text_version,
    platform::{
        Platform,
        http::{
            forms::{self, FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
            visitor::Visitor,
        },
        i18n,
    },
    states,
};

/// The page's addresses.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/{lang}/signature/{token}", web::get().to(show))
        .route("/{lang}/signature/{token}", web::post().to(act))
        .route("/{lang}/signature/{token}/data", web::post().to(data));
}

#[derive(Serialize)]
struct SignerPage<'a> {
    page: Frame<'a>,
    /// good, done, proposed, asked, renewed, refused or unknown.
    outcome: &'static str,
    address: String,
    reference: String,
    name: Option<String>,
    place: String,
    state: String,
    visibility: String,
    signed_at: Option<DateTime<Utc>>,
    title: Option<String>,
    version: i32,
    /// Of the version that was signed, where that is an earlier one.
    signed_version: Option<i32>,
    /// The new version can be signed from here.
    may_renew: bool,
    /// What may still be chosen.
    choices: Vec<&'static str>,
    may_withdraw: bool,
    /// Something is kept beyond the tombstone.
    may_erase: bool,
    carriers: Vec<Carrier>,
    /// The name to propose another for is printed.
    may_correct: bool,
    may_send_logo: bool,
    /// What waits for staff.
    correction: Option<String>,
    /// What stands in the fields.
    typed: WishForm,
    errors: Vec<FormErrorView>,
    /// The campaign waits for a second person.
    second_awaited: bool,
    /// What a colleague may be asked for.
    tasks: Vec<TaskView>,
}

#[derive(Serialize)]
struct TaskView {
    /// second-person or contact.
    key: String,
    /// What its fields begin with.
    prefix: &'static str,
    /// When somebody was asked who has not answered.
    asked_at: Option<DateTime<Utc>>,
    name: String,
    email: String,
    role: String,
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
struct WishForm {
    wish: String,
    name: String,
    colleague_name: String,
    colleague_email: String,
    colleague_role: String,
    contact_name: String,
    contact_email: String,
    contact_role: String,
}

impl WishForm {
    fn task(&self) -> Option<Task> {
        self.wish.parse().ok()
    }

    /// What was typed about whoever is asked.
    fn of(&self, task: Task) -> (&'static str, Contact) {
        let (prefix, [name, email, role]) = match task {
            Task::SecondPerson => ("colleague", [&self.colleague_name, &self.colleague_email, &self.colleague_role]),
            Task::TakeOver => ("contact", [&self.contact_name, &self.contact_email, &self.contact_role]),
        };
        (prefix, Contact { name: name.clone(), email: email.clone(), role: role.clone() })
    }

    fn read(&self) -> Option<Wish> {
        match self.wish.as_str() {
            "withdraw" => Some(Wish::Withdraw),
            "erase" => Some(Wish::Erase),
            visibility => visibility.parse().ok().map(Wish::Show),
        }
    }
}

async fn show(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let found = signer::look_up(&platform, &path.1).await.map_err(anyhow::Error::from)?;
    let outcome = if found.is_some() { ("good", StatusCode::OK) } else { ("unknown", StatusCode::NOT_FOUND) };
    page(&request, visitor, (&platform, &campaigns, &states), outcome, found, None).await
}

async fn act(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    path: web::Path<(String, String)>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: WishForm = forms::read(&body)?;
    if form.wish == "correct" {
        return correct(&request, visitor, (&platform, &campaigns, &states), &path.1, form).await;
    }
    if form.wish == "renew" {
        let renewed = renewal::renew(&platform, &*campaigns.get(&platform).await?, &path.1).await?;
        let (outcome, found) = match renewed {
            Renewed::Done(signed) => (("renewed", StatusCode::OK), Some(*signed)),
            Renewed::Refused(signed) => (("refused", StatusCode::CONFLICT), Some(*signed)),
            Renewed::Unknown => (("unknown", StatusCode::NOT_FOUND), None),
        };
        return page(&request, visitor, (&platform, &campaigns, &states), outcome, found, None).await;
    }
    if let Some(task) = form.task() {
        return ask(&request, visitor, (&platform, &campaigns, &states), &path.1, (task, form)).await;
    }
    let (outcome, found) = match form.read() {
        None => {
            let found = signer::look_up(&platform, &path.1).await.map_err(anyhow::Error::from)?;
            (if found.is_some() { ("refused", StatusCode::UNPROCESSABLE_ENTITY) } else { ("unknown", StatusCode::NOT_FOUND) }, found)
        }
        Some(wish) => match signer::act(&platform, &path.1, wish).await? {
            Acted::Done(signed) => (("done", StatusCode::OK), Some(*signed)),
            Acted::Refused(signed) => (("refused", StatusCode::CONFLICT), Some(*signed)),
            Acted::Unknown => (("unknown", StatusCode::NOT_FOUND), None),
        },
    };
    page(&request, visitor, (&platform, &campaigns, &states), outcome, found, None).await
}

/// What is kept of the signature, as a file. By a press only: scanners follow links.
async fn data(
    request: HttpRequest,
    visitor: Visitor,
    platform: web::Data<Platform>,
    campaigns: web::Data<campaigns::Register>,
    states: web::Data<states::Register>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    match signer::own_data(&platform, &path.1).await.map_err(anyhow::Error::from)? {
        Some(data) => Ok(HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"signature.json\""))
            .json(data)),
        None => page(&request, visitor, (&platform, &campaigns, &states), ("unknown", StatusCode::NOT_FOUND), None, None).await,
    }
}

/// Proposes another name for the printed one (R19).
async fn correct(
    request: &HttpRequest,
    visitor: Visitor,
    with: (&Platform, &campaigns::Register, &states::Register),
    token: &str,
    form: WishForm,
) -> Result<HttpResponse, Problem> {
    let platform = with.0;
    let proposed = correction::propose(platform, token, &form.name).await.map_err(anyhow::Error::from)?;
    let found = signer::look_up(platform, token).await.map_err(anyhow::Error::from)?;
    let (outcome, fault) = match proposed {
        Proposed::Done => (("proposed", StatusCode::OK), None),
        Proposed::Refused => (("refused", StatusCode::CONFLICT), None),
        Proposed::Unknown => (("unknown", StatusCode::NOT_FOUND), None),
        Proposed::Fault(fault) => {
            let mut errors = FormErrors::default();
            form::add_fault(&mut errors, "name", fault);
            (("good", StatusCode::UNPROCESSABLE_ENTITY), Some((form, errors)))
        }
    };
    page(request, visitor, with, outcome, found, fault).await
}

/// Writes to a colleague who confirms too, or takes over (R3).
async fn ask(
    request: &HttpRequest,
    visitor: Visitor,
    with: (&Platform, &campaigns::Register, &states::Register),
    token: &str,
    (task, form): (Task, WishForm),
) -> Result<HttpResponse, Problem> {
    let platform = with.0;
    let found = signer::look_up(platform, token).await.map_err(anyhow::Error::from)?;
    let speaks_for_itself = found.as_ref().is_some_and(|(_, of)| of.kind == SignatoryKind::Individual.key());
    let (prefix, typed) = form.of(task);
    let again = |errors| (("good", StatusCode::UNPROCESSABLE_ENTITY), Some((form.clone(), errors)));
    let fault = |key| {
        let mut errors = FormErrors::default();
        errors.add(format!("{prefix}_email"), key);
        again(errors)
    };
    let (outcome, fault) = match form::colleague(&typed, prefix, !speaks_for_itself) {
        Err(errors) => again(errors),
        Ok(colleague) => match colleague::ask(platform, token, task, &colleague).await? {
            Asked::Done => (("asked", StatusCode::OK), None),
            Asked::Refused => (("refused", StatusCode::CONFLICT), None),
            Asked::Unknown => (("unknown", StatusCode::NOT_FOUND), None),
            Asked::SameAddress => fault("signing-error-same-address"),
            Asked::TooMany => fault("signing-error-colleagues"),
        },
    };
    page(request, visitor, with, outcome, found, fault).await
}

async fn page(
    request: &HttpRequest,
    visitor: Visitor,
    (platform, campaigns, states): (&Platform, &campaigns::Register, &states::Register),
    (outcome, status): (&'static str, StatusCode),
    found: Option<Signed>,
    fault: Option<(WishForm, FormErrors)>,
) -> Result<HttpResponse, Problem> {
    let language = visitor.language;
    let (campaign, directory) = (campaigns.get(platform).await?, states.get(platform).await?);
    let mut view = SignerPage {
        page: platform.site.frame(language, &format!("/{language}"), i18n::word(language, "signing-signer-title")),
        outcome,
        address: request.path().to_owned(),
        reference: String::new(),
        name: None,
        place: String::new(),
        state: String::new(),
        visibility: String::new(),
        signed_at: None,
        title: None,
        version: campaign.text.number,
        signed_version: None,
        may_renew: false,
        choices: Vec::new(),
        may_withdraw: false,
        may_erase: false,
        carriers: Vec::new(),
        may_correct: false,
        may_send_logo: false,
        correction: None,
        typed: WishForm::default(),
        errors: Vec::new(),
        second_awaited: false,
        tasks: Vec::new(),
    };
    if let Some(signed) = found {
        let waiting = colleague::waiting(platform.database.read(), signed.0.id, platform.clock.now()).await.map_err(anyhow::Error::from)?;
        let may_ask: Vec<Task> = Task::ALL.iter().copied().filter(|task| colleague::may_ask(&signed, *task)).collect();
        view.may_send_logo = campaign.config.sign_on.logos && logos::may_have(&signed);
        let (signature, signatory) = signed;
        if signature.text_version_id != campaign.text.id {
            let version = text_version::Entity::find_by_id(signature.text_version_id).one(platform.database.read()).await;
            view.signed_version = version.map_err(anyhow::Error::from)?.map(|version| version.number);
            let newer = store::siblings(platform.database.read(), signature.id, signatory.id).await.map_err(anyhow::Error::from)?;
            view.may_renew = renewal::may_renew(&campaign, &signature, platform.clock.now())
                && !newer.iter().any(|other| other.text_version_id == campaign.text.id);
        }
        let state = signature.state.parse::<SignatureState>().ok();
        let shown = signature.visibility.parse::<Visibility>().unwrap_or(Visibility::TotalOnly);
        let live = state.is_some_and(|state| !state.is_final());
        let less = Visibility::ALL.iter().copied().filter(|to| live && *to != shown && shown.signer_may_choose(*to));
        view.choices = less.map(|to| to.key()).collect();
        view.may_withdraw = state.is_some_and(|state| state.step(SignatureState::Withdrawn).is_ok());
        view.may_erase = signatory.name.is_some() || signatory.sealed_names.is_some() || signatory.sealed_contact.is_some();
        view.carriers = signer::carriers(platform.database.read(), signature.id).await.map_err(anyhow::Error::from)?;
        view.place = directory.place(signatory.location_label.as_deref(), signatory.iso3.as_deref(), language);
        view.title = (signature.text_version_id == campaign.text.id)
            .then(|| campaign.text.translations.get(&language).map(|text| text.title.clone()))
            .flatten();
        // Set aside looks like waiting: whoever watches learns nothing from it.
        view.state = match state {
            Some(SignatureState::Quarantined) => SignatureState::Confirmed.key().to_owned(),
            _ => signature.state,
        };
        view.reference = signature.reference;
        view.name = signatory.name;
        view.visibility = signature.visibility;
        view.signed_at = Some(signature.signed_at);
        view.may_correct = live && state != Some(SignatureState::Merged) && view.name.is_some();
        let open = correction::open_of(platform.database.read(), signature.id).await.map_err(anyhow::Error::from)?;
        view.correction = open.map(|open| open.name);
        let corrects = fault.as_ref().is_some_and(|(typed, _)| typed.task().is_none());
        if let Some((typed, errors)) = fault {
            (view.typed, view.errors) = (typed, errors.view(language));
        }
        if !corrects {
            view.typed.name = view.correction.clone().or_else(|| view.name.clone()).unwrap_or_default();
        }
        view.second_awaited = signature.second_person == SecondPerson::Awaited.key();
        view.tasks = may_ask
            .into_iter()
            .map(|task| {
                let (prefix, typed) = view.typed.of(task);
                let asked_at = waiting.iter().find(|(of, _)| *of == task).map(|(_, at)| *at);
                TaskView { key: task.key().replace('_', "-"), prefix, asked_at, name: typed.name, email: typed.email, role: typed.role }
            })
            .collect();
    }
    Ok(platform.site.personal_page(status, "signing/signer.html", language, &view)?)
}
