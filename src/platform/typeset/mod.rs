//! Typst: typed data in, tagged PDF out.
