"""Jobs on two threads: results in order, one report, one reason to stop."""

import os
import threading

import pytest

from cyclorama.protocol.errors import Cancelled
from cyclorama.protocol.progress import Progress
from cyclorama.side_by_side import side_by_side


def test_results_keep_their_order_and_progress_never_falls():
    told = []

    def job(number):
        def run(report):
            for step in range(5):
                report(Progress("matte", step / 4))
            return number

        return run

    assert side_by_side([job(k) for k in range(7)], lambda p: told.append(p.fraction)) == list(range(7))
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1)


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="two threads need two cores")
def test_cancelling_stops_every_job():
    both_run = threading.Barrier(2, timeout=10)
    stopped = []

    def report(progress):
        if progress.message == "now":
            raise Cancelled("stop")

    def first(step):
        both_run.wait()
        step(Progress("matte", 0.5, "now"))

    def second(step):
        both_run.wait()
        try:
            while True:
                step(Progress("plate", 0.1))
        except Cancelled:
            stopped.append(True)
            raise

    with pytest.raises(Cancelled):
        side_by_side([first, second], report)
    assert stopped == [True]


def test_an_error_of_a_job_is_raised():
    def bad(step):
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        side_by_side([bad, lambda step: 1], lambda progress: None)


def test_one_job_runs_where_it_was_asked():
    (found,) = side_by_side([lambda step: threading.get_ident()], lambda progress: None)
    assert found == threading.get_ident()
