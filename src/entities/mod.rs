//! One file per table, no logic. The migrations are the truth; a drift test holds these against them.
//!
//! Columns whose name says it all carry no further words.
#![allow(missing_docs)]

pub mod account;
pub mod addressee;
pub mod audit_entry;
pub mod campaign;
pub mod correction;
pub mod deadline_extension;
pub mod dispatch;
pub mod duplicate_pair;
pub mod event;
pub mod evidence;
pub mod evidence_issue;
pub mod evidence_proposal;
pub mod group_membership;
pub mod inbound_mail;
pub mod invitation;
pub mod issue;
pub mod job;
pub mod letter;
pub mod letter_event;
pub mod letter_round;
pub mod letter_template;
pub mod logo;
pub mod meeting;
pub mod plan_task_mark;
pub mod position;
pub mod position_change;
pub mod post;
pub mod privacy_notice;
pub mod promise;
pub mod reply;
pub mod reveal_request;
pub mod session;
pub mod signatory;
pub mod signature;
pub mod signature_count;
pub mod signature_count_delta;
pub mod signature_import;
pub mod signature_mark;
pub mod signature_token;
pub mod state;
pub mod state_group;
pub mod stored_file;
pub mod text_revision;
pub mod text_translation;
pub mod text_version;
pub mod throttle;
pub mod vetting_check;
pub mod vetting_decision;
pub mod vetting_rule;
pub mod vetting_run;
pub mod vetting_run_item;
pub mod wave;
pub mod wave_entry;
