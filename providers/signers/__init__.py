"""Signatures over whole requests, one small module a scheme: pure, time and nonce passed in."""
