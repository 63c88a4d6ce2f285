"""Lists of any length: read, screened and written a block at a time, on one processor or many."""
