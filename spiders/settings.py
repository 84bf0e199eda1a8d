"""Scrapy's settings, each hardened one with its reason; `reliability` of a crawler is mostly decided here."""

from models.settings import settings as khabar_settings
from spiders.browser import launch_options
from spiders.identity import user_agent

_khabar = khabar_settings()
_live = not _khabar.replica

BOT_NAME = "khabar"
USER_AGENT = user_agent(_khabar)
SPIDER_LOADER_CLASS = "spiders.loader.OutletSpiderLoader"
SPIDER_MODULES: list[str] = []  # spiders come from outlet files
COMMANDS_MODULE = "spiders.commands"
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"

# Doors into the process
REMOTE_CONTROL_ENABLED = False  # on by default since Scrapy 2.19: an HTTP server that runs Python sent to it
TELNETCONSOLE_ENABLED = False  # an unencrypted shell on a local port

# What may be fetched, and from where
TWISTED_DNS_RESOLVER = "spiders.guard.GuardedResolver"  # connects to public addresses only, whatever a name says
DOWNLOAD_HANDLERS = {
    "http": "spiders.handler.KhabarDownloadHandler",
    "https": "spiders.handler.KhabarDownloadHandler",
    "file": None,  # a feed must not make us read our own disk
    "data": None,  # nothing to fetch in it
    "ftp": None,  # no outlet uses it
    "s3": None,  # would sign requests with our keys
}
DOWNLOAD_VERIFY_CERTIFICATES = True  # off by default in Scrapy
HTTPPROXY_ENABLED = False  # a proxy would resolve names where the guard cannot see
METAREFRESH_ENABLED = False  # a page's text must not decide where we go
REDIRECT_MAX_TIMES = 5  # default 20
REFERRER_POLICY = "no-referrer"  # outlets need not learn of each other from us
REFERER_ENABLED = False
COOKIES_ENABLED = False  # nothing we read needs a session

PLAYWRIGHT_ABORT_REQUEST = "spiders.browser.refuse_all"  # spiders/browser.py answers before, through our own handler
PLAYWRIGHT_LAUNCH_OPTIONS = launch_options()
PLAYWRIGHT_PROCESS_REQUEST_HEADERS = None

# Bounds (I7)
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024  # default 1 GiB; larger answers are no article
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 30  # seconds in total, so that a byte a second does not hold us; default 180
COMPRESSION_ENABLED = False  # the handler unpacks, because Scrapy takes half a gzip file for a whole one
RETRY_ENABLED = False  # spiders/ask.py asks again, knows Retry-After, and names what it ends with
DNS_TIMEOUT = 20
URLLENGTH_LIMIT = 8192
MEMUSAGE_LIMIT_MB = 600  # ends the crawl before the machine does
HTTPERROR_ALLOW_ALL = True  # statuses are outcomes here

# Manners (I8)
ROBOTSTXT_OBEY = False  # Scrapy's own reads a 503 as "all allowed"; spiders/robots.py follows RFC 9309
CONCURRENT_REQUESTS_PER_DOMAIN = 1 if _live else 4  # one connection a host; the replica is ours
DOWNLOAD_DELAY = 0  # the outlet file's delay and robots.txt's Crawl-delay are set per host, see spiders/robots.py
DOWNLOAD_DELAY_JITTER = 0  # a Crawl-delay is a minimum
KHABAR_DELAYS = _live  # the replica is asked without pauses
KHABAR_LEAST_DELAY = 2.0  # seconds between two requests to a host, whatever its robots.txt and the outlet's file say
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.8,*/*;q=0.5",
    "Accept-Encoding": "gzip, deflate",
}

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # the address check knows the outlet's hosts
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "spiders.address.AddressMiddleware": 50,
    "spiders.pause.PauseMiddleware": 90,
    "spiders.robots.RobotsMiddleware": 100,
    "spiders.redirects.NamedRedirectMiddleware": 600,
}
EXTENSIONS = {  # Scrapy imports what it has on by default, even where a setting turns it off: a second a crawl
    **dict.fromkeys(
        (
            "scrapy.extensions.closespider.CloseSpider",
            "scrapy.extensions.feedexport.FeedExporter",
            "scrapy.extensions.logstats.LogStats",
            "scrapy.extensions.memdebug.MemoryDebugger",
            "scrapy.extensions.memusage.MemoryUsage",
            "scrapy.extensions.remote_control.RemoteControl",
            "scrapy.extensions.spiderstate.SpiderState",
            "scrapy.extensions.telnet.TelnetConsole",
            "scrapy.extensions.throttle.AutoThrottle",
        )
    ),
    "spiders.memory.OwnMemoryUsage": 0,
    "spiders.report.RunReport": 500,
}

KHABAR_REPORTS = ""  # folder in which each outlet's report is written as NAME.json
KHABAR_OUTLETS_AT_ONCE = 16  # of one process; hosts are asked one request at a time, so many outlets wait side by side
KHABAR_SECONDS = 3600.0  # a run stops asking after this long; the rest stays pending for the next one
KHABAR_ONLY_DUE = False  # ask only the sources whose time has come (spiders/polling.py); a person asks for everything
KHABAR_SINCE = ""  # YYYY-MM-DD: a backfill from this day …
KHABAR_UNTIL = ""  # … to this one, both included
KHABAR_AGAIN = False  # read the span's sources anew, also those that were read
LOG_LEVEL = "INFO"
LOGSTATS_INTERVAL = 0
STATS_DUMP = False  # they are in the report
LOG_VERSIONS: list[str] = []
