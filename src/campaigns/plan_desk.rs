//! The plan at the desk: what is due for which event, who does it, and the same for calendar programs. Must hold no rule.
//!
//! Cost of the page and of the feed: two queries, one for what was said of tasks and one for the names of staff, however many events there are.

use std::collections::HashMap;

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    web,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    current::{CalendarEvent, Current, Register},
    moving_desk,
    plan::{self, Said, Task},
};
use crate::{
    accounts::{Permission, SignedIn, store},
    domain::{
        language::Language,
        plan::{Due, Standing, Step, Target},
        prose,
    },
    entities::account,
    platform::{
        Platform,
        documents::ics::{self, Entry},
        formats,
        http::{
            forms::{Choice, FormErrorView, FormErrors},
            frame::Frame,
            problem::Problem,
        },
        i18n,
    },
};

const LONGEST_NOTE: usize = 1000;

/// The desk's addresses.
pub fn routes(config: &mut web::ServiceConfig) {
    moving_desk::routes(config);
    config
        .route("/desk/plan", web::get().to(show))
        .route("/desk/plan.ics", web::get().to(feed))
        .route("/desk/plan/{event}/{step}", web::get().to(show_task))
        .route("/desk/plan/{event}/{step}", web::post().to(change))
        .route("/desk/plan/{event}/{step}/done", web::post().to(mark));
}

#[derive(Serialize)]
struct PlanPage<'a> {
    page: Frame<'a>,
    day: NaiveDate,
    events: Vec<EventView>,
    may_keep: bool,
    may_move: bool,
    /// Those that are not over and for which nothing is to be done now.
    others: Vec<OtherView>,
}

#[derive(Serialize)]
struct OtherView {
    id: Uuid,
    name: String,
    days: String,
    status: String,
}

#[derive(Serialize)]
struct EventView {
    id: Uuid,
    name: String,
    days: String,
    status: String,
    tasks: Vec<TaskView>,
}

#[derive(Serialize)]
struct TaskView {
    /// Where its own page is.
    href: String,
    name: String,
    due: String,
    is_exact: bool,
    standing: &'static str,
    owner: Option<String>,
    note: String,
    done_at: Option<DateTime<Utc>>,
    done_by: Option<String>,
    /// Where it is done.
    link: Option<LinkView>,
}

#[derive(Serialize)]
struct LinkView {
    href: String,
    target: &'static str,
}

impl TaskView {
    fn of(task: &Task<'_>, names: &HashMap<Uuid, String>, language: Language) -> Self {
        let mark = task.mark.as_ref();
        let name = |id: Option<Uuid>| id.and_then(|id| names.get(&id).cloned());
        Self {
            href: format!("/desk/plan/{}/{}", task.event.id, task.step.key),
            name: task.step.name.get(language).to_owned(),
            due: due_text(task.due, language),
            is_exact: matches!(task.due, Due::Day(_)),
            standing: task.standing.key(),
            owner: name(mark.and_then(|mark| mark.owner_id)),
            note: mark.map(|mark| mark.note.clone()).unwrap_or_default(),
            done_at: mark.and_then(|mark| mark.done_at),
            done_by: name(mark.and_then(|mark| mark.done_by)),
            link: task.step.link.map(|target| LinkView { href: href(target, task.event, task.step), target: target.key() }),
        }
    }
}

/// A day, a month, or from one month to another: never more than is known.
fn due_text(due: Due, language: Language) -> String {
    match due {
        Due::Day(day) => formats::day(language, day),
        Due::Months(first, last) => {
            let (first, last) = (formats::month(language, first), formats::month(language, last));
            if first == last {
                return first;
            }
            i18n::text(language, "plan-months", &i18n::args([("first", first.into()), ("last", last.into())]))
        }
    }
}

/// A page of another room, told what it is for.
fn href(target: Target, event: &CalendarEvent, step: &Step) -> String {
    match target {
        Target::Round => {
            let posts: String = step.posts.iter().map(|post| format!("&posts={post}")).collect();
            format!("/desk/letters?event={}{posts}#new", event.id)
        }
        Target::Reminder => format!("/desk/letters?event={}&remind=newest#new", event.id),
        Target::Positions => "/desk/positions".to_owned(),
        Target::Replies => "/desk/replies".to_owned(),
    }
}

