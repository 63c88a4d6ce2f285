"""Bytes to columns of cells: a module for each family of formats, and the one that opens any."""
