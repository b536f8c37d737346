//! Enums that are stored, sent and configured by a short key. One macro writes the table once, so that a key cannot be spelled
//! two ways. Must not hold labels: words for people are in the catalogues.

/// A key that none of the known values has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown {what}: {key:?}")]
pub struct UnknownKey {
    /// Which enum was asked.
    pub what: &'static str,
    /// What was offered, shortened.
    pub key: String,
}

impl UnknownKey {
    /// For the enum `what`, offered `key`.
    pub fn new(what: &'static str, key: &str) -> Self {
        Self { what, key: key.chars().take(40).collect() }
    }
}

/// Declares an enum with `ALL`, `key()`, `FromStr`, `Display` and serde, all from one list of variants and keys.
macro_rules! keyed {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $key:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$variant_meta])* #[serde(rename = $key)] $variant,)+
        }

        impl $name {
            /// Every value, in the order pages list them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable key, as stored.
            pub const fn key(self) -> &'static str {
                match self { $(Self::$variant => $key,)+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::keyed::UnknownKey;

            fn from_str(key: &str) -> Result<Self, Self::Err> {
                match key {
                    $($key => Ok(Self::$variant),)+
                    _ => Err($crate::domain::keyed::UnknownKey::new(stringify!($name), key)),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.key())
            }
        }
    };
}

pub(crate) use keyed;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    keyed! {
        /// A sample.
        Fruit {
            /// One.
            Apple = "apple",
            /// Two.
            BloodOrange = "blood_orange",
        }
    }

    #[test]
    fn every_key_reads_back_as_its_value() {
        for fruit in Fruit::ALL {
            assert_eq!(fruit.key().parse::<Fruit>(), Ok(*fruit));
            assert_eq!(serde_json::to_string(fruit).unwrap(), format!("\"{fruit}\""));
        }
    }

    #[test]
    fn an_unknown_key_is_named_and_shortened() {
        let error = "x".repeat(500).parse::<Fruit>().unwrap_err();
        assert_eq!(error.what, "Fruit");
        assert_eq!(error.key.len(), 40);
    }
}
