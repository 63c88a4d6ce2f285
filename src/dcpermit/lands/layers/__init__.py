"""Land layers as they are read: files, columns and codes as units and shapes."""
