"""A key that people sign in with, in software: what a browser and a device answer together."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, NEW = 0x01, 0x04, 0x40


def text(raw: bytes) -> str:
    """Bytes as they stand in JSON."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


def raw(text: str) -> bytes:
    """The other way."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Key:
    """One key, of a device that counts how often it signed."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.id = secrets.token_bytes(16)
        self.secret = ec.generate_private_key(ec.SECP256R1())
        self.count = 0
        self.flags = PRESENT | VERIFIED

    def make(self, asked: Mapping[str, Any], **other: str) -> str:
        """What is answered to who asks for a new key."""
        numbers = self.secret.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        held = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(public)
        said = {"fmt": "none", "attStmt": {}, "authData": self._said(asked["rp"]["id"], NEW) + held}
        answer = {
            "attestationObject": text(cbor2.dumps(said)),
            "clientDataJSON": text(self._seen("create", asked, other)),
        }
        return self._json(answer)

    def sign(self, asked: Mapping[str, Any], **other: str) -> str:
        """What is answered to who asks somebody to sign in."""
        self.count += 1
        said, seen = self._said(asked["rpId"]), self._seen("get", asked, other)
        signature = self.secret.sign(said + hashlib.sha256(seen).digest(), ec.ECDSA(hashes.SHA256()))
        return self._json({"authenticatorData": text(said), "clientDataJSON": text(seen), "signature": text(signature)})

    def _said(self, site: str, more: int = 0) -> bytes:
        return hashlib.sha256(site.encode()).digest() + bytes([self.flags | more]) + self.count.to_bytes(4, "big")

    def _seen(self, verb: str, asked: Mapping[str, Any], other: Mapping[str, str]) -> bytes:
        seen = {"type": f"webauthn.{verb}", "challenge": asked["challenge"], "origin": self.origin, **other}
        return json.dumps(seen).encode()

    def _json(self, answer: Mapping[str, str]) -> str:
        id = text(self.id)
        return json.dumps(
            {"id": id, "rawId": id, "type": "public-key", "response": dict(answer), "clientExtensionResults": {}}
        )
