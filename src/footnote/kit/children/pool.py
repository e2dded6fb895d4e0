"""A pool of child processes: many callers, few children, one death never more than one failed task."""

import asyncio
import fcntl
import os
import shutil
import tempfile
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, overload

import msgspec

from footnote.kit.children.errors import ChildDied
from footnote.kit.children.process import ChildLimits, ChildProcess
from footnote.kit.children.protocol import (
    Done,
    Failure,
    Function,
    Item,
    Result,
    Task,
    decode,
    encode_arguments,
    error_from,
    reference_of,
    resolve,
)
from footnote.kit.errors import Unavailable

P = ParamSpec("P")
T = TypeVar("T")

_SCRATCH_PREFIX = "footnote-children-"
_LOCKED_BY_THEN_SECONDS = 60.0
"""A younger folder may be one that its pool has made and not locked yet."""


class ChildPool:
    """Runs module-level functions in child processes; callers wait their turn in order of arrival.

    size: the most children alive at once; none is started before the first task.
    task_timeout_seconds: wall clock for a `run`, and for each item of a `stream`; time in which the caller of a
        stream does something else is not counted. None means no limit.
    memory_bytes: address space of each child; None means no limit.
    cpu_seconds: CPU time for a `run`, and for each item of a `stream`; None means no limit.
    recycle_after_tasks: a child is replaced after so many tasks, so that leaks in native code end with it.
    nice: added to the children's niceness, 0 to 19.
    idle_seconds: a child unused for so long is ended, so an idle pool takes no memory.
    import_path: folders put in front of the children's import path.
    environment: variables set in addition to the few that children inherit.
    without_network: put the children into an empty network namespace where the kernel permits.

    Module-level state of a function's module lives as long as its child: a place for a loaded model.
    """

    def __init__(
        self,
        *,
        size: int,
        task_timeout_seconds: float | None = 120.0,
        memory_bytes: int | None = None,
        cpu_seconds: int | None = None,
        recycle_after_tasks: int | None = None,
        nice: int = 0,
        idle_seconds: float = 30.0,
        import_path: Sequence[Path] = (),
        environment: Mapping[str, str] | None = None,
        without_network: bool = False,
    ) -> None:
        if size < 1:
            raise ValueError("size must be at least 1")
        self._slots = asyncio.Semaphore(size)
        self._limits = ChildLimits(memory_bytes, nice, without_network, tuple(import_path), dict(environment or {}))
        self._task_timeout_seconds = task_timeout_seconds
        self._cpu_seconds = cpu_seconds
        self._recycle_after_tasks = recycle_after_tasks
        self._idle_seconds = idle_seconds
        self._idle: deque[tuple[ChildProcess, asyncio.TimerHandle]] = deque()
        self._busy: set[ChildProcess] = set()
        self._endings: set[asyncio.Task[None]] = set()
        self._scratch: _Scratch | None = None
        self._is_closed = False

    @property
    def child_pids(self) -> tuple[int, ...]:
        """Process ids of the children now alive, for metrics and tests."""
        return tuple(child.pid for child in (*self._busy, *(child for child, _ in self._idle)) if child.is_alive)

    @overload
    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T: ...
    @overload
    async def run(self, function: str, *args: object) -> Any: ...  # noqa: ANN401  # known where the name is resolved
    async def run(self, function: Callable[..., object] | str, *args: object, **kwargs: object) -> object:
        """Call a module-level function, given itself or as `module:function`, in a child and return its value.

        Arguments (positional only) and result are builtins, dataclasses or Structs as annotated.
        Raises what the function raised when it is a FootnoteError, Defect for any other exception, and ChildDied
        when the child died or exceeded a limit. Cancelling kills the child.
        """
        target = _target(function, kwargs)
        async with self._borrow() as child:
            await child.send(self._task(target, args))
            reply = await child.receive(self._task_timeout_seconds)
            if isinstance(reply, Failure):
                failure = reply
            elif isinstance(reply, Result):
                return _decode(reply.value, target)
            else:
                raise ChildDied("crashed", details="an item where a result was due")
        raise error_from(failure)

    @overload
    def stream(
        self, function: Callable[P, Iterator[T]], *args: P.args, **kwargs: P.kwargs
    ) -> AsyncGenerator[T, None]: ...
    @overload
    def stream(self, function: str, *args: object) -> AsyncGenerator[Any, None]: ...  # as for run
    async def stream(
        self, function: Callable[..., object] | str, *args: object, **kwargs: object
    ) -> AsyncGenerator[object, None]:
        """Iterate over a generator function that runs in a child; errors and limits as for `run`.

        Items come as they are produced; a slow caller slows the child by the pipe's capacity. Leaving the iteration
        early kills the child.
        """
        target = _target(function, kwargs)
        async with self._borrow() as child:
            await child.send(self._task(target, args))
            while True:
                reply = await child.receive(self._task_timeout_seconds)
                if isinstance(reply, Item):
                    yield _decode(reply.value, target)
                elif isinstance(reply, Done):
                    return
                elif isinstance(reply, Failure):
                    failure = reply
                    break
                else:
                    raise ChildDied("crashed", details="a result where an item was due")
        raise error_from(failure)

    async def close(self) -> None:
        """Kill all children, busy ones too, and remove their temporary folders; the pool serves no more."""
        self._is_closed = True
        for child in tuple(self._busy):
            self._end(child)
        while self._idle:
            child, timer = self._idle.popleft()
            timer.cancel()
            self._end(child)
        while self._endings:
            await asyncio.gather(*self._endings)
        if self._scratch is not None:
            await asyncio.to_thread(self._scratch.remove)
            self._scratch = None

    def _task(self, target: Function, args: tuple[object, ...]) -> Task:
        return Task(target.reference, encode_arguments(args), self._cpu_seconds)

    @asynccontextmanager
    async def _borrow(self) -> AsyncIterator[ChildProcess]:
        """Lend a living child; an exception that leaves this block, cancellation included, costs the child its life."""
        async with self._slots:
            if self._is_closed:
                raise Unavailable("The server is stopping; try again in a moment.")
            child = await self._take()
            self._busy.add(child)
            try:
                yield child
                child.tasks_served += 1
            except BaseException:
                self._busy.discard(child)
                self._end(child)
                raise
            self._busy.discard(child)
            self._put_back(child)

    async def _take(self) -> ChildProcess:
        while self._idle:
            child, timer = self._idle.pop()
            timer.cancel()
            if child.is_alive:
                return child
            self._end(child)
        if self._scratch is None:
            self._scratch = await asyncio.to_thread(_Scratch)
        return await ChildProcess.start(self._limits, self._scratch.path)

    def _put_back(self, child: ChildProcess) -> None:
        is_spent = self._recycle_after_tasks is not None and child.tasks_served >= self._recycle_after_tasks
        if self._is_closed or is_spent or not child.is_alive:
            self._end(child)
            return
        timer = asyncio.get_running_loop().call_later(self._idle_seconds, self._end_if_idle, child)
        self._idle.append((child, timer))

    def _end_if_idle(self, child: ChildProcess) -> None:
        for entry in self._idle:
            if entry[0] is child:
                self._idle.remove(entry)
                self._end(child)
                return

    def _end(self, child: ChildProcess) -> None:
        child.kill()
        ending = asyncio.get_running_loop().create_task(child.reap())
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)


class _Scratch:
    """The pool's temporary folder, locked while the pool lives; making one removes those of pools that were killed."""

    def __init__(self) -> None:
        root = Path(tempfile.gettempdir())
        self.path = Path(tempfile.mkdtemp(prefix=_SCRATCH_PREFIX, dir=root))
        self._fd = os.open(self.path, os.O_RDONLY)
        fcntl.flock(self._fd, fcntl.LOCK_EX)
        for other in root.glob(f"{_SCRATCH_PREFIX}*"):
            if other != self.path:
                _remove_if_unlocked(other)

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._fd)


def _remove_if_unlocked(folder: Path) -> None:
    try:
        fd = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return
    try:
        if time.time() - os.fstat(fd).st_mtime < _LOCKED_BY_THEN_SECONDS:
            return
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        return
    finally:
        os.close(fd)


def _target(function: Callable[..., object] | str, kwargs: dict[str, object]) -> Function:
    if kwargs:
        raise TypeError("a child's function takes positional arguments only")
    return resolve(reference_of(function))


def _decode(value: msgspec.Raw, target: Function) -> object:
    try:
        return decode(value, target.value_type)
    except msgspec.DecodeError as error:
        raise ChildDied("crashed", details="a value that is not of the declared type") from error
