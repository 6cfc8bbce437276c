"""The stepper in its many forms: the page, the terminal, text and JSON."""
