"""ONNX Runtime: the only door to it."""

import os

# Its published packages report events of use to their maker, and keep them in a file until they can. No picture leaves
# this machine, and no word of one either. It looks at this when it is loaded, so it is said before.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
