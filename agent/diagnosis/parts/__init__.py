"""The parts of the document of `diagnose --json`: one file for each part of the way, all pure."""
