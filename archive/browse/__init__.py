"""The archive in a web browser: Datasette with our pages. Laid out as its configuration folder."""
