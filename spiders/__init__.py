"""How we fetch: a Scrapy project that turns each outlet file into a spider and writes archive and ledger."""
