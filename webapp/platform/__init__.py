"""The infrastructure that every feature uses: database, storage, task queue, limits, errors."""
