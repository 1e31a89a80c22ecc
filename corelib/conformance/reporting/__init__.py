"""What is told of the cases that ran."""
