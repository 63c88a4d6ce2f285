"""Where projects, lands and law meet: facts in the law's words and units."""
