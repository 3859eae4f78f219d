"""``import pygtk``: the choice of a version, which is GTK 3 here."""


def require(version: str) -> None:
    """Accept any version."""


require20 = require
