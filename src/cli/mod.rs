//! The command line: one file per command. Must hold no rules.
