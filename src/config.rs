//! Typed settings from the environment, validated once. Must not be read below floor 5: rooms get plain values.
