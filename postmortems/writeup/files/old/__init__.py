"""Postmortems that were written elsewhere, as Markdown or nearly so, read into the 3 R's. Pure: text in, values out."""
