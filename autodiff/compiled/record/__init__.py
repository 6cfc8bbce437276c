"""Run a function once and keep what it did: the recorder, its tape, the tape as a scalar program, the call."""
