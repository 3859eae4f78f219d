"""Runs inside Krita: executes what the tests send over a loopback socket, on the GUI thread, and answers in JSON."""

import json
import os
import traceback

from krita import Extension, Krita

try:
    from PyQt5.QtNetwork import QHostAddress, QTcpServer
except ImportError:
    from PyQt6.QtNetwork import QHostAddress, QTcpServer


class Driver(Extension):
    """Listens on a free port, whose number it writes into the file that CYCLORAMA_DRIVER names."""

    def __init__(self, parent):
        super().__init__(parent)
        self.names = {"__name__": "inside_krita"}

    def setup(self):
        path = os.environ.get("CYCLORAMA_DRIVER")
        if not path:
            return
        self.server = QTcpServer()
        self.server.listen(QHostAddress("127.0.0.1"), 0)
        self.server.newConnection.connect(self.greet)
        with open(path + ".new", "w") as file:
            file.write(str(self.server.serverPort()))
        os.replace(path + ".new", path)

    def createActions(self, window):  # noqa: N802 - Krita's name
        pass

    def greet(self):
        connection = self.server.nextPendingConnection()
        connection.readyRead.connect(lambda: self.read(connection))

    def read(self, connection):
        while connection.canReadLine():
            answer = self.run(json.loads(bytes(connection.readLine()).decode()))
            connection.write((json.dumps(answer) + "\n").encode())
            connection.flush()

    def run(self, request):
        """Run code, or call a function that earlier code defined."""
        try:
            if "code" in request:
                exec(compile(request["code"], request["name"], "exec"), self.names)
                return {"value": None}
            return {"value": self.names[request["call"]](*request["arguments"])}
        except BaseException:
            return {"error": traceback.format_exc()}


Krita.instance().addExtension(Driver(Krita.instance()))
