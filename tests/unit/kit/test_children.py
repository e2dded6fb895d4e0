"""The pool of child processes: results, limits, deaths, and what is left behind."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.unit.kit import child_functions as functions

import footnote
from footnote.kit.children import ChildDied, ChildPool
from footnote.kit.errors import Defect, NotFound, Unavailable

ROOT = Path(__file__).parents[3]
MEBIBYTE = 1 << 20


def make_pool(**changes: Any) -> ChildPool:
    settings: dict[str, Any] = {"size": 2, "task_timeout_seconds": 30, "idle_seconds": 30, "import_path": [ROOT]}
    return ChildPool(**{**settings, **changes})


@pytest.fixture
async def pool() -> AsyncIterator[ChildPool]:
    made = make_pool()
    yield made
    await made.close()


async def eventually(condition: Any) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110  # what is waited for happens in other processes
            await asyncio.sleep(0.02)


async def test_typed_arguments_and_results_cross_the_pipe(pool: ChildPool) -> None:
    point = functions.Point(1.5, ("a", "ü\u2028"))
    assert await pool.run(functions.moved, point, Path("/some/where")) == functions.Point(
        2.5, ("a", "ü\u2028", "where")
    )


async def test_a_function_can_be_named_by_its_import_path(pool: ChildPool) -> None:
    assert await pool.run("tests.unit.kit.child_functions:add", 2, 3) == 5


async def test_no_child_is_started_before_the_first_task(pool: ChildPool) -> None:
    assert pool.child_pids == ()
    await pool.run(functions.add, 1, 1)
    assert len(pool.child_pids) == 1


async def test_state_of_a_module_lives_as_long_as_its_child() -> None:
    pool = make_pool(size=1)
    assert [await pool.run(functions.count_calls) for _ in range(3)] == [1, 2, 3]
    await pool.close()


async def test_what_a_library_prints_does_not_break_the_protocol(pool: ChildPool) -> None:
    assert await pool.run(functions.noisy) == "quiet"


async def test_items_of_a_stream_arrive_in_order(pool: ChildPool) -> None:
    assert [item async for item in pool.stream(functions.count_to, 500, 1000)] == [
        functions.Point(number, ("x" * 1000,)) for number in range(500)
    ]


async def test_a_stream_waits_for_a_slow_reader(pool: ChildPool, tmp_path: Path) -> None:
    progress = tmp_path / "progress"
    stream = pool.stream(functions.count_visibly, progress, 2_000, 10_000)
    await anext(stream)
    await asyncio.sleep(0.5)
    assert int(progress.read_text()) < 1_000
    await stream.aclose()


async def test_leaving_a_stream_early_ends_its_child(pool: ChildPool) -> None:
    stream = pool.stream(functions.count_to, 10_000_000, 10)
    await anext(stream)
    (pid,) = pool.child_pids
    await stream.aclose()
    await eventually(lambda: not psutil.pid_exists(pid))


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (functions.crash, "crashed"),
        (functions.leave, "crashed"),
        (functions.hog_memory, "out_of_memory"),
        (functions.burn_cpu, "time_limit"),
        (functions.sleep_long, "time_limit"),
        (functions.write_nonsense, "crashed"),
    ],
)
async def test_a_dead_child_fails_its_own_task_only(function: Any, reason: str) -> None:
    pool = make_pool(size=2, memory_bytes=1024 * MEBIBYTE, cpu_seconds=1, task_timeout_seconds=4)
    bystander = asyncio.create_task(pool.run(functions.wait_then_add, 1.0, 20, 22))
    with pytest.raises(ChildDied) as death:
        await pool.run(function)
    assert death.value.reason == reason
    assert await bystander == 42
    assert await pool.run(functions.add, 1, 2) == 3
    await pool.close()


async def test_an_error_of_the_product_comes_through_typed(pool: ChildPool) -> None:
    with pytest.raises(NotFound) as refusal:
        await pool.run(functions.refuse)
    assert (refusal.value.error_code, refusal.value.message) == ("no_pages", "There are no pages.")


async def test_any_other_exception_is_a_defect_that_does_not_quote_the_input(pool: ChildPool) -> None:
    with pytest.raises(Defect) as defect:
        await pool.run(functions.fail_quoting, "secret words")
    assert "secret" not in str(defect.value) + str(defect.value.__notes__)
    assert "ValueError at child_functions.py" in defect.value.__notes__[0]


async def test_an_error_in_the_middle_of_a_stream_follows_its_items(pool: ChildPool) -> None:
    stream = pool.stream(functions.two_then_refuse)
    assert [await anext(stream), await anext(stream)] == [1, 2]
    with pytest.raises(NotFound):
        await anext(stream)


async def test_cancelling_kills_the_child_and_frees_its_place() -> None:
    pool = make_pool(size=1)
    task = asyncio.create_task(pool.run(functions.sleep_long))
    await eventually(lambda: pool.child_pids)
    (pid,) = pool.child_pids
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await pool.run(functions.add, 1, 1) == 2
    await eventually(lambda: not psutil.pid_exists(pid))
    await pool.close()


async def test_more_callers_than_children_are_all_served_in_order_of_arrival() -> None:
    pool = make_pool(size=1)
    served: list[int] = []

    async def call(number: int) -> None:
        await pool.run(functions.add, number, 0)
        served.append(number)

    await asyncio.gather(*(call(number) for number in range(25)))
    assert served == list(range(25))
    await pool.close()


async def test_a_child_is_replaced_after_its_share_of_tasks() -> None:
    pool = make_pool(size=1, recycle_after_tasks=2)
    pids = [await pool.run(functions.own_pid) for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]
    await pool.close()


async def test_an_idle_pool_has_no_children() -> None:
    pool = make_pool(idle_seconds=0.1)
    await pool.run(functions.add, 1, 1)
    await eventually(lambda: pool.child_pids == ())
    assert await pool.run(functions.add, 1, 1) == 2
    await pool.close()


async def test_children_see_little_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_SECRET", "hush")
    pool = make_pool(environment={"GIVEN": "yes"})
    seen = await pool.run(functions.environment_names)
    assert "FOOTNOTE_SECRET" not in seen
    assert "GIVEN" in seen
    await pool.close()


async def test_a_childs_temporary_folder_is_private_and_removed(pool: ChildPool) -> None:
    folder = await pool.run(functions.write_temporary_file)
    assert os.path.exists(folder)  # noqa: ASYNC240, PTH110  # a short look
    await pool.close()
    assert not os.path.exists(folder)  # noqa: ASYNC240, PTH110


async def test_closing_kills_busy_children_and_refuses_new_tasks(pool: ChildPool) -> None:
    task = asyncio.create_task(pool.run(functions.sleep_long))
    await eventually(lambda: pool.child_pids)
    pids = pool.child_pids
    await pool.close()
    with pytest.raises(ChildDied):
        await task
    await eventually(lambda: not any(psutil.pid_exists(pid) for pid in pids))
    with pytest.raises(Unavailable):
        await pool.run(functions.add, 1, 1)


async def test_busy_children_and_their_programs_are_gone_when_the_parent_is_killed(tmp_path: Path) -> None:
    script = (
        "import asyncio, sys\n"
        "from footnote.kit.children import ChildPool\n"
        "from tests.unit.kit import child_functions as functions\n"
        "async def main():\n"
        f"    pool = ChildPool(size=2, import_path=[{str(ROOT)!r}])\n"
        f"    await asyncio.gather(pool.run(functions.announce_and_burn, {str(tmp_path / 'a')!r}),\n"
        f"        pool.run(functions.announce_and_wait, {str(tmp_path / 'b')!r}))\n"
        "asyncio.run(main())\n"
    )
    source = Path(footnote.__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": f"{source}{os.pathsep}{ROOT}"}
    parent = subprocess.Popen([sys.executable, "-c", script], env=environment)  # noqa: ASYNC220
    try:
        await eventually(lambda: (tmp_path / "a").exists() and (tmp_path / "b").exists())
        pids = [int((tmp_path / name).read_text()) for name in ("a", "b")]
        assert all(psutil.pid_exists(pid) for pid in pids)
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    await eventually(lambda: not any(_is_running(pid) for pid in pids))


def _is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
