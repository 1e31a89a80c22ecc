"""What the Optimizer is made of: its parameters, their state, what clips them, and the arrays it works in."""
