"""The web server: gunicorn's processes, each with waitress's event loop in front of its threads.

A thread gets a request when all of it has arrived, so that slow clients cost no thread.
"""
