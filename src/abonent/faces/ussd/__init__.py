"""The face of button phones: every link, of USSD or SMS, real or drawn, brings its requests here.

A link says which number is on it; who that is, is found here, and what the dialogue refuses
becomes the text of a screen. What a subscriber types may be a password, so no text of a request is
ever logged, and no number in full.
"""

from abonent.faces.ussd.requests import LINKS, Reply, incoming_sms, request

__all__ = ["LINKS", "Reply", "incoming_sms", "request"]
