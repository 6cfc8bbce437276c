"""Exercises in backpropagation, asked in a terminal or printed as a worksheet."""
