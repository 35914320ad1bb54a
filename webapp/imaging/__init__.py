"""Uploaded pictures: formats, the sandboxed decoder, colours and re-encoding. The only decoder."""
