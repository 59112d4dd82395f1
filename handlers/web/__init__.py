"""The chat page in a browser, and the question API."""
