"""The path of a home as a drawing: what is on it, how it is laid out, and what is written in it."""
