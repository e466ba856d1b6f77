"""The words of every channel, and how money, dates, phones and quantities are written.

The room owns the locale files and promises that web, API, USSD and SMS say the same fact in the
same words. A text is looked up by a stable key; a text that is not there is an error, never a
blank. Nothing here reads a clock, a request or a database: the caller hands over the facts.
"""

from abonent.wording.catalogue import CatalogueBroken, UnknownText
from abonent.wording.formats import Direction, Style, Unit
from abonent.wording.gsm import fits_ussd, is_gsm7, plain, sms_parts
from abonent.wording.languages import LANGUAGES, pick_language
from abonent.wording.words import USSD_NAME_MAX, MissingFact, Words, load

__all__ = [
    "LANGUAGES",
    "USSD_NAME_MAX",
    "CatalogueBroken",
    "Direction",
    "MissingFact",
    "Style",
    "Unit",
    "UnknownText",
    "Words",
    "fits_ussd",
    "is_gsm7",
    "load",
    "pick_language",
    "plain",
    "sms_parts",
]
