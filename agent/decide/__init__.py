"""Decisions: pure functions over frozen values, each with its truth table."""
