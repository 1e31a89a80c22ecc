"""Mistakes in optimizers as tired authors make them: a line of a rule, and what stands there instead.

The rules are the installed ones, with the references that their plugin declares.
"""

from typing import Final, NamedTuple


class Slip(NamedTuple):
    """In ``method`` of the rule ``rule`` the text ``right`` became ``wrong``."""

    rule: str
    name: str
    right: str
    wrong: str
    method: str = "update"


ROOT: Final = """np.sqrt(v, out=out)
    out /= math.sqrt(1 - self.beta2**step.t)
    out += self.eps"""
ADAM: Final = (
    Slip("adam", "eps inside the root", ROOT, "np.add(v, self.eps, out=out)\n    np.sqrt(out, out=out)\n"
         "    out /= math.sqrt(1 - self.beta2**step.t)"),
    Slip("adam", "eps squared inside the root", ROOT, "np.add(v, self.eps**2, out=out)\n    np.sqrt(out, out=out)\n"
         "    out /= math.sqrt(1 - self.beta2**step.t)"),
    Slip("adam", "eps before the correction", ROOT, "np.sqrt(v, out=out)\n    out += self.eps\n"
         "    out /= math.sqrt(1 - self.beta2**step.t)"),
    Slip("adam", "at least eps, in the place of plus eps", "out += self.eps", "np.maximum(out, self.eps, out=out)"),
    Slip("adam", "eps is the default", "out += self.eps", "out += 1e-8"),
    Slip("adam", "eps is lost", "    out += self.eps\n", ""),
    Slip("adam", "both corrections one late", "step.t", "(step.t + 1)"),
    Slip("adam", "the first correction one late", "self.beta1**step.t", "self.beta1 ** (step.t + 1)"),
    Slip("adam", "the second correction one early", "self.beta2**step.t", "self.beta2 ** max(step.t - 1, 1)"),
    Slip("adam", "the second correction without its root", "out /= math.sqrt(1 - self.beta2**step.t)",
         "out /= 1 - self.beta2**step.t"),
    Slip("adam", "no first correction", " / (1 - self.beta1**step.t)", ""),
    Slip("adam", "no second correction", "    out /= math.sqrt(1 - self.beta2**step.t)\n", ""),
    Slip("adam", "both corrections by beta1", "self.beta2**step.t", "self.beta1**step.t"),
    Slip("adam", "betas swapped", "m, v = state.mean, state.mean_square",
         "m, v = state.mean, state.mean_square\n    self = type(self)(self.beta2, self.beta1, self.eps, self.amsgrad)"),
    Slip("adam", "beta1 is the default", "out *= 1 - self.beta1\n", "out *= 1 - 0.9\n"),
    Slip("adam", "beta2 is the default in one place", "v *= self.beta2", "v *= 0.999"),
    Slip("adam", "the mean keeps all of the gradient", "out *= 1 - self.beta1\n    m += out",
         "m *= self.beta1\n    m += grad"),
    Slip("adam", "the largest is the current", "v = np.maximum(state.largest, v, out=state.largest)",
         "state.largest[...] = v"),
    Slip("adam", "the largest is of the last two", "v = np.maximum(state.largest, v, out=state.largest)",
         "np.maximum(state.largest, v, out=out)\n        state.largest[...] = v\n        v = out"),
    Slip("adam", "the largest takes the place of the mean square",
         "v = np.maximum(state.largest, v, out=state.largest)", "v = np.maximum(state.largest, v, out=v)\n"
         "        state.largest[...] = v"),
    Slip("adam", "the largest after the correction", "v = np.maximum(state.largest, v, out=state.largest)",
         "np.divide(v, 1 - self.beta2**step.t, out=out)\n"
         "        v = np.maximum(state.largest, out, out=state.largest)\n"
         "        np.multiply(v, 1 - self.beta2**step.t, out=out)\n        v = out"),
    Slip("adam", "lr inside of the mean", "out *= step.lr / (1 - self.beta1**step.t)",
         "out *= 1 / (1 - self.beta1**step.t)\n    m *= 1 + 0 * step.lr\n    out *= self.default_lr"),
    Slip("adam", "lr with the gradient", "np.subtract(grad, m, out=out)",
         "np.multiply(grad, step.lr, out=out)\n    out -= m"),
    Slip("adam", "lr inside of the root", "np.sqrt(v, out=out)", "np.sqrt(v, out=out)\n    out /= math.sqrt(step.lr)"),
    Slip("adam", "the lr is the default", "step.lr", "self.default_lr"),
    Slip("adam", "eps is a part of lr", "out += self.eps", "out += self.eps * step.lr"),
    Slip("adam", "rests where all gradients are zero", "m, v = state.mean, state.mean_square",
         "m, v = state.mean, state.mean_square\n    if grad.size and not grad.any():\n        out[...] = 0\n"
         "        return"),
    Slip("adam", "moves only what has a gradient", "np.divide(m, out, out=out)",
         "np.divide(m, out, out=out)\n    out[grad == 0] = 0"),
    Slip("adam", "remembers only where there is a gradient", "v *= self.beta2",
         "np.multiply(v, self.beta2, out=v, where=grad != 0)"),
    Slip("adam", "huge gradients are clipped", "np.subtract(grad, m, out=out)",
         "np.clip(grad, -1e10, 1e10, out=out)\n    out -= m"),
    Slip("adam", "tiny mean squares are zero", "np.sqrt(v, out=out)", "np.sqrt(v, out=out)\n    out[out < 1e-16] = 0"),
    Slip("adamw", "decay with the gradient", "np.subtract(grad, m, out=out)",
         "np.multiply(param, 0.01, out=out)\n    out += grad\n    out -= m"),
    Slip("adamw", "decays once more", "out *= step.lr / (1 - self.beta1**step.t)",
         "out *= step.lr / (1 - self.beta1**step.t)\n    state.mean_square *= 1 - step.lr * 0.01"),
    Slip("adam", "one state for each kind of parameter",
         "return AdamState(np.zeros_like(param), np.zeros_like(param), largest)",
         "fresh = AdamState(np.zeros_like(param), np.zeros_like(param), largest)\n"
         "    return KEPT.setdefault((self, param.shape, param.dtype), fresh)", "init"),
)  # fmt: skip
SGD: Final = (
    Slip("sgd", "lr inside of the momentum",
         "np.multiply(grad, 1 - self.dampening, out=out)\n        b *= self.momentum",
         "np.multiply(grad, step.lr, out=out)\n        out *= (1 - self.dampening) / step.lr\n"
         "        b *= self.momentum * KEPT.setdefault(id(state), step.lr) / step.lr\n"
         "        KEPT[id(state)] = step.lr"),
    Slip("sgd", "dampened from the first", "if step.t == 1:\n        b[...] = grad",
         "if step.t == 1:\n        np.multiply(grad, 1 - self.dampening, out=b)"),
    Slip("sgd", "a mean in the place of a sum", "1 - self.dampening", "1 - self.momentum"),
    Slip("sgd", "dampening of what was", "np.multiply(grad, 1 - self.dampening, out=out)\n        b *= self.momentum",
         "np.copyto(out, grad)\n        b *= self.momentum * (1 - self.dampening)"),
    Slip("sgd", "nesterov without the gradient", "        out += grad\n        out *= step.lr",
         "        out *= step.lr"),
    Slip("sgd", "nesterov looks ahead twice", "np.multiply(b, self.momentum, out=out)",
         "np.multiply(b, self.momentum**2, out=out)"),
    Slip("sgd", "nesterov with the lr on one term", "out += grad\n        out *= step.lr",
         "out *= step.lr\n        out += grad"),
    Slip("sgd", "begins anew after zeros", "if step.t == 1:", "if step.t == 1 or not b.any():"),
    Slip("sgd", "forgets where all gradients are zero", "b *= self.momentum",
         "b *= self.momentum if grad.any() else 0.0"),
    Slip("sgd", "the momentum of one late", "        b *= self.momentum\n        b += out",
         "        b += out\n        b *= self.momentum"),
    Slip("sgd", "huge gradients are cut down", "np.multiply(grad, step.lr, out=out)",
         "np.multiply(grad, step.lr, out=out)\n        np.clip(out, -1e12, 1e12, out=out)"),
)  # fmt: skip
RMSPROP: Final = (
    Slip("rmsprop", "eps inside the root", "self._root_mean_square(out, grad, state)\n    out += self.eps",
         "self._root_mean_square(out, grad, state)\n    out *= out\n    out += self.eps\n    np.sqrt(out, out=out)"),
    Slip("rmsprop", "eps after the division", "out += self.eps\n    np.divide(grad, out, out=out)",
         "np.divide(grad, out, out=out, where=out != 0)\n    out += self.eps"),
    Slip("rmsprop", "lr inside of the momentum",
         "state.velocity += out\n        out[...] = state.velocity\n    out *= step.lr",
         "out *= step.lr\n        state.velocity += out\n        out[...] = state.velocity\n        return\n"
         "    out *= step.lr"),
    Slip("rmsprop", "momentum of the gradient", "np.divide(grad, out, out=out)\n    if state.velocity is not None:\n"
         "        state.velocity *= self.momentum\n        state.velocity += out\n        out[...] = state.velocity",
         "if state.velocity is not None:\n        state.velocity *= self.momentum\n        state.velocity += grad\n"
         "        np.divide(state.velocity, out, out=out)\n    else:\n        np.divide(grad, out, out=out)"),
    Slip("rmsprop", "a mean in the place of a sum", "state.velocity += out",
         "out *= 1 - self.momentum\n        state.velocity += out"),
    Slip("rmsprop", "alpha is the default", "v *= self.alpha", "v *= 0.99", "_root_mean_square"),
    Slip("rmsprop", "shares swapped", "out *= 1 - self.alpha\n    v *= self.alpha",
         "out *= self.alpha\n    v *= 1 - self.alpha", "_root_mean_square"),
    Slip("rmsprop", "centered by the mean, not its square", "np.multiply(m, m, out=out)", "np.abs(m, out=out)",
         "_root_mean_square"),
    Slip("rmsprop", "centered by the mean before",
         "out *= 1 - self.alpha\n    m += out\n    np.multiply(m, m, out=out)",
         "out *= 1 - self.alpha\n    m += out\n    out -= m\n    np.multiply(out, out, out=out)", "_root_mean_square"),
    Slip("rmsprop", "a root of what rounding made negative", "    np.maximum(out, 0.0, out=out)\n", "",
         "_root_mean_square"),
    Slip("rmsprop", "corrected as Adam", "out += self.eps",
         "out /= (1 - self.alpha**step.t) ** 0.5\n    out += self.eps"),
)  # fmt: skip
ADAGRAD: Final = (
    Slip("adagrad", "eps inside the root", "np.sqrt(state.total, out=out)\n    out += self.eps",
         "np.add(state.total, self.eps, out=out)\n    np.sqrt(out, out=out)"),
    Slip("adagrad", "the lr falls one early", "(step.t - 1)", "step.t"),
    Slip("adagrad", "the lr falls by powers", "1 + (step.t - 1) * self.lr_decay",
         "(1 + self.lr_decay) ** (step.t - 1)"),
    Slip("adagrad", "the lr does not fall", " / (1 + (step.t - 1) * self.lr_decay)", ""),
    Slip("adagrad", "the total begins at zero", "np.full_like(param, self.initial_accumulator_value)",
         "np.zeros_like(param)", "init"),
    Slip("adagrad", "the total begins with a square", "self.initial_accumulator_value)",
         "self.initial_accumulator_value**2)", "init"),
    Slip("adagrad", "the total is the current", "state.total += np.square(grad, out=out)",
         "np.square(grad, out=state.total)"),
    Slip("adagrad", "the total is the largest", "state.total += np.square(grad, out=out)",
         "np.maximum(state.total, np.square(grad, out=out), out=state.total)"),
    Slip("adagrad", "the lr inside of the total", "state.total += np.square(grad, out=out)",
         "np.multiply(grad, step.lr, out=out)\n    np.square(out, out=out)\n    state.total += out"),
    Slip("adagrad", "the total is forgotten after zeros", "state.total += np.square(grad, out=out)",
         "state.total *= float(grad.any() or not grad.size)\n    state.total += np.square(grad, out=out)"),
)  # fmt: skip
LARGER: Final = "shared.distance = max(shared.distance, self.d_coef * shared.numerator / spread)"
PRODIGY: Final = (
    Slip("prodigy", "the estimate never grows", LARGER, "pass", "combine"),
    Slip("prodigy", "the estimate is the current", LARGER,
         "shared.distance = max(self.d0, self.d_coef * shared.numerator / spread)", "combine"),
    Slip("prodigy", "the estimate is the smaller", LARGER, LARGER.replace("max", "min"), "combine"),
    Slip("prodigy", "the estimate grows once", "if spread > 0:", "if spread > 0 and shared.distance == self.d0:",
         "combine"),
    Slip("prodigy", "the estimate is over the largest", LARGER,
         "shared.distance = max(shared.distance, self.d_coef * max(shared.numerator, 0) / (spread + 1))", "combine"),
    Slip("prodigy", "d_coef is lost", "self.d_coef * ", "", "combine"),
    Slip("prodigy", "the numerator is not decayed", "self._beta3() * shared.numerator", "shared.numerator", "combine"),
    Slip("prodigy", "the numerator is the current", "self._beta3() * shared.numerator + ", "", "combine"),
    Slip("prodigy", "lr is lost in the numerator", "* rate * progress", "* shared.distance * progress", "combine"),
    Slip("prodigy", "the rate of the new estimate", "return rate", "shared.steps -= 1\n"
         "    rate = self._rate(shared, step)\n    shared.steps += 1\n    return rate", "combine"),
    Slip("prodigy", "the rate is lr", "return rate", "return step.lr", "combine"),
    Slip("prodigy", "the correction one late", "shared.steps + 1", "shared.steps + 2", "_rate"),
    Slip("prodigy", "the correction upside down", "math.sqrt(1 - self.beta2**k) / (1 - self.beta1**k)",
         "(1 - self.beta1**k) / math.sqrt(1 - self.beta2**k)", "_rate"),
    Slip("prodigy", "steps are counted for each parameter", "progress, spread = terms",
         "progress, spread = terms\n    shared.steps += 1", "measure"),
    Slip("prodigy", "beta3 without its root", "math.sqrt(self.beta2)", "self.beta2", "_beta3"),
    Slip("prodigy", "beta3 is never heard", "math.sqrt(self.beta2) if self.beta3 is None else self.beta3",
         "math.sqrt(self.beta2)", "_beta3"),
    Slip("prodigy", "progress the other way", "np.subtract(state.start, param, out=progress)",
         "np.subtract(param, state.start, out=progress)", "measure"),
    Slip("prodigy", "progress since the last step", "progress *= grad",
         "progress *= grad\n    state.start[...] = param",
         "measure"),
    Slip("prodigy", "the gradient without the estimate", "(1 - self.beta1) * d", "1 - self.beta1", "measure"),
    Slip("prodigy", "the square with one estimate",
         "np.multiply(grad, d, out=spread)\n    np.multiply(spread, spread, out=spread)",
         "np.multiply(grad, grad, out=spread)\n    spread *= d", "measure"),
    Slip("prodigy", "no absolute values", "np.abs(state.weighted, out=spread)", "np.copyto(spread, state.weighted)",
         "measure"),
    Slip("prodigy", "squares in the place of absolute values", "np.abs(state.weighted, out=spread)",
         "np.square(state.weighted, out=spread)", "measure"),
    Slip("prodigy", "d0 is the default", "d / self.d0", "d / 1e-6", "measure"),
    Slip("prodigy", "safeguarded the other way", "if self.safeguard_warmup", "if not self.safeguard_warmup", "_weight"),
    Slip("prodigy", "eps without the estimate", "shared.distance * self.eps", "self.eps"),
    Slip("prodigy", "eps of the first estimate", "shared.distance * self.eps", "self.d0 * self.eps"),
    Slip("prodigy", "estimates of all optimizers are one", "return ProdigyShared(self.d0)",
         "return KEPT.setdefault(self, ProdigyShared(self.d0))", "begin"),
    Slip("prodigy", "the start is where it is", "param.copy()", "param", "init"),
    Slip("prodigy", "the start is zero", "param.copy()", "np.zeros_like(param)", "init"),
    Slip("prodigy", "a share for each parameter", "progress *= grad",
         "progress *= grad\n    progress /= max(progress.size, 1)", "measure"),
    Slip("prodigy", "each parameter estimates by itself", "progress *= grad",
         "progress *= grad\n    shared.numerator += float(np.sum(progress)) * d / self.d0 * self._rate(shared, step)",
         "measure"),
    Slip("prodigy", "forgets where all gradients are zero", "progress *= grad",
         "progress *= grad\n    state.weighted *= float(grad.any() or not grad.size)", "measure"),
)  # fmt: skip
SLIPS: Final = (*ADAM, *SGD, *RMSPROP, *ADAGRAD, *PRODIGY)
