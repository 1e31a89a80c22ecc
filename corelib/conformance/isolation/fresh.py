"""A process in which no op was ever called. As a program, it waits for requests on stdin.

It imports the plugins once, and forks for each request; where there is no fork it serves one request and ends.
"""

import atexit
import gc
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from time import process_time
from typing import Any, BinaryIO, Final

from corelib.plugins.registry import registry

FORKS: Final = hasattr(os, "fork")
_SERVER: Final[list["subprocess.Popen[bytes]"]] = []
_SPENT: Final[list[float]] = []


class Ended(Exception):
    """The fresh process ended before the function returned."""


def asked(function: Callable[..., Any], *args: Any) -> Any:
    """What a function of a module returns in a fresh process.

    Raises Ended where the process ended at it, and TypeError and its like where an argument cannot be pickled.
    """
    request = pickle.dumps((function, args))
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        server.stdin.write(request)
        server.stdin.flush()
        status, reply, seconds = pickle.load(server.stdout)
    except BaseException:  # out of time or out of step: its further replies would belong to other requests
        _end()
        raise
    if not FORKS:
        _end()
    _SPENT.append(seconds)
    if status:
        raise Ended(f"a fresh process ended with status {status}")
    return reply


def spent() -> float:
    """The processor time in seconds of all that was asked so far, without that of starting."""
    return sum(_SPENT)


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


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    """Read functions with their arguments, call them, and write what they return, until the input ends."""
    while True:
        try:
            function, args = pickle.load(requests)
        except EOFError:
            return
        if not FORKS:
            pickle.dump((0, function(*args), process_time()), replies)
            return
        child = os.fork()
        if child == 0:
            pickle.dump((0, function(*args), process_time()), replies)
            replies.flush()
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        if status:
            pickle.dump((status, None, 0.0), replies)
            replies.flush()


def main() -> None:
    """Import the plugins, and serve standard input."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what an op prints must not mix with the replies
    for plugin in registry.plugins:
        for provided in plugin.ops.values():
            provided.loads()
    gc.freeze()  # so that the collector of each fork skips what is imported
    serve(sys.stdin.buffer, out)


if __name__ == "__main__":
    main()
