"""The recogniser: pictures and arrays in, readings out. No web, queue or database here."""

import os

# TensorFlow reads this when it is imported: errors only.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
