"""Project lists as people keep them, read into a checked frame with every problem named by row and column."""
