"""What stands between the spider and the network: one component a file."""
