"""Commands of Scrapy that we replace."""
