"""The program a child process runs: limits itself, then serves one task after the other until the parent is gone.

The thread that reads the pipe is the watcher as well: at end of file it kills the whole process group, so a child
that is busy in native code, and whatever it started, does not outlive its parent.
"""

import os
import queue
import signal
import sys
import threading
from collections.abc import Iterator

import msgspec

from footnote.kit.children import limits
from footnote.kit.children.protocol import (
    HEADER,
    OUT_OF_MEMORY_EXIT_CODE,
    Done,
    Item,
    Reply,
    Result,
    Settings,
    Task,
    decode_arguments,
    encode,
    failure_of,
    resolve,
)


def main() -> None:
    """Serve tasks from the original stdin, answering on the original stdout; never returns normally."""
    tasks_fd, replies_fd = _take_over_standard_streams()
    settings = msgspec.json.decode(sys.argv[1], type=Settings)
    limits.die_with_parent(settings.parent_pid)
    if settings.without_network:
        limits.leave_network()
    sys.path[:0] = settings.import_path
    limits.limit_memory(settings.memory_bytes)
    limits.lower_priority(settings.nice)
    tasks: queue.SimpleQueue[Task] = queue.SimpleQueue()
    threading.Thread(target=_read_tasks, args=(tasks_fd, tasks), name="tasks", daemon=True).start()
    while True:
        _serve(tasks.get(), replies_fd)


def _take_over_standard_streams() -> tuple[int, int]:
    """Move the protocol off descriptors 0 and 1, so that a library that prints cannot break a frame."""
    tasks_fd, replies_fd = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return tasks_fd, replies_fd


def _read_tasks(fd: int, tasks: "queue.SimpleQueue[Task]") -> None:
    with os.fdopen(fd, "rb") as stream:
        while len(header := stream.read(HEADER.size)) == HEADER.size:
            (length,) = HEADER.unpack(header)
            body = stream.read(length)
            if len(body) < length:
                break
            tasks.put(msgspec.msgpack.decode(body, type=Task))
    os.killpg(0, signal.SIGKILL)


def _serve(task: Task, replies_fd: int) -> None:
    try:
        limits.limit_cpu(task.cpu_seconds)
        function = resolve(task.function)
        value = function.call(*decode_arguments(function, task.arguments))
        if isinstance(value, Iterator) and function.is_stream:
            for item in value:
                _reply(replies_fd, Item(msgspec.Raw(encode(item))))
                limits.limit_cpu(task.cpu_seconds)
            _reply(replies_fd, Done())
        else:
            _reply(replies_fd, Result(msgspec.Raw(encode(value))))
    except MemoryError:
        os._exit(OUT_OF_MEMORY_EXIT_CODE)
    except Exception as error:  # noqa: BLE001  # the edge of the process: all goes to the parent as a typed failure
        _reply(replies_fd, failure_of(error))


def _reply(fd: int, reply: Reply) -> None:
    body = encode(reply)
    data = memoryview(HEADER.pack(len(body)) + body)
    while data:
        data = data[os.write(fd, data) :]


if __name__ == "__main__":
    main()
