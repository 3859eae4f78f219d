"""``gimpplugin.plugin``: a plug-in as a class; methods with the procedures' names run them."""

import gimp
from pythonfu.registry import dashed


class plugin:  # noqa: N801 - the classic name
    """To be derived from: ``query`` installs, a method for each procedure runs it."""

    def start(self) -> None:
        """Answer GIMP."""
        gimp.main(self.init, self.quit, self.query, self._run)

    def init(self) -> None:
        """Before anything; to be overridden."""

    def quit(self) -> None:
        """At the end; to be overridden."""

    def query(self) -> None:
        """Install the procedures; to be overridden."""

    def _run(self, name: str, params: tuple[object, ...]) -> object:
        for candidate in (name, name.replace("-", "_")):
            if hasattr(self, candidate):
                return getattr(self, candidate)(*params)
        raise AttributeError(f"the plug-in has no method for {dashed(name)}")
