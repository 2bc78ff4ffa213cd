"""The folder queue under several producers and consumers: every message arrives once and whole."""

import multiprocessing
import os
from multiprocessing.synchronize import Event
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection
from kombu.transport import TRANSPORT_ALIASES

from config import fsqueue

TRANSPORT_ALIASES["fsqueue"] = "config.fsqueue:Transport"
PRODUCERS, EACH = 3, 100


def connect(folder: Path) -> Connection:
    """A connection to the queue in `folder`, which nobody has made yet."""
    messages, control, done = (str(folder / name) for name in ("messages", "control", "done"))
    return Connection(
        "fsqueue://localhost/",
        transport_options={
            "data_folder_in": messages, "data_folder_out": messages, "control_folder": control, "processed_folder": done,
            "store_processed": True,
        },
    )  # fmt: skip


def produce(folder: Path, producer: int) -> None:
    """Send EACH messages of 4 kB."""
    with connect(folder) as connection:
        queue = connection.SimpleQueue("work")
        for number in range(EACH):
            queue.put({"name": f"{producer}-{number}", "ballast": "x" * 4096})
        queue.close()


def consume(folder: Path, finished: Event, results: "multiprocessing.Queue[list[str]]") -> None:
    """Take messages until the producers have finished and nothing is left."""
    names = []
    with connect(folder) as connection:
        queue = connection.SimpleQueue("work")
        while True:
            last_round = finished.is_set()
            try:
                message = queue.get(block=False)
            except (Empty, queue.Empty):
                if last_round:
                    break
                continue
            names.append(message.payload["name"])
            message.ack()
        queue.close()
    results.put(names)


def test_every_message_arrives_once_and_whole(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    finished, results = context.Event(), context.Queue()
    consumers = [context.Process(target=consume, args=(tmp_path, finished, results)) for _ in range(2)]
    producers = [context.Process(target=produce, args=(tmp_path, number)) for number in range(PRODUCERS)]
    for process in [*consumers, *producers]:
        process.start()
    for process in producers:
        process.join(60)
    finished.set()
    names = [name for _ in consumers for name in results.get(timeout=60)]
    assert sorted(names) == sorted(f"{producer}-{number}" for producer in range(PRODUCERS) for number in range(EACH))
    assert all(process.exitcode == 0 for process in producers)


def test_a_message_being_written_is_not_a_message_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "rename", lambda *_: None)  # as if the producer died just before
    with connect(tmp_path) as connection:
        channel = connection.channel()
        channel._put("work", {"body": "half"})
        assert len(list((tmp_path / "messages").iterdir())) == 1
        assert channel._size("work") == 0
        with pytest.raises(Empty):
            channel._get("work")


def test_binding_twice_keeps_one_line_and_a_table_that_can_be_read(tmp_path: Path) -> None:
    with connect(tmp_path) as connection:
        channel: fsqueue.Channel = connection.channel()
        for _ in range(2):
            channel._queue_bind("exchange", "key", "", "work")
        channel._queue_bind("exchange", "key", "", "other")
        assert [row.queue for row in channel.get_table("exchange")] == ["other", "work"]
