"""The networks: architectures, files, calibration and the classifier."""
