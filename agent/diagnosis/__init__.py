"""The examination of a home's network: evidence, what it means, and how it is told."""
