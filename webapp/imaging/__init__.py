"""Uploaded pictures: formats, sandboxed decoding, colours and re-encoding. The only decoder."""
