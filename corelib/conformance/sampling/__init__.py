"""The arguments on which an op is tested."""
