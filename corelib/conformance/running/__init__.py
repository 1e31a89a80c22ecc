"""Which cases there are, and running them."""
