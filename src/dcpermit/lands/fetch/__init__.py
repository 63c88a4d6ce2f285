"""Official layers, downloaded and checked: the one room that knows the network."""
