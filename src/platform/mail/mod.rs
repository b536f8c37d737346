//! Composing and delivering mail; nothing here knows why a mail is sent.
