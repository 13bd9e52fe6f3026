"""From `config.toml` to `agent.values.Config`, or to every mistake in it at once."""
