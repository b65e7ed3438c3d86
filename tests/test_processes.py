"""Work is shared among processes: in order, once each, whatever becomes of a process."""

import errno
import os
import pickle
import signal
import struct
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType

import pytest

from commons_ld.errors import InvalidRecord, ProcessesLost
from commons_ld.origin import Origin
from commons_ld.processes.sharing import Processes, available


def twice(number: int) -> tuple[int, int]:
    """Return a number twice as large, and who did it."""
    return 2 * number, os.getpid()


def dies_once(item: tuple[Path, int]) -> int:
    """End this process as the system does that is out of memory, but only the first time."""
    marker, number = item
    if number == 7 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def dies_while_it_answers(item: tuple[Path, int]) -> int:
    """End this process with half an answer in its line, but only the first time."""
    marker, number = item
    if number == 7 and not marker.exists():
        marker.touch()
        frame: FrameType | None = sys._getframe()
        while frame and "line" not in frame.f_locals:
            frame = frame.f_back
        assert frame
        os.write(frame.f_locals["line"].fileno(), struct.pack("!i", 1000) + b"half")
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def dies(number: int) -> int:
    """End this process at one item, always."""
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def fails(number: int) -> int:
    """Refuse one item."""
    if number == 3:
        raise ValueError(f"no {number}")
    return number


def test_results_come_in_the_order_of_the_items_from_several_processes() -> None:
    """Whoever is done first."""
    with Processes(2, worth=2) as processes:
        results = list(processes.map(twice, range(40)))

    assert [number for number, _ in results] == [2 * number for number in range(40)]
    assert 1 <= len({process for _, process in results} - {os.getpid()}) <= 2


@pytest.mark.parametrize(("jobs", "items"), [(1, 40), (2, 11)])
def test_little_work_is_done_here(jobs: int, items: int) -> None:
    """To start processes would take longer than the work."""
    with Processes(jobs, worth=12) as processes:
        results = list(processes.map(twice, range(items)))

    assert results == [(2 * number, os.getpid()) for number in range(items)]


def test_what_has_no_task_keeps_its_place() -> None:
    """It stands beside nothing, and nobody is asked."""
    items = [(str(number), number, number % 3 == 0) for number in range(200)]
    with Processes(2, worth=2) as processes:
        results = list(processes.beside(twice, items))

    assert [(key, result and result[0]) for key, result in results] == [
        (str(number), 2 * number if number % 3 == 0 else None) for number in range(200)
    ]


def test_no_more_is_taken_ahead_than_a_few_items() -> None:
    """Memory does not grow with the work."""
    taken = 0

    def counted() -> object:
        nonlocal taken
        for number in range(1000):
            taken += 1
            yield number

    with Processes(2, worth=2) as processes:
        for done, _ in enumerate(processes.map(twice, counted()), 1):  # type: ignore[arg-type]
            assert taken - done <= 12


@pytest.mark.parametrize("task", [dies_once, dies_while_it_answers])
def test_a_process_that_is_killed_loses_nothing_and_repeats_nothing(
    tmp_path: Path, task: Callable[[tuple[Path, int]], int]
) -> None:
    """What it had not done is done again by others, who do not wait for the rest of what it was saying."""
    with Processes(2, worth=2) as processes:
        results = list(processes.map(task, [(tmp_path / "died", number) for number in range(40)]))
        losses = processes.losses

    assert results == list(range(40))
    assert losses == 1


def test_long_items_and_long_results_do_not_wait_for_each_other() -> None:
    """Neither fits into the line, while the next item is sent and a result comes."""
    texts = [str(number) * 3_000_000 for number in range(9)]
    with Processes(2, worth=2) as processes:
        assert list(processes.map(str.swapcase, texts)) == texts


def test_what_cannot_be_sent_is_told_in_its_turn() -> None:
    """What a task is given, and what it returns; the processes stand."""
    with Processes(2, worth=0) as processes:
        with pytest.raises((pickle.PicklingError, AttributeError, TypeError), match="pickle"):
            list(processes.map(callable, [1, lambda: None, 3]))
        with pytest.raises(TypeError, match="pickle"):
            list(processes.map(open, [os.devnull]))
        assert list(processes.map(abs, [-1, -2])) == [1, 2]
        assert processes.losses == 0


