"""Who decides: the analyst's desk. Reads what the pipeline stored and appends decisions; both meet only in
the database."""
