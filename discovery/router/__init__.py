"""Asking the home's own router."""
