"""NEPA for the federal actions of a project: what is reviewed, by which paths, at which level."""
