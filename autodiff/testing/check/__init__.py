"""Check the gradients of a function, and name the operation to blame for a wrong one."""
