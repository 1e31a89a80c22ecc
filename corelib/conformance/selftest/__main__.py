import sys

from corelib.conformance.selftest.command import main

sys.exit(main(None, sys.argv[1:]))
