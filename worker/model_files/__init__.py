"""Model files: the store, the inspection of foreign files and their sandboxed import."""
