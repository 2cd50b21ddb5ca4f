"""Pages that ask whether we are a person, sent with status 200 in the place of what was asked."""

import re

# What only such pages hold. Firewalls leave scripts of their own in good pages too (Cloudflare its
# `challenge-platform/scripts`, Imperva its `_Incapsula_Resource`): those are no signs.
_MARKS = re.compile(
    r"_cf_chl_opt|cf-chl-(?:widget|bypass)|\bid=.{0,2}px-captcha\b|captcha-delivery\.com/c"
    r"|Incapsula incident ID|\bgokuProps\b|sucuri_cloudproxy_js|Sucuri WebSite Firewall"
    r"|errors\.edgesuite\.net|ddos-guard\.net/(?:check|js)",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"<title\b[^>]{0,200}>\s*(?:(?:please )?(?:just a moment|one moment(?:,? please)?|one more step"
    r"|attention required|checking your browser|pardon our interruption|ddos-guard"
    r"|are you (?:a |an )?(?:human|robot|bot|person)|robot or human|access to this page has been"
    r" denied|(?:confirm|verify|prove)(?:ing)? (?:that )?you(?:'re| are) (?:not )?(?:a )?"
    r"(?:human|robot|person)|(?:security|captcha|bot|human|browser) (?:check|verification)"
    r"|(?:complete|solve) the (?:security check|captcha)|captcha)\b)",
    re.IGNORECASE,
)
# Such pages are small, and say so at once.
_LOOKED_AT = 200_000


def is_challenge(markup: str) -> bool:
    """Whether a page that is no article, feed or listing asks us to prove that we are people.

    Call it for what was refused already: an article may write about a captcha.
    """
    head = markup[:_LOOKED_AT]
    return bool(_TITLE.search(head) or _MARKS.search(head))
