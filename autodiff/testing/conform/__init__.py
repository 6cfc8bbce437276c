"""Examine and grade anyone's scalar engine, property by property."""
