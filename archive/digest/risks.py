"""What a sentence about abuse or self-harm must not tell: who the child is, and how it was done.

Two rules stand behind it. A victim of a sexual offence is anonymous for life, and anything that is
likely to lead to the person counts, also put together from parts (Sexual Offences (Amendment) Act
1992, s.1). News of suicide or self-harm leaves the method out (Samaritans' media guidelines).

The words are found by their form, so both kinds of mistake happen: it warns, a person decides.
"""

import re
from enum import StrEnum


class Risk(StrEnum):
    """What may be wrong."""

    VICTIM = "victim could be identified"
    METHOD = "method of self-harm or suicide"


_PERSON = r"[A-Z][a-z'\u2019-]+(?: [A-Z][a-z'\u2019-]+)?"
_CHILD_AGE = r"(?:[1-9]|1[0-7])"
_AGE_IN_WORDS = (
    r"(?:[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|[Ee]ight|Nine|nine|[Tt]en|[Ee]leven"
    r"|[Tt]welve|(?:[Tt]hir|[Ff]our|[Ff]if|[Ss]ix|[Ss]even)teen)"
)
_CHILD_WORDS = (
    r"(?:[Ss]choolgirl|[Ss]choolboy|[Pp]upil|[Vv]ictim|[Tt]eenager|[Tt]oddler|[Bb]oy|[Gg]irl"
    r"|[Cc]hild|[Ss]tudent|(?:[Ss]tep|[Gg]rand)?(?:daughter|son)|[Dd]aughter|[Ss]on|niece|nephew)"
)
# "Victim Support", "Child Protection": names of services.
_NO_CHILD = (
    r"(?:Support|Protection|Services?|Commissioner|Guides|Referral|Premium|Loans?|Benefit|Helpline"
    r"|Exploitation|Abuse|Safe\w*|Wellbeing|Health|Poverty|Welfare|Rescue|Union|Council)\b"
)
_NAMED_CHILD = re.compile(
    # "Invented Name, 14," and "Invented Name, aged 14"
    rf"\b{_PERSON},? \(?(?:aged? |now |then |just |only )?{_CHILD_AGE}\b(?!\d|[.,]\d|%)"
    r"(?: ?years? old)?(?=[,.;:)\s])"
    r"(?! ?(?:%|per|p\.?m|a\.?m|[A-Z][a-z]+ \d{4}))"
    # "14-year-old Invented Name" and "14-year-old girl Invented Name"
    rf"|\b(?:{_CHILD_AGE}|{_AGE_IN_WORDS})[- ]years?[- ]old (?:{_CHILD_WORDS} )?{_PERSON}"
    # "the schoolgirl Invented Name", "her son Invented"; "named as Invented Name"
    rf"|\b{_CHILD_WORDS},? (?!{_NO_CHILD}){_PERSON}"
    rf"|\b(?:named|identified) as {_PERSON}"
    # "Invented Name, a pupil at"
    rf"|\b{_PERSON}, an? (?:[\w-]+ ){{0,3}}{_CHILD_WORDS}\b"
)
# Words with a capital in front of a number that are no names.
_NO_NAME = re.compile(
    r"^(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|Article|Section|Chapter|Part|Page"
    r"|Year|Key Stage|Stage|Under|Over|Aged|About|Only|Of|In|At|Of those|Among|Instagram|Snapchat"
    r"|Facebook|TikTok|Roblox|Discord|WhatsApp|YouTube|Ofcom|Childline|England|Wales|Scotland)\b"
)
_AGED_CHILD = re.compile(
    rf"\b(?:{_CHILD_AGE}|{_AGE_IN_WORDS})[- ]years?[- ]old\b"
    rf"|\b{_CHILD_WORDS},? (?:who is |aged? ){_CHILD_AGE}\b"
    rf"|\b{_CHILD_WORDS}, {_CHILD_AGE}(?=[,.;:)])"
    r"|\b(?:daughter|son|child) of an? [a-z]+"
)
_PLACE = re.compile(
    r"\b[A-Z][\w'\u2019-]+ (?:(?:[A-Z][\w'\u2019-]+|of|the|and|for) ){0,3}"
    r"(?:School|Academy|College|Primary|Nursery|Street|Road|Avenue|Lane|Close|Estate)\b"
    r"|\b(?:from|lives? in|lived in|living in|in|at|near|of) [A-Z][a-z]+(?:[ -][A-Z][a-z]+)*"
)
_SCHOOL = re.compile(
    r"\b[A-Z][\w'\u2019-]+ (?:(?:[A-Z][\w'\u2019-]+|of|the|and|for) ){0,3}"
    r"(?:School|Academy|College|Primary|Nursery|Street|Road|Avenue|Lane|Close|Estate)\b"
    r"|\b(?:only|local|village) (?:\w+ )?school in [\w ]*[A-Z]\w+"
)
_OFFENCE = re.compile(
    r"\b(?:rap(?:e|ed|es|ing)|sexual(?:ly)?|groom(?:ed|ing|s)|indecent(?:ly)?|sextort\w+"
    r"|nudes?|molest\w+|incest|child (?:abuse|porn\w*)|CSAM)\b",
    re.IGNORECASE,
)
_SELF_HARM = re.compile(
    r"\b(?:suicid\w+|self[- ]harm\w*"
    r"|(?:took|take|taking|ended|end) (?:his|her|their) (?:own )?li(?:fe|ves)"
    r"|killed (?:him|her|them)sel(?:f|ves))\b",
    re.IGNORECASE,
)
_METHOD = re.compile(
    r"\b(?:hang(?:ed|ing)|overdos\w+|ligatures?|noose|suffocat\w+|asphyxia\w*|carbon monoxide"
    r"|poison(?:s|ed|ing)?|paracetamol|razors?|razor blades?|with (?:a |the )?blades?|slit\w*"
    r"|swallow(?:ed|ing)?"
    # Tablets are for lessons too.
    r"|lighters?|plastic bags?|(?:order|bought|buy)\w* (?:the |some )?(?:tablets|pills)"
    r"|(?:took|take|taken|taking) (?:\w+ ){0,4}(?:tablets|pills)"
    r"|(?:tablets|pills) (?:\w+ ){0,3}(?:took|take|taken)"
    r"|cut(?:ting)? (?:his|her|their|themselves|himself|herself)"
    r"|burn(?:ed|t|ing)? (?:him|her|them)sel\w+"
    r"|jump(?:ed|ing)? (?:from|off|in front)|in front of a train|drown(?:ed|ing)"
    r"|shot (?:him|her|them)sel\w+|suicide note|\d+ ?mg)\b",
    re.IGNORECASE,
)


def risks_in(text: str, *, is_about_self_harm: bool = False) -> tuple[tuple[Risk, str], ...]:
    """What a text may tell that it must not, and the words that do; nothing for most texts.

    A victim: a child's name and a school or place beside a sexual offence; or, without a name, a
    child's age and a school. `is_about_self_harm` when that is known from elsewhere.
    """
    found = []
    if _OFFENCE.search(text) and (words := _who(text)):
        found.append((Risk.VICTIM, words))
    method = _METHOD.search(text)
    if method and (is_about_self_harm or _SELF_HARM.search(text)):
        found.append((Risk.METHOD, method[0]))
    return tuple(found)


def _who(text: str) -> str:
    named = next((one for one in _NAMED_CHILD.finditer(text) if not _NO_NAME.match(one[0])), None)
    if named is not None:
        rest = text[: named.start()] + " \u2026 " + text[named.end() :]
        place = _PLACE.search(rest)
    else:
        named, place = _AGED_CHILD.search(text), _SCHOOL.search(text)
    return f"{named[0]} / {place[0]}" if named and place else ""
