"""What the zone's authoritative servers really answer."""