fn event_days(event: &CalendarEvent, language: Language) -> String {
    formats::days_to(language, event.starts_on, event.last_day(), &event.precision)
}

async fn show(platform: web::Data<Platform>, staff: SignedIn, campaigns: web::Data<Register>) -> Result<HttpResponse, Problem> {
    staff.require(Permission::ReadDesk)?;
    let campaign = campaigns.get(&platform).await?;
    let (db, today, language) = (platform.database.read(), platform.clock.now().date_naive(), staff.language);
    let tasks = plan::tasks(db, &campaign, today).await?;
    let names = store::names(db).await?;
    let view = |tasks: &Vec<Task<'_>>| {
        let event = tasks.first()?.event;
        Some(EventView {
            id: event.id,
            name: event.names.get(language).to_owned(),
            days: event_days(event, language),
            status: event.status.clone(),
            tasks: tasks.iter().map(|task| TaskView::of(task, &names, language)).collect(),
        })
    };
    let events: Vec<EventView> = tasks.iter().filter_map(view).collect();
    let is_other = |event: &&CalendarEvent| event.status != "past" && events.iter().all(|shown| shown.id != event.id);
    let others = campaign.events.iter().filter(is_other).map(|event| OtherView {
        id: event.id,
        name: event.names.get(language).to_owned(),
        days: event_days(event, language),
        status: event.status.clone(),
    });
    let view = PlanPage {
        page: staff.frame(&platform, "desk-nav-plan"),
        day: today,
        others: others.collect(),
        events,
        may_move: staff.role.may(Permission::MoveEvents),
        may_keep: staff.role.may(Permission::KeepPlan),
    };
    Ok(platform.site.page(StatusCode::OK, "campaigns/plan.html", language, &view)?)
}

/// The tasks whose day is known, for a calendar program. Without remarks: a calendar is passed on more easily than a page of the desk.
async fn feed(platform: web::Data<Platform>, staff: SignedIn, campaigns: web::Data<Register>) -> Result<HttpResponse, Problem> {
    staff.require(Permission::ReadDesk)?;
    let campaign = campaigns.get(&platform).await?;
    let (db, now, language) = (platform.database.read(), platform.clock.now(), staff.language);
    let tasks = plan::tasks(db, &campaign, now.date_naive()).await?;
    let names = store::names(db).await?;
    let entry = |task: &Task<'_>| {
        let Due::Day(day) = task.due else { return None };
        let view = TaskView::of(task, &names, language);
        let args = i18n::args([("task", view.name.into()), ("event", task.event.names.get(language).to_owned().into())]);
        let key = if task.standing == Standing::Done { "plan-entry-done" } else { "plan-entry" };
        let owner = view.owner.map(|owner| i18n::plain(language, "plan-entry-owner", &i18n::args([("name", owner.into())])));
        let marked_at = task.mark.as_ref().map(|mark| mark.updated_at);
        Some(Entry {
            uid: format!("{}.{}@{}", task.event.id, task.step.key, campaign.config.slug),
            first: day,
            last: day,
            summary: i18n::plain(language, key, &args),
            description: owner.unwrap_or_default(),
            url: Some(format!("{}/desk/plan", platform.site.base_url)),
            revision: task.event.revision,
            changed_at: task.event.changed_at.max(marked_at),
        })
    };
    let entries: Vec<Entry> = tasks.iter().flatten().filter_map(entry).collect();
    let title = format!("{} – {}", campaign.config.short_name.get(language), i18n::word(language, "desk-nav-plan"));
    let body = ics::write(&title, &entries, now);
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, ics::MEDIA_TYPE))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"plan.ics\""))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(body))
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
struct TaskForm {
    owner: String,
    done: String,
    note: String,
}

#[derive(Serialize)]
struct TaskPage<'a> {
    page: Frame<'a>,
    errors: Vec<FormErrorView>,
    event: String,
    days: String,
    task: TaskView,
    form: TaskForm,
    owners: Vec<Choice>,
    may_keep: bool,
}

