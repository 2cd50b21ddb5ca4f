"""Looking at addresses before they are listed, and again when they are: no archive, no frontier."""
