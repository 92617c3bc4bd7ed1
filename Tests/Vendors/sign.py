#!/usr/bin/env python3
"""Asks the vendors' own SDKs to sign made-up requests, and writes signatures.json beside itself.

    python3 -m venv VENV && VENV/bin/pip install twilio elevenlabs
    VENV/bin/python Tests/Vendors/sign.py

The tests sign and check the same requests in Swift. Run it again when an SDK changes its mind; the
seed is fixed, so a difference in the file is a difference in an SDK.
"""

import hashlib
import hmac
import json
import pathlib
import random
import time
from unittest import mock

from elevenlabs.errors import BadRequestError
from elevenlabs.webhooks_custom import WebhooksClient
from twilio.request_validator import RequestValidator

dice = random.Random(20251121)
LETTERS = ["a", "b", "Z", "0", "_", "-", ".", "~", " ", "+", "&", "=", "%", "#", "?", "/", '"', "'",
           "\\", "<", "\t", "\n", "\x7f", "ä", "É", "e\u0301", "ß", "ł", "€", "中", "🙂", "\u200f"]


def word(longest):
    return "".join(dice.choice(LETTERS) for _ in range(dice.randint(0, longest)))


class Pairs(list):
    """A form as the SDK wants it: names to iterate over, values by name."""

    def __iter__(self):
        return (name for name, _ in super().__iter__())

    def getlist(self, wanted):
        return [value for name, value in super().__iter__() if name == wanted]


def twilio_case(number):
    url = dice.choice([
        "https://bridge.example.net/twilio/voice", "wss://bridge.example.net/twilio/media",
        "http://192.0.2.7:8080/x?tenant=7&x=a%20b", "https://bridge.example.net:8443/a//b?",
        "https://bridge.example.net/%7Euser/%C3%BC?q=%2B"])
    names = [word(6) or "a" for _ in range(dice.randint(0, 6))]
    pairs = [[dice.choice(names), word(8)] for _ in range(dice.randint(0, 10)) if names]
    algorithm = "HMAC_SHA256" if number % 4 == 0 else "HMAC_SHA1"
    token = word(12) or "t"
    validator = RequestValidator(token)
    signature = validator.compute_signature(url, Pairs(map(tuple, pairs)), algorithm)
    return {"url": url, "pairs": pairs, "token": token, "algorithm": algorithm,
            "signature": signature}


def is_accepted(body, header, secret, now):
    with mock.patch.object(time, "time", return_value=now):
        try:
            WebhooksClient.construct_event(None, body, header, secret)
        except BadRequestError:
            return False
    return True


def elevenlabs_case(_):
    secret = "wsec_" + word(12)
    stamp = dice.choice([0, 1, 1760000000, 4102444800])
    body = json.dumps({word(5): word(40), "n": dice.random()}, ensure_ascii=dice.random() < 0.5)
    now = stamp + dice.choice([0, 5, 1800])
    digest = hmac.new(secret.encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
    header = f"t={stamp},v0={digest}"
    assert is_accepted(body, header, secret, now), "the SDK refuses what it should take"
    assert not is_accepted(body + " ", header, secret, now), "the SDK takes another body"
    return {"secret": secret, "stamp": stamp, "now": now, "body": body, "header": header}


cases = {"twilio": [twilio_case(n) for n in range(60)],
         "elevenlabs": [elevenlabs_case(n) for n in range(30)]}
target = pathlib.Path(__file__).with_name("signatures.json")
blocks = [f' "{vendor}": [\n  ' + ",\n  ".join(map(json.dumps, signed)) + "\n ]"
          for vendor, signed in cases.items()]
target.write_text("{\n" + ",\n".join(blocks) + "\n}\n")
print(f"{target}: {len(cases['twilio'])} of Twilio's, {len(cases['elevenlabs'])} of ElevenLabs'")
