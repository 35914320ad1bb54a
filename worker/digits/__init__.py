"""The recogniser: pictures and arrays in, readings out. It knows no web, queue or database."""
