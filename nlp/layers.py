"""The linear layer between features and labels, for spaCy: learned by gradient, joined by Bayes, stored in bytes.

Two ways to weigh features err differently: what the gradient finds on few examples is sharp, and what complement naive
Bayes counts is broad (Rennie et al. 2003, "Tackling the Poor Assumptions of Naive Bayes Text Classifiers"). Both are
linear in the same features, so that their sum is one layer again, and every weight still says what a word does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc
from spacy.util import registry
from thinc.api import Model
from thinc.types import Floats2d

from nlp.features import Features, features_of

WEIGHTS, BIAS, SCALE = "W", "b", "scale"
SMOOTHING = 0.3

# A stored weight is the root of its share of the column's largest, so that small weights keep their differences.
_STEPS = 127
_SIGNED = np.arange(256).astype(np.uint8).view(np.int8).astype(np.float32)
_DECODED = (np.sign(_SIGNED) * (_SIGNED / _STEPS) ** 2).astype(np.float32)

Matrix = NDArray[np.float32]


@registry.architectures("ideenkanal.SparseLinear.v2")  # type: ignore[untyped-decorator]  # a catalogue without types
def make_linear(exclusive_classes: bool, nO: int | None = None) -> Model[list[Doc], Floats2d]:  # noqa: FBT001, N803  (spaCy's names)
    """A layer from docs with features to probabilities: softmax if the classes exclude one another, else sigmoid.

    It predicts only: `nlp.gradient` and `bayes` find its weights, and `store` puts them in.
    """
    return Model(
        "ideenkanal_sparse_linear",
        _forward,
        init=_init,
        params={WEIGHTS: None, BIAS: None, SCALE: None},
        dims={"nO": nO, "nI": None},
        attrs={"exclusive": exclusive_classes},
    )


def decoded(model: Model[Any, Any]) -> tuple[Matrix, Matrix]:
    """The weights (features x labels) and the biases as they were stored."""
    stored: Any = model.get_param(WEIGHTS)
    scale: Any = model.get_param(SCALE)
    weights: Matrix = _DECODED[stored.view(np.uint8)] * scale
    bias: Any = model.get_param(BIAS)
    return weights, bias


def bayes(texts: Sequence[Features], truth: Matrix) -> Matrix:
    """Complement naive Bayes: weights (features x labels) from texts and their truth (0 to 1 per label).

    It counts, which the values of an encoder do not allow: their features have the weight 0.
    """
    counted = texts[0].width - texts[0].dense
    found = np.zeros((counted, truth.shape[1]))
    for text, row in zip(texts, truth, strict=True):
        words = text.rows < counted
        found[text.rows[words]] += np.outer(text.values[words], row)
    others = found.sum(axis=1, keepdims=True) - found + SMOOTHING
    surprise = -np.log(others / others.sum(axis=0))
    weights = (surprise - surprise.mean(axis=1, keepdims=True)).astype(np.float32)
    return np.pad(weights, ((0, texts[0].dense), (0, 0)))


def store(model: Model[Any, Any], matrix: Matrix, bias: Any) -> None:
    """Give the layer these weights, a byte each."""
    largest: Any = np.abs(matrix).max(axis=0) + np.float32(1e-9)
    steps: Any = np.sign(matrix) * np.round(np.sqrt(np.abs(matrix) / largest) * _STEPS)
    model.set_param(WEIGHTS, steps.astype(np.int8))
    model.set_param(SCALE, largest.astype(np.float32))
    biases: Any = np.asarray(bias, dtype=np.float32)
    model.set_param(BIAS, biases)


def _init(model: Model[list[Doc], Floats2d], X: list[Doc] | None = None, Y: Floats2d | None = None) -> None:  # noqa: N803
    if X:
        model.set_dim("nI", features_of(X[0]).width)
    if Y is not None:
        model.set_dim("nO", Y.shape[1])
    labels = model.get_dim("nO")
    store(model, np.zeros((model.get_dim("nI"), labels), dtype=np.float32), np.zeros(labels))


def _forward(
    model: Model[list[Doc], Floats2d],
    docs: list[Doc],
    is_train: bool,  # noqa: ARG001, FBT001  (thinc's signature)
) -> tuple[Floats2d, Callable[[Floats2d], list[Doc]]]:
    weights, bias = decoded(model)
    found = [features_of(doc) for doc in docs]
    summed = np.stack([item.values @ weights[item.rows] for item in found]) + bias
    if model.attrs["exclusive"]:
        powers = np.exp(summed - summed.max(axis=1, keepdims=True))
        likely = powers / powers.sum(axis=1, keepdims=True)
    else:
        likely = 1 / (1 + np.exp(-summed))
    return likely.astype(np.float32), _nothing_to_learn


def _nothing_to_learn(gradient: Floats2d) -> list[Doc]:
    raise NotImplementedError("this layer is fitted by nlp.train, not by nlp.update")
