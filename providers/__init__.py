"""Acts: how each DNS service is told. A leaf library."""
