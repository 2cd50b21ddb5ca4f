"""How publishers reach whoever runs a crawl: part of the name under which it asks."""

from collections.abc import Mapping

from crawler import version

VARIABLE = "NEWSWARD_CONTACT"
NO_CONTACT = (
    'Publishers see no contact: write contact = "mailto:..." above the first [[source]] of'
    f" sources.toml, or set {VARIABLE}."
)


def contact_in(environ: Mapping[str, str]) -> str | None:
    """The contact that the environment names: it wins over the one in the list of sources."""
    return environ.get(VARIABLE, "").strip() or None


def user_agent(contact: str | None) -> str:
    """Who we are, with a way to reach whoever runs this crawl. No browser is impersonated.

    A publisher who is asked too often should find a person.
    """
    return f"newsward/{version()} (+{contact})" if contact else f"newsward/{version()}"


def with_contact(text: str, header: str, contact: str) -> str:
    """A list of sources, which begins with `header`, in which the contact stands below that.

    `contact` is one that `crawler.source_values.contact` took: it needs no escaping.
    """
    return f'{header}\ncontact = "{contact}"\n{text.removeprefix(header)}'
