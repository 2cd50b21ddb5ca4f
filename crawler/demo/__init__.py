"""A small news web in which everything is invented, served on loopback for `newsward demo`."""
