"""From a TOML file to frozen settings, or to every mistake in it."""
