"""A witness of other people's ledgers: what it cosigns, and what strangers can do to it."""
import base64
import hashlib
import http.client
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

from varve import CLEAN, PROGRAM

ORIGIN = 'example.com/varve/test'


def key_pair(folder):
    """An Ed25519 key of openssl's own: its file, and its 32 public bytes."""
    path = folder / f'{len(list(folder.iterdir()))}.pem'
    subprocess.run(['openssl', 'genpkey', '-algorithm', 'ed25519', '-out', path], check=True,
                   capture_output=True)
    der = subprocess.run(['openssl', 'pkey', '-in', path, '-pubout', '-outform', 'DER'],
                         check=True, capture_output=True).stdout
    return path, der[-32:]


def key_id(name, kind, public):
    return hashlib.sha256(name.encode() + b'\n' + bytes([kind]) + public).digest()[:4]


def verifier(name, public, kind=1):
    identity = key_id(name, kind, public)
    return f'{name}+{identity.hex()}+{base64.b64encode(bytes([kind]) + public).decode()}'


def leaf(number, salt=''):
    return hashlib.sha256(b'\x00' + f'{salt}{number}'.encode()).digest()


def root(leaves):
    if not leaves:
        return hashlib.sha256(b'').digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b'\x01' + root(leaves[:half]) + root(leaves[half:])).digest()


def consistency(old, leaves, whole=True):
    """RFC 6962, 2.1.2."""
    if old == len(leaves):
        return [] if whole else [root(leaves)]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    if old <= half:
        return consistency(old, leaves[:half], whole) + [root(leaves[half:])]
    return consistency(old - half, leaves[half:], False) + [root(leaves[:half])]


class Log:
    """A log that is not ours: written from the specifications, signed by openssl."""

    def __init__(self, folder, name=ORIGIN, salt=''):
        self.name = name
        self.salt = salt
        self.key, self.public = key_pair(folder)
        self.scratch = folder

    def verifier(self):
        return verifier(self.name, self.public)

    def leaves(self, size):
        return [leaf(number, self.salt) for number in range(size)]

    def note(self, size):
        text = f'{self.name}\n{size}\n{base64.b64encode(root(self.leaves(size))).decode()}\n'
        message = self.scratch / 'message'
        message.write_text(text)
        signed = subprocess.run(['openssl', 'pkeyutl', '-sign', '-rawin', '-inkey', self.key,
                                 '-in', message], check=True, capture_output=True).stdout
        line = base64.b64encode(key_id(self.name, 1, self.public) + signed).decode()
        return f'{text}\n\u2014 {self.name} {line}\n'

    def request(self, old, size):
        proof = consistency(old, self.leaves(size)) if 0 < old < size else []
        lines = [base64.b64encode(each).decode() for each in proof]
        return '\n'.join([f'old {old}', *lines, '', self.note(size)])


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='varve-witness.'))
        self.addCleanup(shutil.rmtree, self.folder)
        self.keys = self.folder / 'keys'
        self.keys.mkdir()
        self.log = Log(self.keys)
        answer = self.varve('init', '--name', 'auditor.example.org/w')
        self.verifier = re.search(r'auditor\S+\+[0-9a-f]{8}\+\S+', answer.stdout)[0]
        self.varve('trust', self.log.verifier())

    def varve(self, *arguments, code=0, **more):
        answer = subprocess.run([PROGRAM, 'witness', *arguments], cwd=self.folder, env=CLEAN,
                                capture_output=True, text=True, timeout=60, **more)
        self.assertEqual(answer.returncode, code, answer.stdout + answer.stderr)
        return answer

    def serve(self):
        process = subprocess.Popen([PROGRAM, 'witness', 'serve', '--listen', '127.0.0.1:0'],
                                   cwd=self.folder, env=CLEAN, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        for line in process.stderr:
            if found := re.search(r'listening on 127\.0\.0\.1:(\d+)', line):
                self.port = int(found[1])
                break
        threading.Thread(target=lambda: [None for _ in process.stderr], daemon=True).start()
        return process

    def ask(self, body):
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=30)
        connection.request('POST', '/add-checkpoint', body.encode())
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def expect_cosigned(self, note, line):
        """The cosignature holds, by openssl and the specification alone."""
        name, signature = re.fullmatch('\u2014 (\\S+) (\\S+)\n', line).groups()
        self.assertEqual(name, 'auditor.example.org/w')
        raw = base64.b64decode(signature)
        public = base64.b64decode(self.verifier.split('+', 2)[2])[1:]
        self.assertEqual(raw[:4], key_id(name, 4, public))
        moment = int.from_bytes(raw[4:12], 'big')
        self.assertLess(abs(moment - time.time()), 120)
        (self.keys / 'public.der').write_bytes(
            bytes.fromhex('302a300506032b6570032100') + public)
        (self.keys / 'signature').write_bytes(raw[12:])
        text = note[:note.index('\n\n') + 1]
        (self.keys / 'message').write_text(f'cosignature/v1\ntime {moment}\n{text}')
        subprocess.run(['openssl', 'pkeyutl', '-verify', '-rawin', '-pubin', '-keyform', 'DER',
                        '-inkey', self.keys / 'public.der', '-in', self.keys / 'message',
                        '-sigfile', self.keys / 'signature'], check=True, capture_output=True)


