"""From evidence to findings: one file for each part of the way, all pure."""
