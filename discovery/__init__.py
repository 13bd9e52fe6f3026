"""Observes: what is my address, and what does live DNS say. A leaf library."""
