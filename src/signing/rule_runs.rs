//! Uses a rule on all it meets, in the background and in small steps, and takes a use back. Every signature has its line in the trail, and a batch
//! of them one commit: a process that is killed goes on where it stood, and nothing is decided twice. Must not meet what arrived after a person counted.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use actix_web::web::Data;
use async_trait::async_trait;

use super::{
    rules,
    vetting::{self, Outcome, VettingError},
};
use crate::{
    accounts::audit::{self, Entry},
    campaigns,
    domain::{
        authority::Authority,
        keyed::keyed,
        signature::{SignatureState, VettingDecision},
    },
    entities::{vetting_rule, vetting_run, vetting_run_item},
    platform::{
        Platform,
        database::broken_unique,
        jobs::{Attempt, Handler, Job, JobError, enqueue},
    },
};

const APPLY: &str = "signing.apply_rule";
const UNDO: &str = "signing.undo_rule";
/// Signatures read at a time.
const BATCH: u64 = 50;

keyed! {
    /// Where a run stands.
    RunState {
        /// It decides.
        Running = "running",
        /// Somebody stopped it; what it did stays until it is undone.
        Stopped = "stopped",
        /// Everything it met is decided.
        Done = "done",
        /// It is taken back.
        Undoing = "undoing",
        /// Taken back.
        Undone = "undone",
    }
}

/// Why a run was not begun or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// There is none.
    Missing,
    /// The rule meets another number now than the person saw.
    OtherCount,
    /// It does not stand where that could be done.
    NotNow,
}

#[derive(Serialize, Deserialize)]
struct Payload {
    run: Uuid,
}

fn key_of(row: &vetting_run::Model) -> Option<RunState> {
    row.state.parse().ok()
}

/// Begins a run for the number a person saw. The second press of a double click finds the first one's run.
///
/// # Errors
/// When the database fails.
pub(super) async fn begin(
    platform: &Platform,
    rule: Uuid,
    (counted, counted_at): (u64, DateTime<Utc>),
    account: Uuid,
) -> Result<Result<(), Refusal>, DbErr> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let Some(rule) = vetting_rule::Entity::find_by_id(rule).one(&txn).await? else { return Ok(Err(Refusal::Missing)) };
    let same =
        vetting_run::Entity::find().filter(vetting_run::Column::RuleId.eq(rule.id)).filter(vetting_run::Column::CountedAt.eq(counted_at));
    if same.one(&txn).await?.is_some() {
        return Ok(Ok(()));
    }
    let meets = PaginatorTrait::count(rules::met(&rule, counted_at), &txn).await?;
    if meets != counted || counted == 0 || counted_at > now {
        return Ok(Err(Refusal::OtherCount));
    }
    let id = Uuid::now_v7();
    let run = vetting_run::ActiveModel {
        id: Set(id),
        rule_id: Set(rule.id),
        state: Set(RunState::Running.key().to_owned()),
        counted: Set(i32::try_from(counted).unwrap_or(i32::MAX)),
        counted_at: Set(counted_at),
        account_id: Set(account),
        created_at: Set(now),
        finished_at: Set(None),
        undone_by: Set(None),
    };
    match vetting_run::Entity::insert(run).exec_without_returning(&txn).await {
        Err(error) if broken_unique(&error, &[("ux_vetting_run_count", "vetting_run.rule_id")]).is_some() => return Ok(Ok(())),
        inserted => inserted?,
    };
    enqueue(&txn, Job::new(APPLY, &Payload { run: id }).once(&format!("{APPLY}:{id}")), now).await?;
    audit::append(&txn, Entry::of(Some(account), "rule.used", "rule", rule.id).with(json!({ "met": counted })), now).await?;
    txn.commit().await?;
    platform.bell.ring();
    Ok(Ok(()))
}

async fn step(db: &impl ConnectionTrait, id: Uuid, from: &[RunState], change: vetting_run::ActiveModel) -> Result<bool, DbErr> {
    let update = vetting_run::Entity::update_many()
        .set(change)
        .filter(vetting_run::Column::Id.eq(id))
        .filter(vetting_run::Column::State.is_in(from.iter().map(|state| state.key())));
    Ok(update.exec(db).await?.rows_affected == 1)
}

