//! States, groups, posts and addressees. Must not know any campaign's position on them.
