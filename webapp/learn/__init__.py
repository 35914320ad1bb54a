"""The course: twelve chapters on how networks learn and read, with live parts."""
