//! Sign-on: signatures, vetting, counts, waves and lists. Must not write to governments.
