//! The command line entry point. No logic here.

fn main() {}
