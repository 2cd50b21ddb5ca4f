"""What Datasette loads from here with `--plugins-dir`."""
