"""Signals that say "look now", and nothing more: no signal carries an address."""
