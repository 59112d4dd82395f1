"""The chat page in a browser, and the question API."""

CHANNEL = "web"
"""As the other channels have names: where a question came from."""
