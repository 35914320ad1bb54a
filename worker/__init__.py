"""What happens later: reading pictures and training models."""

import os

# NumPy's OpenBLAS reads this when it is loaded. Its threads wait for each other actively, and gain
# nothing for products as small as those of a 28×28 network; more processes read more.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
