"""How tests ask: as somebody signed in, in a browser of their own, or several at once; and what is said to those who may not."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from registries.ledger.change import Change, Refused
from registries.people.models import User

BACKEND = "registries.people.backend.Accounts"


def signed_in(user: User | None) -> Client:
    """A browser in which this person is signed in; a visitor's for None."""
    client = Client()
    if user is not None:
        enter(client, user)
    return client


def english(user: User | None = None) -> Client:
    """The same, reading English."""
    client = signed_in(user)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def enter(client: Client, user: User) -> User:
    """Sign this person in, in a browser that is there; gives the person back."""
    client.force_login(user, backend=BACKEND)
    return user


def text(client: Client, address: str, **query: Any) -> str:
    """The page at this address; it must be there."""
    response = client.get(address, query)
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()


def said(client: Client, page: str, /, **values: Any) -> str:
    """Post and follow; what the page then says."""
    response = client.post(page, values, follow=True)
    assert response.status_code in (200, 409, 422)
    return response.content.decode()


def refusal(act: Callable[..., Any], *given: Any, **asked: Any) -> str:
    """The reason why this is refused, in the language of the code; it must be."""
    with pytest.raises(Refused) as caught:
        act(*given, **asked)
    return caught.value.reason


def together(*acts: Callable[[], Change]) -> list[str]:
    """Run all of them at once; what each was refused for, "" where it was done."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Change]) -> str:
        start.wait()
        try:
            act()
        except Refused as refused:
            return refused.reason
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
