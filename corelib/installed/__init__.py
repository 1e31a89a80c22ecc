"""What is installed: how the registry finds, loads and describes distributions of plugins."""
