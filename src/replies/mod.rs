//! What comes back: recording, classification, proposals. Must not set positions by itself.
