"""The IPv6 addresses of this machine: which could be published, and why the others not."""