def test_an_error_of_a_process_tells_where_it_was_raised() -> None:
    """The lines that led to it stand beside it."""
    with Processes(2, worth=0) as processes, pytest.raises(ValueError, match="no 3") as caught:
        list(processes.map(fails, range(9)))

    assert "in fails" in "".join(caught.value.__notes__)


def test_a_system_that_has_no_room_for_a_process_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it says has a number, and is told as it is."""

    def full(_: object) -> None:
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(BaseProcess, "start", full)
    with Processes(2, worth=0) as processes, pytest.raises(OSError, match="temporarily"):
        list(processes.map(abs, range(9)))


def test_an_item_that_ends_every_process_ends_the_work() -> None:
    """It is told that processes are lost, and what to do; the results before it stood."""
    results: list[int] = []
    with Processes(2, worth=2) as processes, pytest.raises(ProcessesLost, match="--jobs 1") as caught:
        results.extend(processes.map(dies, range(30)))

    assert "processus" in caught.value.told("fr")
    assert 3 not in results


def test_an_error_comes_as_it_was_raised() -> None:
    """After the results before it."""
    with Processes(2, worth=2) as processes:
        results = processes.map(fails, range(30))
        before = [next(results) for _ in range(3)]
        with pytest.raises(ValueError, match="no 3"):
            next(results)

    assert before == [0, 1, 2]


def refuses(number: int) -> int:
    """Refuse one item as a page is refused."""
    if number == 3:
        raise InvalidRecord("missing-title", origin=Origin("a.txt", line=4), field="title", value="")
    return number


def test_an_error_of_ours_comes_with_its_facts() -> None:
    """Its message, its place and its field; the processes stand."""
    with Processes(2, worth=2) as processes:
        with pytest.raises(InvalidRecord, match=r"a\.txt, line 4: the page has no title") as caught:
            list(processes.map(refuses, range(30)))
        again = list(processes.map(twice, range(4)))

    assert (caught.value.code, caught.value.origin, caught.value.field) == (
        "missing-title",
        Origin("a.txt", line=4),
        "title",
    )
    assert [number for number, _ in again] == [0, 2, 4, 6]
    assert processes.losses == 0


def test_there_is_at_least_one_core() -> None:
    """What is available is what this process may use, not what the machine has."""
    assert Processes(0).jobs == available() >= 1


def test_processes_end_with_the_one_that_started_them(tmp_path: Path) -> None:
    """However that one ends."""
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent(
            """
            import os, sys, time
            from commons_ld.processes.sharing import Processes
            from tests.test_processes import twice

            if __name__ == "__main__":
                with Processes(2, worth=2) as processes:
                    results = processes.map(twice, range(1000))
                    print(*{next(results)[1] for _ in range(50)}, flush=True)
                    time.sleep(600)
            """
        )
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        children = [int(word) for word in process.stdout.readline().split()]
        process.kill()
        process.wait()
    deadline = time.monotonic() + 60
    while alive := [child for child in children if _is_alive(child)]:
        assert time.monotonic() < deadline, alive
        time.sleep(0.05)

    assert children


def test_an_interrupt_ends_them_all_and_says_nothing_of_them(tmp_path: Path) -> None:
    """A terminal sends it to every process; the one that started the others tells of it, once."""
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent(
            """
            import signal
            import sys
            from commons_ld.processes.sharing import Processes
            from tests.test_processes import twice

            if __name__ == "__main__":
                # Whoever was started in the background ignores it.
                signal.signal(signal.SIGINT, signal.default_int_handler)
                try:
                    with Processes(2, worth=2) as processes:
                        for number, (_, process) in enumerate(processes.map(twice, iter(int, 1))):
                            if number == 50:
                                print(process, flush=True)
                except KeyboardInterrupt:
                    sys.exit(130)
            """
        )
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    pipe = subprocess.PIPE
    command = [sys.executable, str(script)]
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, env=environment, start_new_session=True) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        os.killpg(process.pid, signal.SIGINT)
        try:
            _, said = process.communicate(timeout=120)
        finally:
            process.kill()

    assert (process.returncode, said) == (130, b"")
    assert not _is_alive(child)


def _is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
