"""What the plug-ins of both editors share: standard library only, on the editors' own Pythons."""
