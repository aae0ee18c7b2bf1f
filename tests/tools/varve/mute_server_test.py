"""Servers that let somebody in and then say nothing, or something that nobody asked for."""
import signal
import socket
import struct
import threading
import time
import unittest

from varve import Cluster, Project

cluster = None


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


def message(kind, body):
    return kind + struct.pack('>I', len(body) + 4) + body


WELCOME = b''.join((
    message(b'R', struct.pack('>I', 0)), message(b'S', b'server_version\0' + b'15.4\0'),
    message(b'S', b'client_encoding\0' + b'UTF8\0'), message(b'K', bytes(8)), message(b'Z', b'I')))
CANCEL = 80877102


class Listener:
    """Welcomes everybody; `answer` is what it has for the first question, if anything."""

    def __init__(self, answer=b''):
        self.answer = answer
        self.socket = socket.create_server(('127.0.0.1', 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                session, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(session,), daemon=True).start()

    def serve(self, session):
        with session:
            code = 0
            while code != 196608:
                head = session.recv(8, socket.MSG_WAITALL)
                if len(head) < 8:
                    return
                length, code = struct.unpack('>II', head)
                session.recv(length - 8)
                if code == CANCEL:
                    return
                if code != 196608:
                    session.sendall(b'N')
            session.sendall(WELCOME)
            session.recv(65536)
            session.sendall(self.answer)
            time.sleep(60)

    def close(self):
        self.socket.close()


class MuteServer(unittest.TestCase):
    def listen(self, answer=b''):
        listener = Listener(answer)
        self.addCleanup(listener.close)
        project = Project(cluster)
        self.addCleanup(project.remove)
        project.write('00001_a', 'SELECT 1;')
        project.varve('init')
        project.url = f'postgresql://app@127.0.0.1:{listener.port}/db'
        return project

    def test_mute(self):
        """a server that lets one in and answers nothing: SIGTERM ends the question, and the program"""
        process = self.listen().start('run')
        time.sleep(3)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
        self.assertIn('terminated', errors)
        self.assertIn('nothing was begun', errors)

    def test_copy(self):
        """a server that answers a question with a COPY is given up, and not listened to for ever"""
        for begin in (message(b'G', bytes(3)), message(b'H', bytes(3))):
            answer = self.listen(begin).varve('run')
            self.assertEqual(answer.returncode, 1, answer.stderr)
            self.assertIn('COPY that nobody had asked for', answer.stderr)


if __name__ == '__main__':
    unittest.main()
