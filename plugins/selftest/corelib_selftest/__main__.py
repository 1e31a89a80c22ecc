import sys

from corelib_selftest.command import main

sys.exit(main(None, sys.argv[1:]))
