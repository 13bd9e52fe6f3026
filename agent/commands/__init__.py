"""One thin module per command: `run(arguments) -> exit status`."""
