"""Texts as old files hold them: legacy encodings, and letters that look like others."""
