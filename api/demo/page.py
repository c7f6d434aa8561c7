"""A page of the demo."""

from fastapi import Request

from api.pages.page import Page
from api.request import Form, House
from engine import store
from engine.errors import NotAllowedError


class DemoPage(Page):
    """A page that only a demo has. Raises NotAllowedError in a house that works in earnest."""

    def __init__(
        self, request: Request, house: House, tx: store.Transaction, form: Form = (), body: bytes = b""
    ) -> None:
        if not house.demo:
            raise NotAllowedError(
                "Aanmelden gaat via de eigen inlog van je organisatie. Die is hier nog niet ingesteld."
            )
        super().__init__(request, house, tx, form, body)
