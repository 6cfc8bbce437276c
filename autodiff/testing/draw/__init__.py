"""What Hypothesis draws: numbers, Values and straight-line programs, and where engines break."""
