"""Stands before the server's socket and meddles with the connection on which a COMMIT is sent."""
import pathlib
import select
import shutil
import socket
import tempfile
import threading

COMMIT = b'COMMIT\x00'


class CutProxy:
    """Cuts it. `reaches`: the server still gets the COMMIT; its reply never comes through.
    `keeps`: nothing is cut, but the server never learns that the client has gone."""

    def __init__(self, server_folder, port, reaches=True, keeps=False):
        self.folder = tempfile.mkdtemp(prefix='varve-cut.')
        self.server = str(pathlib.Path(server_folder) / f'.s.PGSQL.{port}')
        self.reaches = reaches
        self.keeps = keeps
        self.kept = []
        self.is_armed = False
        self.cut_count = 0
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(pathlib.Path(self.folder) / f'.s.PGSQL.{port}'))
        self.listener.listen(16)
        self.accepting = threading.Thread(target=self.accept, daemon=True)
        self.accepting.start()

    def close(self):
        # What still waits in accept() would take up with whoever is given the number of a closed file.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.accepting.join()
        self.listener.close()
        for server in self.kept:
            server.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.forward, args=(client,), daemon=True).start()

    def forward(self, client):
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(self.server)
            while self.pump(client, server):
                pass
        except OSError:
            pass
        client.close()
        if server not in self.kept:
            server.close()

    def pump(self, client, server):
        for ready in select.select([client, server], [], [])[0]:
            data = ready.recv(65536)
            if not data:
                return False
            if ready is client and self.is_armed and COMMIT in data:
                self.is_armed = False
                self.cut_count += 1
                if self.keeps:
                    self.kept.append(server)
                    server.sendall(data)
                    continue
                if self.reaches:
                    server.sendall(data)
                    server.recv(65536)
                return False
            (server if ready is client else client).sendall(data)
        return True
