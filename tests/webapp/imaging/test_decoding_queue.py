"""The decoding queue: waiting is bounded, and no client takes every decoder or every place."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from tests.support.servers import wait_until
from webapp.imaging.decoding_queue import Client, DecodingQueue, Limits
from webapp.imaging.uploads import DecodersBusyError, TooManyAtOnceError

SOON = 0.05  # seconds


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(32) as pool:
        yield pool


def held(queue: DecodingQueue, *clients: Client) -> ExitStack:
    """Decoders that these clients hold until the stack is closed."""
    stack = ExitStack()
    for client in clients:
        stack.enter_context(queue.decoder(client))
    return stack


def waiting(queue: DecodingQueue, client: Client, threads: ThreadPoolExecutor) -> Future[None]:
    """An upload that waits in another thread, and ends at once when it has a decoder."""

    def take() -> None:
        with queue.decoder(client):
            pass

    before = len(queue._waiting)
    future = threads.submit(take)
    wait_until(lambda: len(queue._waiting) > before or future.done(), seconds=5)
    return future


def test_waiting_for_a_decoder_ends_with_a_sentence_and_the_time_to_come_back() -> None:
    queue = DecodingQueue(Limits(decoders=2, wait_seconds=SOON))

    with (
        held(queue, Client("a", "1"), Client("b", "2")),
        pytest.raises(DecodersBusyError) as caught,
        queue.decoder(Client("c", "3")),
    ):
        pass

    assert caught.value.status == 503
    assert str(caught.value).endswith(".")
    assert int(caught.value.headers["Retry-After"]) > 0


def test_an_upload_beyond_the_places_does_not_wait_at_all(threads: ThreadPoolExecutor) -> None:
    queue = DecodingQueue(Limits(decoders=1, in_progress=3, wait_seconds=60))

    with held(queue, Client("a", "1")):
        behind = [waiting(queue, Client(name, name), threads) for name in "bc"]
        with pytest.raises(DecodersBusyError), queue.decoder(Client("d", "4")):
            pass
    for future in behind:
        future.result()


def test_an_owner_has_few_uploads_in_progress_from_any_address(
    threads: ThreadPoolExecutor,
) -> None:
    queue = DecodingQueue(Limits(decoders=4, per_owner=2, wait_seconds=60))

    with held(queue, Client("a", "1"), Client("a", "2")):
        with pytest.raises(TooManyAtOnceError) as caught, queue.decoder(Client("a", "3")):
            pass
        with queue.decoder(Client("b", "1")):
            pass

    assert caught.value.status == 429
    assert int(caught.value.headers["Retry-After"]) > 0
    with queue.decoder(Client("a", "3")):
        pass


def test_an_address_never_takes_all_places(threads: ThreadPoolExecutor) -> None:
    limits = Limits(decoders=2, in_progress=20, wait_seconds=60)
    queue = DecodingQueue(limits)
    classroom = [Client(f"pupil {number}", "school") for number in range(limits.per_address)]

    with held(queue, classroom[0]):
        behind = [waiting(queue, client, threads) for client in classroom[1:]]
        with pytest.raises(TooManyAtOnceError), queue.decoder(Client("one more", "school")):
            pass
        with queue.decoder(Client("anyone", "home")):
            pass
    for future in behind:
        future.result()
    assert limits.per_address < limits.in_progress


@pytest.mark.parametrize(
    "clients",
    [
        pytest.param([Client("a", "1"), Client("a", "2")], id="one owner, two addresses"),
        pytest.param([Client("a", "1"), Client("b", "1")], id="one address, two owners"),
        pytest.param([Client(None, "1"), Client(None, "1")], id="one address without a cookie"),
    ],
)
def test_a_client_leaves_a_decoder_to_others(
    clients: list[Client], threads: ThreadPoolExecutor
) -> None:
    queue = DecodingQueue(Limits(decoders=2, wait_seconds=60))

    with held(queue, clients[0]):
        second = waiting(queue, clients[1], threads)
        assert not second.done()
        with queue.decoder(Client("other", "9")):  # it passes the one that waits
            pass
        assert not second.done()
    second.result()


def test_uploads_are_served_in_the_order_in_which_they_came(threads: ThreadPoolExecutor) -> None:
    queue = DecodingQueue(Limits(decoders=1, wait_seconds=60))
    order: list[int] = []
    lock = threading.Lock()

    def take(number: int) -> None:
        with queue.decoder(Client(str(number), str(number))), lock:
            order.append(number)

    with held(queue, Client("first", "0")):
        for number in range(8):
            threads.submit(take, number)
            wait_until(lambda number=number: len(queue._waiting) == number + 1, seconds=5)
    threads.shutdown(wait=True)

    assert order == list(range(8))


def test_nothing_is_counted_any_more_when_uploads_have_ended(threads: ThreadPoolExecutor) -> None:
    queue = DecodingQueue(Limits(decoders=1, wait_seconds=SOON))
    with held(queue, Client("a", "1")):
        for future in [waiting(queue, Client(name, name), threads) for name in "bcd"]:
            with pytest.raises(DecodersBusyError):
                future.result()
    with pytest.raises(ZeroDivisionError), queue.decoder(Client("e", "5")):
        raise ZeroDivisionError  # as a decoder's failure would

    assert queue._free == 1
    assert queue._in_progress == 0
    assert not queue._waiting
    assert not queue._places
    assert not queue._decoding


def test_a_command_is_not_counted() -> None:
    queue = DecodingQueue(Limits(decoders=3, per_owner=1))

    with held(queue, Client(), Client(), Client()):
        pass
