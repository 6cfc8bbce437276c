"""Data sets, scaling, splitting, augmentation, and MNIST's file format."""

import gzip
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autodiff.errors import ArgumentError, AutodiffError, OperandError
from autodiff.nn import data, idx


@pytest.mark.parametrize("make", [data.moons, data.circles, data.spirals])
def test_a_set_of_points_has_two_classes_of_nearly_one_size_and_depends_on_its_seed_alone(make):
    x, y = make(101, seed=3)
    assert x.shape == (101, 2) and np.bincount(y).tolist() == [51, 50]
    assert (make(101, seed=3)[0] == x).all() and (make(101, seed=4)[0] != x).any()


def test_circles_lie_on_their_radii_and_moons_on_half_circles():
    x, y = data.circles(40, noise=0, factor=0.5)
    assert np.hypot(*x.T) == pytest.approx(np.where(y == 0, 1.0, 0.5))
    x, y = data.moons(40, noise=0)
    assert np.hypot(*x[y == 0].T) == pytest.approx(1.0) and (x[y == 0, 1] > -1e-9).all()
    assert np.hypot(*(x[y == 1] - [1, 0.5]).T) == pytest.approx(1.0) and (x[y == 1, 1] < 0.5 + 1e-9).all()


def test_digits_are_1797_rows_of_64_numbers():
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    x, y = data.digits()
    assert x.shape == (1797, 64) and x.min() == 0 and x.max() == 16 and set(y.tolist()) == set(range(10))


def test_without_scikit_learn_digits_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "sklearn.datasets", None)
    with pytest.raises(AutodiffError, match="pip install scikit-learn"):
        data.digits()


@given(st.lists(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=2), min_size=2, max_size=6))
def test_scaling_brings_every_fitted_column_into_0_to_1(rows):
    scaled = data.MinMaxScaler().fit(rows).transform(rows)
    assert scaled.min() >= 0 and scaled.max() <= 1
    for column, raw in zip(scaled.T, np.array(rows).T):
        assert column.max() == (1.0 if raw.max() > raw.min() else 0.0)


def test_new_rows_are_scaled_by_the_old_range():
    scaler = data.MinMaxScaler().fit([[0.0], [4.0]])
    assert scaler.transform([[2.0], [8.0]]).tolist() == [[0.5], [2.0]]
    with pytest.raises(ArgumentError, match="call fit"):
        data.MinMaxScaler().transform([[1.0]])


def test_validation_rows_are_drawn_at_random_and_nothing_is_lost():
    x = np.arange(20).reshape(10, 2)
    kept, y_kept, drawn, y_drawn = data.train_validation_split(x, x[:, 0], 0.3, seed=1)
    assert (len(kept), len(drawn)) == (7, 3)
    assert (kept[:, 0] == y_kept).all() and (drawn[:, 0] == y_drawn).all()
    assert sorted([*y_kept, *y_drawn]) == x[:, 0].tolist()
    assert (data.train_validation_split(x, x[:, 0], 3, seed=1)[3] == y_drawn).all()


@pytest.mark.parametrize("act, sentence", [
    (lambda: data.train_validation_split([1, 2], [1]), r"expected as many labels as rows, got 1 and 2"),
    (lambda: data.train_validation_split([1, 2], [1, 2], 2), r"to leave rows on both sides of 2, got 2 \(int\)"),
    (lambda: data.moons(0), r"count: expected a whole number of at least 1, got 0 \(int\)"),
    (lambda: data.moons(4, seed="x"), r"seed: expected a whole number of at least 0, got 'x' \(str\)"),
    (lambda: data.shifted([[1, 2]]), r"images: expected an array of rows, height, width, got the shape \(1, 2\)"),
])
def test_what_makes_no_data_is_refused(act, sentence):
    with pytest.raises((ArgumentError, OperandError), match=sentence):
        act()


# Augmentation

def dot_image(size=7):
    image = np.zeros((1, size, size))
    image[0, 3, 4] = 1.0
    return image


def test_shifting_moves_an_image_as_a_whole_and_brings_in_zeros():
    moved = data.shifted(np.repeat(dot_image(), 50, axis=0), most=2, seed=1)
    places = {tuple(np.argwhere(image)[0].tolist()) for image in moved}
    assert (moved.sum(axis=(1, 2)) == 1).all()
    assert places <= {(3 + i, 4 + j) for i in range(-2, 3) for j in range(-2, 3)} and len(places) > 10
    assert data.shifted(np.ones((20, 3, 3)), most=3, seed=1).min() == 0


def test_rotating_by_nothing_changes_nothing_and_by_a_little_keeps_the_middle():
    image = np.random.default_rng(0).uniform(size=(3, 5, 5))
    assert data.rotated(image, most=0.0) == pytest.approx(image)
    turned = data.rotated(image, most=30, seed=1)
    assert turned[:, 2, 2] == pytest.approx(image[:, 2, 2])
    assert (turned != image).any() and turned.min() >= 0 and turned.max() <= 1


