"""Saved searches: what is new since the last time goes out by mail, Atom file or webhook."""
