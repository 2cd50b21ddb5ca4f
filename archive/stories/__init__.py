"""Which texts tell the same story, and which took from which: pure comparing, no rows."""
