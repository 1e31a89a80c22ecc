"""AdamW: Adam with decoupled weight decay."""

from dataclasses import dataclass
from typing import ClassVar

from corelib_optimizers.adam import Adam


@dataclass(frozen=True, slots=True)
class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov and Hutter, 2019).

    The update is `Adam`'s. The decay is the Optimizer's, as for every rule: p ← (1 - lr * weight_decay) p
    before the update is subtracted. AdamW differs in that an Optimizer which is given no ``weight_decay``
    takes 0.01.
    """

    name: ClassVar[str] = "adamw"
    default_weight_decay: ClassVar[float] = 0.01
