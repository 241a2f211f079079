"""Soundstage: the open, self-hosted server for localisation and sound."""

__version__ = "0.1.0"
