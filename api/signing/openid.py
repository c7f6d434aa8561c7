"""OpenID Connect: the way to a provider, and who it says that came back. Knows no page and no database.

Code flow with PKCE, state and nonce. What a browser brings along between leaving and coming back stands in a cookie of
its own, so that nothing is kept of who only looks at the door.
"""

import asyncio
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from api.configuration import ProviderSettings

log = logging.getLogger("knooppunt.signing")

PATIENCE = 5.0
"""Seconds that a provider gets for one answer, and twice that for all that a sign-in asks of it."""

KEPT = 3600.0
"""Seconds for which is remembered where a provider's doors and keys are."""

ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA")
"""How a provider may sign: never with a secret that we share, and never not at all."""

LEEWAY = 30
"""Seconds that the clocks of two houses may differ."""


class ProviderAwayError(Exception):
    """The provider doesn't answer, or not what one may expect of it."""


class UntrustedError(Exception):
    """What came back is not from the provider, not for us, or not for this browser."""


@dataclass(frozen=True)
class Journey:
    """What a browser keeps between leaving for a provider and coming back."""

    provider: str
    state: str
    nonce: str
    verifier: str

    @classmethod
    def begin(cls, provider: str) -> "Journey":
        """A new one, of which nothing can be guessed."""
        return cls(provider, *(secrets.token_urlsafe(32) for _ in range(3)))

    @classmethod
    def read(cls, cookie: str) -> "Journey | None":
        """The one that a cookie holds."""
        parts = cookie.split(".")
        return cls(*parts) if len(parts) == 4 and all(parts) else None

    def written(self) -> str:
        """As the cookie holds it."""
        return ".".join((self.provider, self.state, self.nonce, self.verifier))


class Doors:
    """The providers of one application. Where their doors and keys are is asked once an hour."""

    def __init__(self, redirect: str) -> None:
        self.redirect = redirect
        self._found: dict[str, tuple[float, Mapping[str, Any], KeySet]] = {}

    async def way(self, provider: ProviderSettings, journey: Journey) -> str:
        """The address to which a browser leaves. Raises ProviderAwayError."""
        metadata, _ = await self._about(provider)
        async with self._client(provider, metadata) as client:
            url, _ = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=journey.state, nonce=journey.nonce, code_verifier=journey.verifier,
            )  # fmt: skip
        return str(url)

    async def claims(self, provider: ProviderSettings, journey: Journey, code: str) -> Mapping[str, Any]:
        """What the provider says of who came back with this code. Raises ProviderAwayError, UntrustedError."""
        try:
            async with asyncio.timeout(2 * PATIENCE):
                return await self._claims(provider, journey, code)
        except (TimeoutError, httpx2.HTTPError) as error:
            raise ProviderAwayError(type(error).__name__) from error
        except (OAuthError, JoseError, ValueError, KeyError, TypeError) as error:
            raise UntrustedError(type(error).__name__) from error

    async def _claims(self, provider: ProviderSettings, journey: Journey, code: str) -> Mapping[str, Any]:
        metadata, keys = await self._about(provider)
        async with self._client(provider, metadata) as client:
            token = await client.fetch_token(metadata["token_endpoint"], code=code, code_verifier=journey.verifier)
            try:
                signed = jwt.decode(token["id_token"], keys, algorithms=ALGORITHMS)
            except (JoseError, ValueError):  # the provider may have new keys
                metadata, keys = await self._about(provider, anew=True)
                signed = jwt.decode(token["id_token"], keys, algorithms=ALGORITHMS)
            self._hold(signed, provider, journey, token["access_token"])
            claims = dict(signed.claims)
            if provider.claims.mail not in claims and "userinfo_endpoint" in metadata:
                userinfo = (await client.get(metadata["userinfo_endpoint"])).raise_for_status().json()
                if userinfo.get("sub") != claims["sub"]:
                    raise UntrustedError("userinfo of another")
                claims = {**userinfo, **claims}
        return claims

    def _hold(self, signed: jwt.Token, provider: ProviderSettings, journey: Journey, access_token: str) -> None:
        asked = {
            "iss": {"essential": True, "value": provider.issuer},
            "aud": {"essential": True, "value": provider.client_id},
            "sub": {"essential": True},
            "nonce": {"essential": True},
        }
        params = {"nonce": journey.nonce, "client_id": provider.client_id, "access_token": access_token}
        CodeIDToken(signed.claims, signed.header, asked, params).validate(leeway=LEEWAY)

    def _client(self, provider: ProviderSettings, metadata: Mapping[str, Any]) -> AsyncOAuth2Client:
        ways = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        method = "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"
        return AsyncOAuth2Client(
            provider.client_id,
            provider.client_secret or None,
            token_endpoint_auth_method=method if provider.client_secret else None,
            scope=provider.scopes,
            redirect_uri=self.redirect,
            code_challenge_method="S256",
            timeout=PATIENCE,
        )

    async def _about(self, provider: ProviderSettings, *, anew: bool = False) -> tuple[Mapping[str, Any], KeySet]:
        since, metadata, keys = self._found.get(provider.id, (0.0, {}, KeySet([])))
        if metadata and monotonic() - since < KEPT and not anew:
            return metadata, keys
        address = provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
        try:
            async with httpx2.AsyncClient(timeout=PATIENCE) as client:
                metadata = (await client.get(address)).raise_for_status().json()
                if metadata["issuer"] != provider.issuer:
                    raise ProviderAwayError("another issuer")
                keys = KeySet.import_key_set((await client.get(metadata["jwks_uri"])).raise_for_status().json())
        except (httpx2.HTTPError, JoseError, ValueError, KeyError, TypeError) as error:
            raise ProviderAwayError(type(error).__name__) from error
        self._found[provider.id] = (monotonic(), metadata, keys)
        return metadata, keys
