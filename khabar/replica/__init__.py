"""A real local server that stands in for the outlets, so that tests and the demo need no internet.

It reproduces the structure of the outlets (markup, feeds, REST, sitemaps, headers) around text of our own.
"""

from khabar.replica.article import Article
from khabar.replica.epoch import kept_epoch
from khabar.replica.log import Count, Request
from khabar.replica.replica import Replica, ReplicaError

__all__ = ["Article", "Count", "Replica", "ReplicaError", "Request", "kept_epoch"]
