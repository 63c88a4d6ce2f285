"""What is handed on: a page to read, a map, a file for another system."""
