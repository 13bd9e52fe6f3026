"""What all providers share: values, limits, and the one driver."""
