"""An array that remembers the call it came from, and the reverse pass over those calls."""
