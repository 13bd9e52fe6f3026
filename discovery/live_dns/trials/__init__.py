"""Five tests for something that takes over port 53, each with its question and its verdict."""
