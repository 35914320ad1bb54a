"""The recogniser: pictures and arrays in, readings out. No web, queue or database here."""

import os

# TensorFlow reads these when it is imported: errors only, and the same sums on every machine.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
