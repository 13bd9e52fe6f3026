"""The second opinion of a complete WebRTC stack: what a browser or a game would see here."""
