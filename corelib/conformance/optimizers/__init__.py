"""The suite for optimizers: a RuleSpec at most for each rule, and the checks of it."""
