"""The small pieces with which objects draw themselves, for a browser and on a map of the United States."""
