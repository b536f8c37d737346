//! Background work: a queue table, leases, retry or fail, drain for tests.
