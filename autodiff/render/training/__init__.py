"""Pages on which a network is trained."""
