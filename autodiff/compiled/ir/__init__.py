"""Programs of array instructions: what they are, how they are built, checked, simplified, reversed and saved."""