def test_a_quarter_turn_is_a_quarter_turn():
    image = np.arange(9.0).reshape(3, 3)
    down, right = np.mgrid[:3, :3] - 1.0
    turned = data._turn(image, down, right, np.pi / 2)
    assert turned == pytest.approx(np.rot90(image, -1), abs=1e-12)


def test_noise_has_the_size_asked_for():
    assert np.std(data.noisy(np.zeros((100, 100)), 0.2, seed=1)) == pytest.approx(0.2, rel=0.05)


# MNIST's files

IMAGES = struct.pack(">4I", 2051, 2, 3, 2) + bytes(range(12))
LABELS = struct.pack(">2I", 2049, 3) + bytes([5, 0, 4])


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_idx_files_are_read_gzipped_or_not(tmp_path, pack):
    (tmp_path / "images").write_bytes(pack(IMAGES))
    (tmp_path / "labels").write_bytes(pack(LABELS))
    assert idx.read_images(tmp_path / "images").tolist() == np.arange(12.0).reshape(2, 3, 2).tolist()
    assert idx.read_labels(tmp_path / "labels").tolist() == [5, 0, 4]


@pytest.mark.parametrize("content, sentence", [
    (LABELS, r"expected the magic number 2051 \(images\), got 2049 \(labels\)"),
    (b"PNG\r" + IMAGES[4:], r"expected the magic number 2051 \(images\), got 1347307277"),
    (IMAGES[:-1], r"expected 2 x 3 x 2 bytes after the head, got 11: the file is damaged"),
    (IMAGES + b"!", r"expected 2 x 3 x 2 bytes after the head, got 13"),
    (struct.pack(">4I", 2051, 2**32 - 1, 2**32 - 1, 2), r"bytes after the head, got 0"),
    (IMAGES[:7], r"expected an IDX file with 16 bytes of head, got 7 bytes"),
    (gzip.compress(IMAGES, mtime=0)[:-9], r"expected an IDX file, gzipped or not; reading it failed"),
])
def test_a_file_that_is_not_what_it_says_is_refused(tmp_path, content, sentence):
    path = tmp_path / "images"
    path.write_bytes(content)
    with pytest.raises(ArgumentError, match=sentence):
        idx.read_images(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ArgumentError, match="train-images: expected an IDX file, gzipped or not; reading it failed"):
        idx.read_images(tmp_path / "train-images")


@given(content=st.binary(max_size=40))
def test_no_bytes_make_the_reader_do_anything_but_read_or_refuse(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("idx") / "file"
    path.write_bytes(struct.pack(">I", 2051) + content)
    try:
        idx.read_images(path)
    except ArgumentError:
        pass


@pytest.mark.parametrize("noise, sentence", [
    (-1, r"noise: expected a size that is finite and at least 0, got -1 \(int\)"),
    ("much", r"noise: size: expected a real number .* got 'much' \(str\)"),
])
def test_noise_without_a_size_is_refused(noise, sentence):
    with pytest.raises((ArgumentError, OperandError), match=sentence):
        data.moons(10, noise=noise)


def test_a_scaler_refuses_rows_of_another_width():
    scaler = data.MinMaxScaler().fit([[0, 1, 2], [3, 4, 5]])
    for rows in ([[1], [2]], [[1, 2]]):
        with pytest.raises(ArgumentError, match="fitted to"):
            scaler.transform(rows)
    assert scaler.transform([3, 1, 2]).tolist() == [1.0, 0.0, 0.0]


@pytest.mark.parametrize("make", [
    lambda: data.shifted(np.ones((2, 3, 3)), most=-1), lambda: data.shifted(np.ones((2, 3, 3)), most="far"),
    lambda: data.rotated(np.ones((2, 3, 3)), most=-1.0), lambda: data.rotated(np.ones((2, 3, 3)), most=np.nan),
    lambda: data.train_validation_split([1, 2, 3], [1, 2, 3], np.nan),
    lambda: data.train_validation_split([1, 2, 3], [1, 2, 3], np.inf),
    lambda: data.train_validation_split([1, 2, 3], [1, 2, 3], 1.5), lambda: data.train_validation_split(3, 3),
])  # fmt: skip
def test_settings_that_make_no_sense_are_an_error(make):
    with pytest.raises(AutodiffError, match="expected"):
        make()


def test_an_image_that_is_shifted_out_of_sight_is_0():
    moved = data.shifted(np.ones((50, 3, 3)), most=7, seed=1)
    assert {0.0, 1.0} == set(moved.ravel().tolist()) and not moved.all(axis=(1, 2)).all()
