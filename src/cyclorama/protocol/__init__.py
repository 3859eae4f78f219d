"""Vocabulary shared by the package, the worker and the editors' plug-ins: standard library only."""
