"""Checkpoints sent away by HTTP: to a webhook, to a witness that cosigns, and by hand."""
import http.server
import json
import re
import shutil
import subprocess
import threading
import unittest

from varve import CLEAN, PROGRAM, Cluster, Project


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class Hook(http.server.BaseHTTPRequestHandler):
    """Takes what is posted, and answers with the status it is told."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        self.server.taken.append((self.path, self.headers['Content-Type'], json.loads(body)))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_):
        pass


class Case(unittest.TestCase):
    def setUp(self):
        self.project = Project(cluster)
        self.addCleanup(self.project.remove)
        self.number = 0
        self.write()

    def write(self):
        self.number += 1
        self.project.write(f'{self.number:04}_t', f'CREATE TABLE t{self.number} (id int);\n',
                           f'DROP TABLE t{self.number};\n')

    def configure(self, text):
        (self.project.folder / 'varve.toml').write_text(
            'organisation = "example.com"\n[checkpoints]\n' + text)

    def run_varve(self, *words, code=0, env=None):
        answer = self.project.varve(*words, env=env)
        self.assertEqual(answer.returncode, code, answer.stdout + answer.stderr)
        return answer

    def witness(self, *words, code=0):
        answer = subprocess.run([PROGRAM, 'witness', *words], cwd=self.project.folder, env=CLEAN,
                                capture_output=True, text=True, timeout=60)
        self.assertEqual(answer.returncode, code, answer.stdout + answer.stderr)
        return answer.stdout

    def new_witness(self):
        made = self.witness('init', '--name', 'auditor.example.org/w')
        return re.search(r'auditor\S+\+[0-9a-f]{8}\+\S+', made)[0]

    def trust(self):
        for key in self.project.document('keys')['keys']:
            self.witness('trust', key['verifier'])

    def serve(self):
        process = subprocess.Popen([PROGRAM, 'witness', 'serve', '--listen', '127.0.0.1:0'],
                                   cwd=self.project.folder, env=CLEAN, stderr=subprocess.PIPE,
                                   text=True)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        for line in process.stderr:
            if found := re.search(r'listening on 127\.0\.0\.1:(\d+)', line):
                threading.Thread(target=lambda: [None for _ in process.stderr],
                                 daemon=True).start()
                return process, int(found[1])
        self.fail('the witness does not listen')


class Webhooks(Case):
    def hook(self, status=200):
        server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Hook)
        server.taken, server.status = [], status
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server

    def test_webhook(self):
        """webhook: every checkpoint is posted, and its secret address is nowhere"""
        server = self.hook()
        url = f'http://127.0.0.1:{server.server_port}/secret-token'
        self.configure('webhook = "env:HOOK"\n')
        self.run_varve('run', '--init', env={'HOOK': url})
        (path, kind, document), = server.taken
        self.assertEqual((path, kind), ('/secret-token', 'application/json'))
        checkpoint, = self.project.events('checkpoint-signed')
        self.assertEqual(document['checkpoint'], checkpoint['data']['note'])
        self.assertEqual(document['size'], checkpoint['data']['size'])
        witnessed = [e for e in self.project.events('checkpoint-witnessed')
                     if e['data']['kind'] == 'webhook']
        self.assertEqual(len(witnessed), 1)
        answer = self.run_varve('config', env={'HOOK': url})
        history = self.run_varve('history', '--format', 'json')
        self.assertNotIn('secret-token', answer.stdout + history.stdout)

    def test_broken_webhook(self):
        """webhook: one that fails or is not there is a warning, and the run stands"""
        server = self.hook(status=500)
        url = f'http://127.0.0.1:{server.server_port}/secret-token'
        self.configure('webhook = "env:HOOK"\n')
        answer = self.run_varve('run', '--init', env={'HOOK': url})
        self.assertIn('status 500', answer.stderr)
        self.assertNotIn('secret-token', answer.stderr)
        self.write()
        self.assertIn('HOOK', self.run_varve('run').stderr)
        server.shutdown()
        server.server_close()
        self.write()
        answer = self.run_varve('run', env={'HOOK': url})
        self.assertIn('did not answer', answer.stderr)
        self.assertNotIn('secret-token', answer.stderr)
        self.run_varve('verify')


class Cosigned(Case):
    def test_cosigned(self):
        """cosigning: a witness's signature is kept with each checkpoint, and verifies"""
        verifier = self.new_witness()
        self.run_varve('run', '--init')
        self.trust()
        _, port = self.serve()
        self.configure('[[checkpoints.witnesses]]\n'
                       f'url = "http://127.0.0.1:{port}"\nverifier = "{verifier}"\n')
        for _ in range(3):
            self.write()
            answer = self.run_varve('run')
            self.assertNotIn('warning', answer.stderr)
        cosigned = [e['data'] for e in self.project.events('checkpoint-witnessed')
                    if e['data']['kind'] == 'cosigner']
        self.assertEqual(len(cosigned), 3)
        self.assertTrue(all(each['verifier'] == verifier for each in cosigned))
        note = self.run_varve('checkpoint', '--publish-again', '--output', '-').stdout
        self.assertIn('\u2014 auditor.example.org/w ', note)
        self.run_varve('verify')
        said = self.run_varve('verify', '--witnesses', '--strict').stdout
        size = cosigned[-1]['size']
        self.assertIn('witness auditor.example.org/w cannot be asked: its last cosignature, on the '
                      f'checkpoint of {size} events, is in the ledger and holds', said)
        other = self.witness('init', '--folder', 'other', '--name', 'auditor.example.org/w')
        other = re.search(r'auditor\S+\+[0-9a-f]{8}\+\S+', other)[0]
        self.configure(f'webhook = "env:HOOK"\n[[checkpoints.witnesses]]\n'
                       f'url = "http://127.0.0.1:{port}"\nverifier = "{other}"\n')
        said = self.run_varve('verify', '--witnesses').stdout
        self.assertIn('is in the ledger and does not hold', said)
        self.assertIn('HOOK', said)

    def test_contradicted(self):
        """cosigning: an older copy of the ledger that goes on is not cosigned, and told"""
        verifier = self.new_witness()
        self.run_varve('run', '--init')
        self.trust()
        process, port = self.serve()
        self.configure('[[checkpoints.witnesses]]\n'
                       f'url = "http://127.0.0.1:{port}"\nverifier = "{verifier}"\n')
        older = self.project.folder / 'older'
        shutil.copytree(self.project.ledger, older)
        self.write()
        self.run_varve('run')
        shutil.rmtree(self.project.ledger)
        older.rename(self.project.ledger)
        answer = self.project.varve('checkpoint', '--publish-again')
        self.assertIn('cosigned', answer.stderr + answer.stdout)
        self.assertNotEqual(answer.returncode, 0)
        process.kill()
        process.wait()

    def test_by_hand(self):
        """cosigning: without a network, a request goes there and a cosignature comes back"""
        verifier = self.new_witness()
        self.run_varve('run', '--init')
        self.trust()
        size = 0
        for _ in range(2):
            self.write()
            self.run_varve('run')
            self.run_varve('checkpoint', '--request', str(size), '--output', 'request.txt')
            line = self.witness('cosign', 'request.txt')
            (self.project.folder / 'cosignature.txt').write_text(line)
            self.run_varve('checkpoint', '--cosignature', 'cosignature.txt', code=4)
            self.run_varve('checkpoint', '--cosignature', 'cosignature.txt', '--verifier',
                           verifier)
            self.run_varve('checkpoint', '--cosignature', 'cosignature.txt', '--verifier',
                           verifier)
            size = int(re.search(r'(\d+) events', self.witness('show'))[1])
        cosigned = [e for e in self.project.events('checkpoint-witnessed')
                    if e['data']['kind'] == 'cosigner']
        self.assertEqual(len(cosigned), 2)
        self.run_varve('verify')


if __name__ == '__main__':
    unittest.main()
