"""`upstun demo`: the whole agent, through its real adapters, against a pretend home on loopback."""
