//! Campaigns as configuration: their texts, events and issues. Must not know who signed.
