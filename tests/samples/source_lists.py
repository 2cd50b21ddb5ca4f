"""Lists of sources as people write them; every publisher is invented and says so."""


def listed(
    slug: str, name: str, site: str, *, kind: str = "feed", at: str = "/feed", **more: str
) -> str:
    """One source with one address that tells of its articles, below `site`.

    `more` are further keys, their values as TOML has them.
    """
    keys = "".join(f"{key} = {value}\n" for key, value in more.items())
    return f"""
[[source]]
id = "{slug}"
name = "{name} (invented)"
homepage = "{site}/"
kind = "news"
scope = "all"
{keys}[[source.discovery]]
kind = "{kind}"
url = "{site}{at}"
"""


GAZETTE = listed("gazette", "The Gazette", "https://gazette.example")
