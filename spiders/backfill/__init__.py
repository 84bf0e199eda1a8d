"""Collects what an outlet published in the past. A run of its own kind with a lease of its own beside the daily run;
its frontier is in the database (models/backfill.py), so that it can be killed at any point."""
