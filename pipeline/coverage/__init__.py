"""The coverage ledger: the funnel of each outlet and day, and what a silence means."""
