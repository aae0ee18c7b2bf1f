"""Checkpoints sent to a webhook."""
import http.server
import json
import threading

from varve import Cluster
from witnessed import Case


def setUpModule():
    Case.cluster = Cluster()


def tearDownModule():
    Case.cluster.stop()


class Hook(http.server.BaseHTTPRequestHandler):
    """Takes what is posted, and answers with the status it is told."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        self.server.taken.append((self.path, self.headers['Content-Type'], json.loads(body)))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_):
        pass


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
