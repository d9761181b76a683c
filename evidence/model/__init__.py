"""The nouns that travel between the rooms: `Document`, `Records`, `Pooled`. Standard library only."""
