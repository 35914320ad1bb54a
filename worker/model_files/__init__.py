"""Model files: the store, the inspection of untrusted files and their sandboxed import."""
