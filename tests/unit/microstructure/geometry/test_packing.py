"""Packings: what is asked is made, gaps are kept, chance comes from the seed alone."""

from dataclasses import replace

import numpy as np
import pytest

from ecmcell.microstructure.geometry.cuts import Cut, Cuts
from ecmcell.microstructure.geometry.diameters import Diameters, PackingError, ball_volume
from ecmcell.microstructure.geometry.packing import pack

DIAMETERS = Diameters(mean=5.0, deviation=1.2, minimum=3.0, maximum=8.0)
LAYER = np.array([50.0, 22.0])
CUBE = np.array([20.0, 20.0, 20.0])
CUT = Cuts(Cut(coverage=0.1, depth=0.2))


def distances_to_others(centres, radii):
    """Surface distance of every pair, by plain loops."""
    return [
        np.linalg.norm(centres[i] - centres[j]) - radii[i] - radii[j]
        for i in range(len(radii))
        for j in range(i)
    ]


@pytest.mark.parametrize(("lengths", "fraction"), [(LAYER, 0.60), (LAYER, 0.30), (CUBE, 0.38)])
def test_the_volume_fraction_is_that_asked(lengths, fraction):
    packing = pack(DIAMETERS, lengths, fraction, 0.2, CUT, seed=3)
    kept = np.where(packing.pressed, CUT.collector.kept(len(lengths)), 1.0)
    made = (kept * ball_volume(packing.radii, len(lengths))).sum() / lengths.prod()
    assert made == pytest.approx(fraction, rel=1e-10)


@pytest.mark.parametrize(("lengths", "fraction"), [(LAYER, 0.60), (CUBE, 0.38)])
def test_gaps_are_kept_between_particles_and_to_faces(lengths, fraction):
    gap = 0.2
    packing = pack(DIAMETERS, lengths, fraction, gap, CUT, seed=5)
    centres, radii, pressed = packing.centres, packing.radii, packing.pressed
    assert min(distances_to_others(centres, radii)) >= gap - 1e-9
    low, high = centres - radii[:, None], lengths - centres - radii[:, None]
    assert low.min() >= gap - 1e-9
    assert high[:, 1:].min() >= gap - 1e-9
    assert high[~pressed, 0].min() >= gap - 1e-9
    assert packing.min_gap() == pytest.approx(
        min(
            *distances_to_others(centres, radii), low.min(), high[:, 1:].min(), high[~pressed].min()
        )
    )


def test_pressed_particles_are_cut_by_the_collector_as_deep_as_asked():
    packing = pack(DIAMETERS, LAYER, 0.55, 0.3, Cuts(Cut(coverage=0.4, depth=0.3)), seed=1)
    assert packing.pressed.sum() >= 2
    beyond = packing.centres[:, 0] + packing.radii - LAYER[0]
    assert beyond[packing.pressed] == pytest.approx(0.3 * packing.radii[packing.pressed])
    chords = 2 * np.sqrt(
        packing.radii**2 - (LAYER[0] - packing.centres[:, 0]) ** 2,
        where=packing.pressed,
        out=np.zeros(len(packing.radii)),
    )
    assert chords.sum() / LAYER[1] == pytest.approx(0.4, abs=0.15)


@pytest.mark.parametrize("depth", [0.1, 0.5, 1.0])
@pytest.mark.parametrize("dim", [2, 3])
def test_volume_kept_by_a_pressed_particle(dim, depth):
    x = (np.arange(200_000) + 0.5) / 100_000 - 1
    slab = 2 * np.sqrt(1 - x**2) if dim == 2 else np.pi * (1 - x**2)
    kept = slab[x < 1 - depth].sum() / slab.sum()
    assert Cut(0.0, depth).kept(dim) == pytest.approx(kept, rel=1e-4)


def test_diameters_follow_the_distribution():
    wide = np.array([100.0, 100.0])
    diameters = 2 * pack(DIAMETERS, wide, 0.5, 0.1, CUT, seed=1).radii
    assert diameters.min() >= DIAMETERS.minimum
    assert diameters.max() <= DIAMETERS.maximum
    assert diameters.mean() == pytest.approx(DIAMETERS.mean, rel=0.01)
    assert diameters.std() == pytest.approx(1.1, rel=0.1)  # truncation takes some of 1.2
    assert np.median(diameters) < diameters.mean()  # skewed to the right


def test_alike_particles():
    alike = replace(DIAMETERS, deviation=0.0, minimum=4.9, maximum=5.1)
    radii = pack(alike, LAYER, 0.5, 0.3, CUT, seed=1).radii
    assert np.ptp(radii) < 1e-12
    assert 2 * radii[0] == pytest.approx(5.0, abs=0.1)


def test_equal_seeds_give_equal_packings_and_others_do_not():
    first, again, other = (pack(DIAMETERS, LAYER, 0.5, 0.3, CUT, seed=s) for s in (7, 7, 8))
    assert np.array_equal(first.centres, again.centres)
    assert np.array_equal(first.radii, again.radii)
    assert not np.array_equal(first.centres, other.centres)


def test_no_large_void_stays():
    for seed in range(3):
        packing = pack(DIAMETERS, LAYER, 0.55, 0.3, CUT, seed)
        grid = np.stack(np.meshgrid(*(np.linspace(4, n - 4, 60) for n in LAYER)), -1).reshape(-1, 2)
        away = np.linalg.norm(grid[:, None] - packing.centres, axis=2) - packing.radii
        assert 2 * away.min(axis=1).max() < DIAMETERS.maximum


@pytest.mark.parametrize(("fraction", "lengths", "least"), [(0.72, LAYER, 0.6), (0.55, CUBE, 0.4)])
def test_what_was_reached_is_said_when_particles_do_not_fit(fraction, lengths, least):
    with pytest.raises(PackingError) as failed:
        pack(DIAMETERS, lengths, fraction, 0.3, CUT, seed=1)
    assert failed.value.reached is not None
    assert least < failed.value.reached < fraction


@pytest.mark.parametrize(
    ("diameters", "lengths", "fraction", "words"),
    [
        (DIAMETERS, LAYER, 0.95, "would fill"),
        (DIAMETERS, np.array([50.0, 7.0]), 0.4, "largest particle"),
        (replace(DIAMETERS, mean=1e-3, minimum=1e-4), LAYER, 0.5, "particles"),
        (replace(DIAMETERS, minimum=5.0, maximum=5.0), LAYER, 0.5, "whole"),
    ],
)
def test_what_cannot_be_packed_is_refused_at_once(diameters, lengths, fraction, words):
    with pytest.raises(PackingError, match=words):
        pack(diameters, lengths, fraction, 0.3, CUT, seed=1)
