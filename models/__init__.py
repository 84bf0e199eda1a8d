"""The tables, their views, and how to reach them. Imports nothing else of ours."""
