"""Listeners of the one stream of events."""
