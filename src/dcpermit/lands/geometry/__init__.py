"""The geometry of lands: a plane of equal areas, pieces of units in it, and what sites share with them."""
