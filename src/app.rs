//! Composition: settings become a server on a given port and a worker. Must hold no rules.
