"""The small language of the law tables: facts, four comparisons, ``in``, ``and``, ``or``, ``not``."""