/// Stops a run; what it did stays.
///
/// # Errors
/// When the database fails.
pub(super) async fn stop(platform: &Platform, id: Uuid, account: Uuid) -> Result<Result<(), Refusal>, DbErr> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let stopped = RunState::Stopped.key().to_owned();
    let change = vetting_run::ActiveModel { state: Set(stopped), finished_at: Set(Some(now)), ..Default::default() };
    if !step(&txn, id, &[RunState::Running], change).await? {
        return Ok(Err(Refusal::NotNow));
    }
    audit::append(&txn, Entry::of(Some(account), "rule.stopped", "run", id), now).await?;
    txn.commit().await?;
    Ok(Ok(()))
}

/// Takes a run back: each signature it moved and nobody has moved since goes where it stood.
///
/// # Errors
/// When the database fails.
pub(super) async fn undo(platform: &Platform, id: Uuid, account: Uuid) -> Result<Result<(), Refusal>, DbErr> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let undoing = RunState::Undoing.key().to_owned();
    let change =
        vetting_run::ActiveModel { state: Set(undoing), undone_by: Set(Some(account)), finished_at: Set(None), ..Default::default() };
    if !step(&txn, id, &[RunState::Done, RunState::Stopped], change).await? {
        return Ok(Err(Refusal::NotNow));
    }
    enqueue(&txn, Job::new(UNDO, &Payload { run: id }).once(&format!("{UNDO}:{id}")), now).await?;
    audit::append(&txn, Entry::of(Some(account), "rule.undone", "run", id), now).await?;
    txn.commit().await?;
    platform.bell.ring();
    Ok(Ok(()))
}

/// What a run has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Progress {
    /// Signatures that were moved.
    pub(super) moved: u64,
    /// Signatures the rules kept where they were.
    pub(super) passed: u64,
    /// Of those moved, how many are back.
    pub(super) undone: u64,
}

/// Counts what a run did. Three queries.
///
/// # Errors
/// When the database fails.
pub(super) async fn progress(db: &impl ConnectionTrait, run: Uuid) -> Result<Progress, DbErr> {
    use sea_orm::sea_query::{Expr, ExprTrait};
    use vetting_run_item::Column as C;
    let of_run = || vetting_run_item::Entity::find().filter(C::RunId.eq(run));
    let stayed = Expr::col(C::Before).equals(C::After);
    let passed = of_run().filter(stayed).count(db).await?;
    let all = of_run().count(db).await?;
    Ok(Progress { moved: all - passed, passed, undone: of_run().filter(C::Undone.eq(true)).count(db).await? })
}

async fn apply(platform: &Platform, minimum: Authority, id: Uuid) -> Result<(), VettingError> {
    let db = platform.database.write();
    let Some(run) = vetting_run::Entity::find_by_id(id).one(db).await? else { return Ok(()) };
    let Some(rule) = vetting_rule::Entity::find_by_id(run.rule_id).one(db).await? else { return Ok(()) };
    let Ok(decision) = rule.decision.parse::<VettingDecision>() else { return Ok(()) };
    loop {
        let seen = vetting_run_item::Entity::find()
            .select_only()
            .column(vetting_run_item::Column::SignatureId)
            .filter(vetting_run_item::Column::RunId.eq(id));
        let next = rules::met(&rule, run.counted_at)
            .select_only()
            .column(crate::entities::signature::Column::Id)
            .filter(crate::entities::signature::Column::Id.not_in_subquery(seen.into_query()))
            .limit(BATCH);
        let next: Vec<Uuid> = next.into_tuple().all(db).await?;
        if next.is_empty() {
            return finish(platform, id, RunState::Running, RunState::Done).await;
        }
        // Between two batches somebody may have stopped it.
        if vetting_run::Entity::find_by_id(id).one(db).await?.and_then(|run| key_of(&run)) != Some(RunState::Running) {
            return Ok(());
        }
        // One commit for all of them: what is decided and that it is decided stand or fall together.
        let txn = platform.database.begin().await?;
        for signature in next {
            let moved = vetting::decide_in(&txn, platform, (minimum, signature, decision), &rule.name, run.account_id).await;
            let after = match moved {
                Ok(Outcome::Moved(after)) => after.key().to_owned(),
                Err(VettingError::Database(error)) => return Err(error.into()),
                Err(VettingError::Unexpected(error)) => return Err(error.into()),
                Ok(Outcome::AwaitsSecond) | Err(_) => rule.state.clone(),
            };
            let item = vetting_run_item::ActiveModel {
                run_id: Set(id),
                signature_id: Set(signature),
                before: Set(rule.state.clone()),
                after: Set(after),
                undone: Set(false),
            };
            vetting_run_item::Entity::insert(item).exec_without_returning(&txn).await?;
        }
        txn.commit().await?;
        platform.changed();
    }
}

