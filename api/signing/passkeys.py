"""Passkeys (WebAuthn): what a browser is asked, and whether what it answers holds. Knows no page and no database.

A key stays on the device of its owner, who shows it by finger, face or pin: user verification is always asked, and the
key tells by itself whose it is. What a device says of its make is not asked.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

HOUSE = "Knooppunt"
REQUIRED = UserVerificationRequirement.REQUIRED


class UntrustedKeyError(Exception):
    """What a browser answered does not hold: another challenge, another site, no key, or a signature that is wrong."""


@dataclass(frozen=True)
class Made:
    """A key that was made."""

    id: str
    public_key: bytes
    sign_count: int


class Ceremony:
    """Making and using keys for the house at an address."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.site = parts.hostname or ""

    def ask_new(self, person_id: str, name: str, known: Sequence[str], challenge: bytes) -> str:
        """What a browser is asked to make a key for somebody, as JSON; not on a device that has a `known` one."""
        options = webauthn.generate_registration_options(
            rp_id=self.site,
            rp_name=HOUSE,
            user_id=hashlib.sha256(f"passkey:{person_id}".encode()).digest(),
            user_name=name,
            challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=REQUIRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(base64url_to_bytes(id)) for id in known],
        )
        return webauthn.options_to_json(options)

    def ask(self, challenge: bytes) -> str:
        """What a browser is asked to let somebody sign in, as JSON."""
        options = webauthn.generate_authentication_options(
            rp_id=self.site, challenge=challenge, user_verification=REQUIRED
        )
        return webauthn.options_to_json(options)

    def made(self, answer: str, challenge: bytes) -> Made:
        """The key that a browser made. Raises UntrustedKeyError."""
        try:
            key = webauthn.verify_registration_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=self.site,
                expected_origin=self.origin,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError) as error:
            raise UntrustedKeyError(type(error).__name__) from error
        return Made(bytes_to_base64url(key.credential_id), key.credential_public_key, key.sign_count)

    def signed(self, answer: str, challenge: bytes, public_key: bytes) -> int:
        """How often the key that answered says that it signed. Raises UntrustedKeyError."""
        try:
            checked = webauthn.verify_authentication_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=self.site,
                expected_origin=self.origin,
                credential_public_key=public_key,
                credential_current_sign_count=0,  # whether it went on is held against what we keep, by who asks
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError) as error:
            raise UntrustedKeyError(type(error).__name__) from error
        return checked.new_sign_count


def key_of(answer: str) -> str:
    """The id of the key that answers, "" where that is not to be read."""
    try:
        given = json.loads(answer)
    except ValueError:
        return ""
    id = given.get("id") if isinstance(given, dict) else None
    return id if isinstance(id, str) else ""
