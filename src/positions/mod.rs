//! Evidence, derivation, boards. Must not read anything non-public for a public page.