async fn task_page(
    platform: &Platform,
    staff: &SignedIn,
    task: &Task<'_>,
    form: TaskForm,
    errors: &FormErrors,
) -> Result<HttpResponse, Problem> {
    let accounts = store::all(platform.database.read()).await?;
    let names: HashMap<Uuid, String> = accounts.iter().map(|account| (account.id, account.name.clone())).collect();
    let language = staff.language;
    let owners = accounts.iter().filter(|account| is_offered(account, task));
    let view = TaskPage {
        page: staff.frame_titled(platform, task.step.name.get(language).to_owned()),
        errors: errors.view(language),
        event: task.event.names.get(language).to_owned(),
        days: event_days(task.event, language),
        task: TaskView::of(task, &names, language),
        form,
        owners: owners.map(|account| Choice::new(account.id.to_string(), account.name.clone())).collect(),
        may_keep: staff.role.may(Permission::KeepPlan),
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(platform.site.page(status, "campaigns/plan_task.html", language, &view)?)
}

/// Who may be given a task: whoever can sign in, and whoever has it.
fn is_offered(account: &account::Model, task: &Task<'_>) -> bool {
    account.disabled_at.is_none() || task.mark.as_ref().is_some_and(|mark| mark.owner_id == Some(account.id))
}

async fn task_of<'c>(platform: &Platform, campaign: &'c Current, path: &(Uuid, String)) -> Result<Task<'c>, Problem> {
    let today = platform.clock.now().date_naive();
    plan::task(platform.database.read(), campaign, (path.0, &path.1), today).await?.ok_or(Problem::NotFound)
}

async fn show_task(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<Register>,
    path: web::Path<(Uuid, String)>,
) -> Result<HttpResponse, Problem> {
    staff.require(Permission::ReadDesk)?;
    let campaign = campaigns.get(&platform).await?;
    let task = task_of(&platform, &campaign, &path).await?;
    let mark = task.mark.as_ref();
    let form = TaskForm {
        owner: mark.and_then(|mark| mark.owner_id).map(|id| id.to_string()).unwrap_or_default(),
        done: if task.standing == Standing::Done { "yes".to_owned() } else { String::new() },
        note: mark.map(|mark| mark.note.clone()).unwrap_or_default(),
    };
    task_page(&platform, &staff, &task, form, &FormErrors::default()).await
}

async fn change(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<Register>,
    path: web::Path<(Uuid, String)>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: TaskForm = staff.form(&body)?;
    staff.require(Permission::KeepPlan)?;
    let campaign = campaigns.get(&platform).await?;
    let task = task_of(&platform, &campaign, &path).await?;
    let mut errors = FormErrors::default();
    let owner = match form.owner.as_str() {
        "" => None,
        typed => {
            let accounts = store::all(platform.database.read()).await?;
            let found = typed.parse::<Uuid>().ok().and_then(|id| accounts.into_iter().find(|account| account.id == id));
            let found = found.filter(|account| is_offered(account, &task)).map(|account| account.id);
            if found.is_none() {
                errors.add("owner", "plan-error-owner");
            }
            found
        }
    };
    let note = prose::clean(&form.note).filter(|note| note.chars().count() <= LONGEST_NOTE);
    let Some(note) = note.filter(|_| errors.is_empty()) else {
        if errors.is_empty() {
            errors.add("note", "plan-error-note");
        }
        return task_page(&platform, &staff, &task, form, &errors).await;
    };
    let said = Said { owner, is_done: form.done == "yes", note };
    plan::say(&platform, &task, &campaign, said, staff.id).await?;
    Ok(staff.done(&platform, "/desk/plan", "plan-kept", &i18n::Args::new()).await?)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct MarkForm {
    done: String,
}

/// The button beside a task: done, or not done after all.
async fn mark(
    platform: web::Data<Platform>,
    staff: SignedIn,
    campaigns: web::Data<Register>,
    path: web::Path<(Uuid, String)>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    let form: MarkForm = staff.form(&body)?;
    staff.require(Permission::KeepPlan)?;
    let campaign = campaigns.get(&platform).await?;
    let task = task_of(&platform, &campaign, &path).await?;
    let mark = task.mark.as_ref();
    let said = Said {
        owner: mark.and_then(|mark| mark.owner_id),
        is_done: form.done != "no",
        note: mark.map(|mark| mark.note.clone()).unwrap_or_default(),
    };
    plan::say(&platform, &task, &campaign, said, staff.id).await?;
    Ok(staff.done(&platform, "/desk/plan", "plan-kept", &i18n::Args::new()).await?)
}
