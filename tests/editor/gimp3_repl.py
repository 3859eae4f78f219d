"""Runs inside a GIMP with its windows: does what a test sends over loopback, and answers in JSON."""

import json
import os
import socket
import traceback

import gimp3_scenarios as tools
from gi.repository import Gegl, Gimp

#: What a test may ask for.
WORDS = {
    "layers": lambda: tools.tree(Gimp.get_images()[0]),
    "call": lambda name, arguments=(): tools.call(name, Gimp.get_images()[0], **dict(arguments)),
    "call_dialog": lambda name: tools.call(name, Gimp.get_images()[0], mode=Gimp.RunMode.INTERACTIVE),
    "undo": lambda: Gimp.get_images()[0].undo_is_enabled(),
    "dirty": lambda: Gimp.get_images()[0].is_dirty(),
}


def serve(port_file):
    """Answer one line after another until the line is "bye"."""
    Gegl.init(None)
    server = socket.create_server(("127.0.0.1", 0))
    with open(port_file + ".part", "w") as file:
        file.write(str(server.getsockname()[1]))
    os.replace(port_file + ".part", port_file)
    connection, _ = server.accept()
    with connection, connection.makefile("rw") as stream:
        for line in stream:
            word, arguments = json.loads(line)
            if word == "bye":
                return
            try:
                answer = WORDS[word](*arguments)
            except Exception:
                answer = {"failure": traceback.format_exc()}
            stream.write(json.dumps(answer) + "\n")
            stream.flush()
