"""The recogniser: pictures and arrays in, readings out. It knows no web, no queue and no database."""
