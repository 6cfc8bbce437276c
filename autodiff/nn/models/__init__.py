"""Layers joined to models: Sequential and Model, what they say of themselves, and their files."""
