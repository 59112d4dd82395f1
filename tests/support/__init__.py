"""Fakes and helpers: one fake per platform, at the wire."""
