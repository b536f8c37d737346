//! Letters to governments: blocks, rounds, drafting, checks, approval, dispatch. Must not set positions.
