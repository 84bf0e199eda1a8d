"""Bytes to article: decode, refuse walls, find text, title, authors, times, origin, language. Start at stage.py."""
