"""Learns from reviewers' decisions what the rules of relevance do not know, and says by how much and why."""