async fn take_back(platform: &Platform, id: Uuid) -> Result<(), VettingError> {
    use sea_orm::sea_query::{Expr, ExprTrait};
    use vetting_run_item::Column as C;
    let db = platform.database.write();
    let now = platform.clock.now();
    let Some(run) = vetting_run::Entity::find_by_id(id).one(db).await?.filter(|run| key_of(run) == Some(RunState::Undoing)) else {
        return Ok(());
    };
    let mut last = Uuid::nil();
    loop {
        let items = vetting_run_item::Entity::find()
            .filter(C::RunId.eq(id))
            .filter(C::Undone.eq(false))
            .filter(Expr::col(C::Before).equals(C::After).not())
            .filter(C::SignatureId.gt(last))
            .order_by_asc(C::SignatureId)
            .limit(BATCH)
            .all(db)
            .await?;
        let Some(newest) = items.last() else { return finish(platform, id, RunState::Undoing, RunState::Undone).await };
        last = newest.signature_id;
        for item in items {
            let txn = platform.database.begin().await?;
            let Some((signature, signatory)) = vetting::locked(&txn, item.signature_id).await? else { continue };
            let (true, Ok(before)) = (signature.state == item.after, item.before.parse::<SignatureState>()) else { continue };
            vetting::move_to(&txn, &signature, &signatory, before, now).await?;
            let undone = vetting_run_item::ActiveModel { undone: Set(true), ..Default::default() };
            let update = vetting_run_item::Entity::update_many().set(undone).filter(C::RunId.eq(id));
            update.filter(C::SignatureId.eq(item.signature_id)).exec(&txn).await?;
            let details = json!({ "from": item.after, "to": item.before });
            audit::append(&txn, Entry::of(run.undone_by, "signature.put_back", "signature", item.signature_id).with(details), now).await?;
            txn.commit().await?;
        }
        platform.changed();
    }
}

async fn finish(platform: &Platform, id: Uuid, from: RunState, to: RunState) -> Result<(), VettingError> {
    let change =
        vetting_run::ActiveModel { state: Set(to.key().to_owned()), finished_at: Set(Some(platform.clock.now())), ..Default::default() };
    step(platform.database.write(), id, &[from], change).await?;
    platform.changed();
    Ok(())
}

/// Uses a rule.
pub(super) struct ApplyRule {
    pub(super) platform: Platform,
    pub(super) campaigns: Data<campaigns::Register>,
}

#[async_trait]
impl Handler for ApplyRule {
    fn kind(&self) -> &'static str {
        APPLY
    }

    async fn run(&self, payload: serde_json::Value, _: Attempt) -> Result<(), JobError> {
        let payload: Payload = serde_json::from_value(payload).map_err(|error| JobError::payload(&error))?;
        let campaign = self.campaigns.for_work(&self.platform).await?;
        let applied = apply(&self.platform, campaign.config.sign_on.minimum_authority, payload.run).await;
        applied.map_err(|error| JobError::Retry(error.to_string()))
    }
}

/// Takes a use of a rule back.
pub(super) struct UndoRule {
    pub(super) platform: Platform,
}

#[async_trait]
impl Handler for UndoRule {
    fn kind(&self) -> &'static str {
        UNDO
    }

    async fn run(&self, payload: serde_json::Value, _: Attempt) -> Result<(), JobError> {
        let payload: Payload = serde_json::from_value(payload).map_err(|error| JobError::payload(&error))?;
        take_back(&self.platform, payload.run).await.map_err(|error| JobError::Retry(error.to_string()))
    }
}
