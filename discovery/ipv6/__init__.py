"""This machine's IPv6 addresses: which of them could be published, and why the others not."""
