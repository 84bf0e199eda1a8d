"""Article to tags: places, topics, actors, facts, relevance, each with its evidence. Start at stage.py."""
