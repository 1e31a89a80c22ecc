"""A process in which an op was never called. As a program, it waits for requests on stdin.

It imports the plugins once, and forks for each request; where there is no fork it serves one request and ends.
"""

import atexit
import gc
import os
import pickle
import subprocess
import sys
from dataclasses import replace
from typing import Any, BinaryIO, Final

from corelib.conformance.sampling.sample import Sample
from corelib.conformance.subject import LOCAL, Subject

FORKS: Final = hasattr(os, "fork")
_SERVER: Final[list["subprocess.Popen[bytes]"]] = []


def is_remote(subject: Subject) -> bool:
    """Whether a fresh process can import the op."""
    return subject.distribution != LOCAL and bool(subject.where)


def asked(subject: Subject, samples: list[Sample], calls: int) -> Any:
    """What ``examined`` returns in a fresh process. Raises TypeError and its like where a sample cannot be pickled."""
    sent = [replace(s, fields=dict(s.fields), memo={}) for s in samples]
    request = pickle.dumps((subject.distribution, subject.spec.name, sent, calls))
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        server.stdin.write(request)
        server.stdin.flush()
        answer = pickle.load(server.stdout)
    except BaseException:  # out of time, or out of step: whatever it does is of no use any more
        _end()
        raise
    if not FORKS:
        _end()
    return answer


def _server() -> "subprocess.Popen[bytes]":
    if not _SERVER or _SERVER[0].poll() is not None:
        _end()
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p or os.getcwd() for p in sys.path)}
        command = [sys.executable, "-m", "corelib.conformance.isolation.fresh"]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        _SERVER.append(subprocess.Popen(command, env=environment, start_new_session=True, **pipes))
    return _SERVER[0]


def _end() -> None:
    """End the server, with what it has forked."""
    while _SERVER:
        server = _SERVER.pop()
        if FORKS and server.poll() is None:
            os.killpg(server.pid, 9)
        server.kill()
        server.communicate()


atexit.register(_end)


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until there are none any more."""
    while True:
        try:
            request = pickle.load(requests)
        except EOFError:
            return
        if not FORKS:
            answers.write(answer(*request))
            return
        child = os.fork()
        if child == 0:
            answers.write(answer(*request))
            answers.flush()
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        if status:
            answers.write(pickle.dumps([f"a fresh process ended with status {status} at its calls"]))
            answers.flush()


def answer(distribution: str, name: str, samples: list[Sample], calls: int) -> bytes:
    from corelib.conformance.checks.state import examined
    from corelib.conformance.isolation.trace import traced

    try:
        return pickle.dumps(examined(_op(distribution, name), samples, calls))
    except Exception as error:  # whatever the op raises is told where it was asked for
        return pickle.dumps([f"raised {traced(error)}"])


def _op(distribution: str, name: str) -> Any:
    from corelib.conformance.running.installed_ops import installed

    return installed(distribution, op=name)[0].op


def main() -> None:
    """Import the plugins, and serve standard input."""
    from corelib.plugins.registry import registry

    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what an op prints is no answer
    for plugin in registry.plugins:
        for provided in plugin.ops.values():
            provided.loads()
    gc.freeze()  # what is imported is not looked at again by the collector of each fork
    serve(sys.stdin.buffer, out)


if __name__ == "__main__":
    main()
