"""A server that takes any login of PostgreSQL's protocol and answers every question in one wrong way."""
import socket
import struct
import threading

COLUMNS = 16
COPIES = {'copy in': b'G', 'copy out': b'H'}


def message(kind, body=b''):
    return kind + struct.pack('!i', len(body) + 4) + body


class StrangeServer:
    """silent: never an answer. empty: no rows. nulls, junk: one row of them. copy in, copy out: one begun."""

    def __init__(self, way):
        self.way = way
        self.listening = socket.create_server(('127.0.0.1', 0))
        self.url = (f'postgresql://u@127.0.0.1:{self.listening.getsockname()[1]}/db'
                    '?sslmode=disable&gssencmode=disable')
        self.accepting = threading.Thread(target=self._accept, daemon=True)
        self.accepting.start()

    def stop(self):
        # What still waits in accept() would take up with whoever is given the number of a closed file.
        self.listening.shutdown(socket.SHUT_RDWR)
        self.accepting.join()
        self.listening.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            size, code = struct.unpack('!ii', client.recv(8))
            client.recv(size - 8)
            if code == 80877102:  # a request to cancel
                client.close()
                return
            settings = {'server_version': '15.3', 'server_encoding': 'UTF8', 'client_encoding': 'UTF8',
                        'standard_conforming_strings': 'on', 'integer_datetimes': 'on'}
            client.sendall(message(b'R', struct.pack('!i', 0)) + b''.join(
                message(b'S', f'{name}\0{value}\0'.encode()) for name, value in settings.items()) +
                message(b'K', struct.pack('!ii', 1, 2)) + message(b'Z', b'I'))
            while asked := client.recv(65536):
                if self.way in COPIES:
                    client.sendall(message(COPIES[self.way], bytes(3)))
                elif self.way != 'silent':
                    client.sendall(b''.join(self._answers(asked)))
        except (OSError, struct.error):
            pass

    def _rows(self):
        if self.way == 'empty':
            return message(b'n'), message(b'C', b'SELECT 0\0')
        value = struct.pack('!i', -1) if self.way == 'nulls' else struct.pack('!i', 4) + b'junk'
        column = b'x\0' + struct.pack('!ihihih', 0, 0, 25, -1, -1, 0)
        described = message(b'T', struct.pack('!h', COLUMNS) + column * COLUMNS)
        row = message(b'D', struct.pack('!h', COLUMNS) + value * COLUMNS)
        return described, row + message(b'C', b'SELECT 1\0')

    def _answers(self, asked):
        described, rows = self._rows()
        ready = message(b'Z', b'I')
        while len(asked) >= 5:
            kind, size = asked[:1], struct.unpack('!i', asked[1:5])[0]
            asked = asked[1 + size:]
            yield {b'P': message(b'1'), b'B': message(b'2'), b'D': described, b'E': rows, b'S': ready,
                   b'Q': described.replace(message(b'n'), b'') + rows + ready}.get(kind, b'')
