"""Article to copies and stories, against an index in the database. Start at stage.py."""
