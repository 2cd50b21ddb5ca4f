"""Scrapy settings, nothing else. Each group says why it is not Scrapy's default.

Every one can be changed for one run: `scrapy crawl listed -s NAME=VALUE`.
"""

import os

from crawler.contact import contact_in, user_agent

BOT_NAME = "newsward"
SPIDER_MODULES = ["crawler.spiders"]

# Where things are.
NEWSWARD_ARCHIVE = os.environ.get("NEWSWARD_ARCHIVE", "archive.db")
NEWSWARD_SOURCES = os.environ.get("NEWSWARD_SOURCES", "sources.toml")
# Processes that read pages; 0 reads them in the crawling process, without limits.
NEWSWARD_WORKERS = os.environ.get("NEWSWARD_WORKERS") or os.cpu_count() or 1
# Seconds that a worker may take over one page; unset, what extraction takes for enough.
NEWSWARD_PAGE_SECONDS = os.environ.get("NEWSWARD_PAGE_SECONDS")
# A function that tells the time, for simulations of days and weeks; unset, it is now.
NEWSWARD_CLOCK = None
# Ask every address, due or not.
NEWSWARD_EVERYTHING = False
# Articles of one source in one crawl; unset, what the session takes for enough.
NEWSWARD_MOST_PAGES = 0
# Ask what is in quarantine again.
NEWSWARD_RETRY_QUARANTINE = False
# Plain `scrapy crawl listed` ends with the summary line too.
NEWSWARD_PRINT_SUMMARY = True

# Who we are. Without a contact in the environment, the spider adds that of the list of sources.
USER_AGENT = user_agent(contact_in(os.environ))
ROBOTSTXT_USER_AGENT = "newsward"

# No request leaves to an address that is not public (crawler/network.py). ALLOW_PRIVATE opens all
# of them, for the demo and for tests; PRIVATE_HOSTS opens exactly the hosts that it names, for a
# listed source inside the house.
TWISTED_DNS_RESOLVER = "crawler.network.PublicOnlyResolver"
NEWSWARD_ALLOW_PRIVATE = False
NEWSWARD_PRIVATE_HOSTS: list[str] = []
DNS_TIMEOUT = 15
# The resolver guards Twisted's reactor; Scrapy's other handlers for http would go past it. Ours is
# Scrapy's with a limit on headers.
TWISTED_REACTOR_ENABLED = True
DOWNLOAD_HANDLERS = {
    "http": "crawler.middlewares.header_limit.LimitedHandler",
    "https": "crawler.middlewares.header_limit.LimitedHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
DOWNLOAD_VERIFY_CERTIFICATES = True

# What one page may cost. Scrapy's limits are 1 GiB, three minutes and 20 redirects; a news page
# is well under 1 MiB. The size counts after decompression too.
DOWNLOAD_MAXSIZE = 10 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 30
DOWNLOAD_FAIL_ON_DATALOSS = True
REDIRECT_MAX_TIMES = 5
URLLENGTH_LIMIT = 2083

# Where the response may not lead: following belongs to the frontier, and nothing that a page says
# may steer the crawl or learn of it.
METAREFRESH_ENABLED = False
COOKIES_ENABLED = False
REFERER_ENABLED = False
HTTPCACHE_ENABLED = False

# One more try at once for what is often gone a second later. Everything else waits for its next
# visit, 429 and 503 above all: they ask us to slow down.
RETRY_TIMES = 1
RETRY_HTTP_CODES = [500, 502, 504, 522, 524, 408]
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"

# Every status reaches the spider: each is an ending to be counted.
HTTPERROR_ALLOW_ALL = True

# Politeness: one request at a time and one second apart for each registered domain, many domains
# at once. No jitter: it would go below the Crawl-delay that a site asked for.
ROBOTSTXT_OBEY = True
# Scrapy counts those that wait for their domain's turn too. How many are on the wire at a time is
# ours, and how many bytes their bodies may be together until they are in the archive: a transfer
# for which there is no room waits (crawler/room.py).
CONCURRENT_REQUESTS = 128
NEWSWARD_TRANSFERS = 32
NEWSWARD_BODY_ROOM = 48 * 1024 * 1024
# Of one response, which gives one capture. Scrapy makes so many tasks for each response, 100 if not
# told otherwise (measured: 3 ms of processor time a page).
CONCURRENT_ITEMS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1
DOWNLOAD_DELAY_JITTER = 0

# At the first page Scrapy would read and parse the spider's own source, 10 ms of the event loop, in
# search of a mistake that the type checker finds.
WARN_ON_GENERATOR_RETURN_VALUE = False

# News pages and feeds; no image is ever asked for.
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/atom+xml,application/rss+xml,"
    "application/feed+json,application/xml;q=0.9,text/plain;q=0.8",
    "Accept-Language": "en",
}

# Numbers order what happens: requests pass from small to large, responses back. Pace and guard
# stand before robots.txt is asked for and before Scrapy's retry can repeat a refusal.
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "crawler.middlewares.rest.RestMiddleware": 585,
    "crawler.middlewares.compression.NamedCompressionMiddleware": 590,
    "crawler.middlewares.guard.GuardMiddleware": 592,
    "crawler.middlewares.pace.PaceMiddleware": 594,
    "crawler.middlewares.robots.RobotsMiddleware": 596,
    "crawler.middlewares.reservations.ReservationsMiddleware": 598,
    "crawler.middlewares.redirect.NamedRedirectMiddleware": 600,
    "crawler.middlewares.conditional.ConditionalMiddleware": 610,
    "crawler.middlewares.content_type.ContentTypeMiddleware": 620,
}

# The frontier names each address once; a second filter would lose what is to be asked again.
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"

ITEM_PIPELINES = {"crawler.pipelines.FlowPipeline": 100}

# Two of Scrapy's extensions listen on a port and run what they are sent.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
# The crawl ends cleanly, and goes on where it was, when it needs more than this, MiB.
MEMUSAGE_LIMIT_MB = 1024
MEMUSAGE_CHECK_INTERVAL_SECONDS = 10

# Endings are counted and shown by the run itself; the log holds what a person should look at.
LOG_LEVEL = "WARNING"
STATS_DUMP = False
LOGSTATS_INTERVAL = 0
