"""The admin's pages: which model answers, and how the next one is trained."""
