"""The evidence of a Gaussian process: y' K^-1 y + log det K, with its gradient in the covariance K and in y.

By hand the gradients are -x x' + K^-1 and 2 x, with x = K^-1 y, for a symmetric K.
"""

from typing import Any, Final

import numpy as np

from benchmarks.workload import Array, Inputs, Outcome, Target, Workload


def make(n: int) -> Inputs:
    random = np.random.default_rng(0)
    place = np.sort(random.uniform(size=n))
    covariance = np.exp(-50 * np.square(place[:, None] - place)) + 0.1 * np.eye(n)
    return Inputs((covariance, random.normal(size=n)))


def by_hand(covariance: Array, y: Array) -> Outcome:
    x = np.linalg.solve(covariance, y)
    value = y @ x + np.linalg.slogdet(covariance)[1]
    return value, (np.linalg.inv(covariance).T - np.outer(x, x), 2 * x)


def loss(np: Any, covariance: Any, y: Any) -> Any:
    return np.dot(y, np.linalg.solve(covariance, y)) + np.linalg.slogdet(covariance)[1]


def torch_loss(torch: Any, covariance: Any, y: Any) -> Any:
    return torch.dot(y, torch.linalg.solve(covariance, y)) + torch.linalg.slogdet(covariance)[1]


WORKLOAD: Final = Workload(
    name="evidence",
    title="evidence of a Gaussian process of 400 points, solve and slogdet",
    make=make,
    by_hand=by_hand,
    loss=loss,
    torch_loss=torch_loss,
    full={"n": 400},
    small={"n": 7},
    target=Target(compiled=1.3, interpreted=1.3),
    without={"mygrad": "mygrad has no solve and no slogdet"},
)
