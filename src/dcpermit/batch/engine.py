"""Who does the work: this process, several on this machine, or a Dask cluster."""

import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

from dcpermit import optional
from dcpermit.errors import InputError

AHEAD = 2
"""Blocks in hand for each worker: one that it works on and one that waits."""


@contextmanager
def engine(jobs: int = 1, dask: str | None = None) -> Iterator[tuple[Executor | None, int]]:
    """
    The executor of a run and how many work at once; none where this process does the work.

    Args:
        jobs: How many processes on this machine.
        dask: The address of a Dask scheduler, whose workers are taken instead.

    Raises:
        InputError: distributed is not installed, or nobody answers at the address.
    """
    if dask:
        distributed = optional.load("distributed", "dask", "--dask", "reach a cluster")
        try:
            client = distributed.Client(dask, timeout=10)
        except (OSError, ValueError) as error:
            raise InputError.at("--dask", f"no scheduler answers at {dask}: {error}", "", "no_cluster") from None
        with client:
            yield client.get_executor(pure=False), max(1, len(client.scheduler_info()["workers"]))
    elif jobs > 1:
        # Started afresh: a fork would share the threads and locks of the libraries that read the map.
        pool = ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_leave_interrupts)
        try:
            yield pool, jobs
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    else:
        yield None, 1


def _leave_interrupts() -> None:
    """An interrupt is for the process that people started; it lets its workers finish or go."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def each(
    executor: Executor | None, workers: int, work: Callable[[Any], Any], items: Iterable[tuple[int, Any]]
) -> Iterator[tuple[int, Any]]:
    """
    The work on every item by its number, in whatever order it is done; few items are in hand at a time.

    Raises:
        InputError: A worker was stopped from outside.
    """
    if executor is None:
        for number, item in items:
            yield number, work(item)
        return
    waiting: dict[Future[Any], int] = {}
    try:
        for number, item in items:
            waiting[executor.submit(work, item)] = number
            if len(waiting) >= workers * AHEAD:
                yield from _done(waiting)
        while waiting:
            yield from _done(waiting)
    except BrokenProcessPool:
        how = "run it again with --resume, or with fewer --jobs where memory ran out"
        raise InputError.at("--jobs", "a worker was stopped from outside", how, "worker_lost") from None
    finally:
        for future in waiting:
            future.cancel()


def _done(waiting: dict[Future[Any], int]) -> Iterator[tuple[int, Any]]:
    for future in wait(waiting, return_when=FIRST_COMPLETED).done:
        number = waiting.pop(future)
        yield number, future.result()
