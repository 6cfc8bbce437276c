"""Adapters: anyone's engine behind one interface, found by looking at it, or written for well-known packages."""

from .packages import hips, jax, torch

__all__ = ["hips", "jax", "torch"]
