"""The model registry: versions, evaluations, publishing and the deployment history."""
