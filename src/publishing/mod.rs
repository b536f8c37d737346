//! Public outputs that gather the other rooms: home, feeds, open data. Must not write.