class Serving(Case):
    def test_cosigns(self):
        """witness: cosigns another's log as long as it is consistent, also after a restart"""
        process = self.serve()
        status, line = self.ask(self.log.request(0, 5))
        self.assertEqual(status, 200)
        self.expect_cosigned(self.log.note(5), line)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=10), 0)
        self.serve()
        self.assertEqual(self.ask(self.log.request(0, 9)), (409, '5\n'))
        self.assertEqual(self.ask(self.log.request(5, 300))[0], 200)
        forked = Log(self.keys, salt='other')
        self.assertEqual(self.ask(forked.request(300, 301))[0], 403)
        self.varve('trust', forked.verifier())
        self.assertEqual(self.ask(forked.request(300, 301))[0], 422)
        self.assertEqual(self.ask(forked.request(300, 300)), (409, '300\n'))
        self.assertEqual(self.ask(Log(self.keys, 'example.com/unknown').request(0, 1))[0], 404)

    def test_race(self):
        """witness: of two requests that begin at the same size, one is cosigned"""
        self.serve()
        self.assertEqual(self.ask(self.log.request(0, 2))[0], 200)
        bodies = [self.log.request(2, size) for size in range(3, 11)]
        statuses = []
        threads = [threading.Thread(target=lambda body=body: statuses.append(self.ask(body)[0]))
                   for body in bodies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(statuses), [200] + [409] * 7)

    def test_killed(self):
        """witness: killed at any moment, it never goes back behind what it has cosigned"""
        known = 0
        for round_number in range(6):
            process = self.serve()
            killer = threading.Timer(0.02 * round_number, process.kill)
            killer.start()
            try:
                for size in range(known + 1, known + 40):
                    status, _ = self.ask(self.log.request(known, size))
                    self.assertEqual(status, 200)
                    known = size
            except (OSError, http.client.HTTPException):
                pass
            killer.join()
            process.wait()
            shown = self.varve('show').stdout
            found = re.search(r'(\d+) events', shown)
            remembered = int(found[1]) if found else 0
            self.assertIn(remembered, (known, known + 1))
            known = remembered

    def test_hostile(self):
        """witness: garbage, floods and silence do not keep it from others"""
        self.serve()
        sockets = []
        for start in (b'', b'POST /add-checkpoint HTTP/1.1\r\nContent-Length: 10\r\n\r\nold',
                      b'\x16\x03\x01\x02\x00\x01\x00', b'GET / HTTP/9.9\r\n\r\n',
                      b'POST /add-checkpoint HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n',
                      b'POST / HTTP/1.1\r\n' + b'X: y\r\n' * 4000):
            for _ in range(20):
                one = socket.create_connection(('127.0.0.1', self.port))
                try:
                    one.sendall(start)
                except OSError:
                    pass
                sockets.append(one)
        self.assertEqual(self.ask('old 1' * 20_000)[0], 413)
        self.assertEqual(self.ask('')[0], 400)
        self.assertEqual(self.ask('\x00' * 100)[0], 400)
        self.assertEqual(self.ask(self.log.request(0, 3))[0], 200)
        for one in sockets:
            one.close()


class OfflineAndFolder(Case):
    def test_offline(self):
        """witness: cosigns a request from a file, and says what contradicts"""
        request = self.folder / 'request'
        request.write_text(self.log.request(0, 7))
        self.expect_cosigned(self.log.note(7), self.varve('cosign', 'request').stdout)
        request.write_text(self.log.request(3, 9))
        self.assertIn('7 entries', self.varve('cosign', 'request', code=4).stderr)
        forked = Log(self.keys, salt='other')
        self.varve('trust', forked.verifier())
        answer = self.varve('cosign', '-', code=7, input=forked.request(7, 9))
        self.assertIn('rewritten its past', answer.stderr)

    def test_folder(self):
        """witness: a damaged memory, an exposed key, a second process are refused"""
        self.assertIn('witness-exists',
                      self.varve('init', '--name', 'other.example.org', code=2).stderr)
        request = self.folder / 'request'
        request.write_text(self.log.request(0, 7))
        self.varve('cosign', 'request')
        seen, = (self.folder / '.varve-witness/seen').iterdir()
        kept = seen.read_text()
        seen.write_text('nonsense')
        request.write_text(self.log.request(7, 8))
        self.varve('show', code=7)
        self.assertNotEqual(0, subprocess.run(
            [PROGRAM, 'witness', 'cosign', 'request'], cwd=self.folder, env=CLEAN,
            capture_output=True).returncode)
        seen.write_text(kept)
        self.varve('cosign', 'request')
        key = self.folder / '.varve-witness/witness.key'
        key.chmod(0o644)
        self.assertIn('chmod 600', self.varve('show', code=4).stderr)
        key.chmod(0o600)
        self.serve()
        self.varve('show')  # looks only
        self.assertIn('witness-busy', self.varve('cosign', 'request', code=8).stderr)
        key = self.log.verifier()
        self.varve('distrust', key)
        self.assertIn('key-unknown', self.varve('distrust', key, code=4).stderr)
        self.assertNotIn(key, self.varve('show').stdout)


if __name__ == '__main__':
    unittest.main()
