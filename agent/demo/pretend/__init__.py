"""A pretend home: small honest servers on ephemeral ports of 127.0.0.1.

They are the other side of every conversation, so they share no protocol code with the agent. Only
loopback is used: no root, no network, and nothing on this machine is changed.
"""
