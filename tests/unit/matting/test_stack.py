import numpy as np

from cyclorama.core.geometry import Box
from cyclorama.core.matte import Matte
from cyclorama.matting.stack import stack_mattes, visible_coverage

WHOLE = Box(0, 0, 40, 10)
SIZE = (10, 40)


def ramp(start, stop, rising):
    value = np.clip((np.arange(40) - start) / (stop - start), 0, 1)
    return Matte(np.broadcast_to(value if rising else 1 - value, SIZE).astype(np.float32))


def test_neighbours_leave_no_seam():
    left, right = ramp(15, 25, False), ramp(15, 25, True)
    below, above = stack_mattes([(left, WHOLE), (right, WHOLE)], SIZE)
    clear = (1 - below[0].alpha) * (1 - above[0].alpha)
    assert clear.max() < 1e-6
    assert np.array_equal(above[0].alpha, right.alpha)


def test_separate_objects_are_untouched():
    one, two = ramp(5, 10, False), ramp(30, 35, True)
    for (found, _), given in zip(stack_mattes([(one, WHOLE), (two, WHOLE)], SIZE), (one, two), strict=True):
        np.testing.assert_allclose(found.alpha, given.alpha, atol=1e-6)


def test_visible_shares_are_what_was_asked_where_they_fit(rng):
    shares = rng.dirichlet([1, 1, 1, 2], SIZE).astype(np.float32)
    mattes = [(Matte(np.ascontiguousarray(shares[..., k])), WHOLE) for k in range(3)]
    visible = [share for _, share in visible_coverage(stack_mattes(mattes, SIZE), SIZE)][::-1]
    for found, (wanted, _) in zip(visible, mattes, strict=True):
        np.testing.assert_allclose(found, wanted.alpha, atol=1e-3)


def test_boxes_may_differ():
    small = Box(3, 2, 12, 8)
    stacked = stack_mattes(
        [(Matte(np.ones(SIZE, np.float32)), WHOLE), (Matte(np.ones(small.size, np.float32)), small)], SIZE
    )
    (_, above), (_, below) = visible_coverage(stacked, SIZE)
    assert (above == 1).all()
    assert below[small.slices].max() == 0
    assert below[0, 0] == 1
