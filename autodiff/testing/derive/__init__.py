"""Independent ways to a derivative, which have to agree."""
