"""The law as dated tables, and the provisions in force on a day bound to one another."""
