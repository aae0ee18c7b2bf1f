"""Checkpoints sent to a witness that cosigns, and by hand."""
import base64
import http.server
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading

import evidence
from witness_test import key_id, key_pair, verifier
from varve import Cluster
from witnessed import Case


def setUpModule():
    Case.cluster = Cluster()


def tearDownModule():
    Case.cluster.stop()


class Strange(http.server.BaseHTTPRequestHandler):
    """A witness that answers as it is told: status, type and body, or cosigned at some time."""
    name = 'w.example'

    def do_POST(self):
        request = self.rfile.read(int(self.headers['Content-Length'])).decode()
        answer = self.server.answer
        status, kind, body = answer if isinstance(answer, tuple) else \
            (200, 'text/plain', self.cosigned(request, answer))
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.end_headers()
        try:
            self.wfile.write(body.encode())
        except OSError:
            pass  # it was too much for the other end

    def cosigned(self, request, time_s):
        text = request.split('\n\n', 1)[1].rsplit('\n\n', 1)[0] + '\n'
        key, public = self.server.key
        message = key.with_suffix('.message')
        message.write_text(f'cosignature/v1\ntime {time_s}\n{text}')
        made = subprocess.run(['openssl', 'pkeyutl', '-sign', '-rawin', '-inkey', key, '-in',
                               message], check=True, capture_output=True).stdout
        line = key_id(self.name, 4, public) + time_s.to_bytes(8, 'big') + made
        return f'\u2014 {self.name} {base64.b64encode(line).decode()}\n'

    def log_message(self, *_):
        pass


class Cosigned(Case):
    def witnessed(self):
        """A ledger with one run, and a witness that trusts it and is configured there."""
        verifier = self.new_witness()
        self.run_varve('run', '--init')
        self.trust()
        process, port = self.serve()
        self.configure('[[checkpoints.witnesses]]\n'
                       f'url = "http://127.0.0.1:{port}"\nverifier = "{verifier}"\n')
        return verifier, process, port

    def test_cosigned(self):
        """cosigning: a witness's signature is kept with each checkpoint, and verifies"""
        verifier, _, port = self.witnessed()
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
        self.assertIn(f'witness auditor.example.org/w agrees, up to {size} events: its last '
                      f'cosignature, on the checkpoint of {size} events, is in the ledger and holds',
                      said)
        other = self.witness('init', '--folder', 'other', '--name', 'auditor.example.org/w')
        other = re.search(r'auditor\S+\+[0-9a-f]{8}\+\S+', other)[0]
        self.configure(f'webhook = "env:HOOK"\n[[checkpoints.witnesses]]\n'
                       f'url = "http://127.0.0.1:{port}"\nverifier = "{other}"\n')
        said = self.run_varve('verify', '--witnesses').stdout
        self.assertRegex(said, 'witness .* unreachable: .* is in the ledger and does not hold.*by '
                         'the key configured')
        self.assertRegex(said, 'webhook cannot be asked.*HOOK')

    def far_verdict(self, code):
        """What --strict says of the one witness that is asked by HTTP."""
        answer = self.run_varve('verify', '--witnesses', '--strict', '--format', 'json', code=code)
        verdict, = [each for each in json.loads(answer.stdout)['witnesses']
                    if each['witness'].startswith('witness') and each['verdict'] != 'was not asked']
        return verdict

    def test_silent(self):
        """cosigning: a witness that does not answer fails --strict, one that agrees is told apart"""
        verifier, process, port = self.witnessed()
        self.write()
        self.run_varve('run')
        size = self.project.events('checkpoint-signed')[-1]['data']['size']
        verdict = self.far_verdict(0)
        self.assertEqual((verdict['verdict'], verdict['size']), ('agrees', size))
        process.kill()
        process.wait()
        self.assertEqual(self.far_verdict(11)['verdict'], 'unreachable')
        self.assertIn('is in the ledger and holds', self.far_verdict(11)['detail'])
        self.run_varve('verify', '--witnesses')
        self.configure(f'[[checkpoints.witnesses]]\nurl = "env:NONE"\nverifier = "{verifier}"\n')
        self.assertEqual(self.far_verdict(11)['verdict'], 'unreachable')
        self.strange().answer = (503, 'text/plain', 'later\n')
        self.assertIn('status 503', self.far_verdict(11)['detail'])

    def test_lost_memory(self):
        """cosigning: a witness whose memory was put back is told by verify --witnesses"""
        verifier, process, _ = self.witnessed()
        self.write()
        self.run_varve('run')
        process.kill()
        process.wait()
        shutil.copytree(self.project.folder / '.varve-witness', self.project.folder / 'before')
        process, port = self.serve()
        configuration = ('[[checkpoints.witnesses]]\nurl = "http://127.0.0.1:%d"\n'
                         f'verifier = "{verifier}"\n')
        self.configure(configuration % port)
        earlier = self.project.events('checkpoint-witnessed')[-1]['data']['size']
        self.write()
        self.run_varve('run')
        said = self.run_varve('verify', '--witnesses').stdout
        self.assertNotIn('its memory was lost', said)
        process.kill()
        process.wait()
        shutil.rmtree(self.project.folder / '.varve-witness')
        (self.project.folder / 'before').rename(self.project.folder / '.varve-witness')
        _, port = self.serve()
        self.configure(configuration % port)
        said = self.run_varve('verify', '--witnesses').stdout
        self.assertIn(f'it has cosigned {earlier} events now, fewer than the ledger keeps', said)
        self.run_varve('verify', '--witnesses', '--strict', code=7)

    def test_contradicted(self):
        """cosigning: an older copy of the ledger that goes on is not cosigned, and told"""
        _, process, _ = self.witnessed()
        older = self.project.folder / 'older'
        shutil.copytree(self.project.ledger, older)
        self.write()
        self.run_varve('run')
        shutil.rmtree(self.project.ledger)
        older.rename(self.project.ledger)
        answer = self.project.varve('checkpoint', '--publish-again')
        self.assertIn('ledger-behind-witness', answer.stderr)
        self.assertNotEqual(answer.returncode, 0)
        self.project.sql('TRUNCATE varve.checkpoint')
        answer = self.project.varve('checkpoint', '--publish-again')
        self.assertIn('cosigned', answer.stderr + answer.stdout)
        self.assertNotEqual(answer.returncode, 0)
        process.kill()
        process.wait()

    def test_restored(self):
        """cosigning: a witness that has cosigned more than a copy has is asked when it is restored"""
        self.witnessed()
        self.run_varve('ledger', 'backup', 'copy')
        away = {'DATABASE_URL': 'postgres://nobody@127.0.0.1:1/none'}
        self.run_varve('review', '--ack', '--reason', 'monthly', env=away)
        shutil.rmtree(self.project.ledger)
        answer = self.run_varve('ledger', 'restore', 'copy', code=7)
        self.assertRegex(answer.stdout, 'are lost, known by .*witness auditor.example.org/w')
        answer = self.run_varve('verify', '--witnesses', code=7)
        self.run_varve('ledger', 'restore', '--accept-loss', '--reason', 'disk died')
        answer = self.run_varve('review', '--ack', '--reason', 'monthly')
        self.assertIn('it may know events that are accepted as lost', answer.stderr)
        answer = self.run_varve('verify', '--witnesses')
        self.assertIn('some of which are lost, as event', answer.stdout)

    def forked(self):
        """A project, and a copy of it: the witness has cosigned what the first did since."""
        self.witnessed()
        self.run_varve('verify', '--record')
        copy = self.project.folder / 'copy'
        shutil.copytree(self.project.ledger, copy)
        shutil.copy(f'{self.project.ledger}.key', f'{copy}.key')
        for _ in range(2):
            self.run_varve('verify', '--record')
        taken = self.project.events('checkpoint-signed')[-1]['data']['size']
        self.project.ledger = copy
        self.project.url = 'postgres://nobody@127.0.0.1:1/none'
        return taken

    def test_forked(self):
        """cosigning: a copy that went its own way is told from the first, however long it is"""
        taken = self.forked()
        size = len(self.project.events())
        for _ in range(5):
            document = self.project.document('verify', '--witnesses')
            fault, = document['faults']
            known = 'history-replaced' if size > taken else 'tail-cut'
            self.assertEqual(fault['what'], known, document)
            self.assertFalse(document['ok'])
            told = self.run_varve('verify', '--record').stderr
            self.assertIn('witness-contradicts', told)
            size = len(self.project.events())
        self.assertGreater(size, taken + 2)
        said = self.run_varve('verify', '--witnesses', '--strict', code=7).stdout
        self.assertIn(f'it has cosigned {taken} events of a history that is not this one', said)
        shutil.move(self.project.ledger, self.project.folder / 'other')
        self.run_varve('ledger', 'restore', 'other', code=7)

    def test_forked_without_key(self):
        """cosigning: a copy that grows without signing lacks what the witness has cosigned"""
        taken = self.forked()
        pathlib.Path(f'{self.project.ledger}.key').unlink()
        while len(self.project.events()) <= taken + 2:
            self.run_varve('verify', '--record')
        document = self.project.document('verify', '--witnesses')
        fault, = document['faults']
        self.assertEqual((fault['what'], fault['position']), ('tail-cut', taken))
        self.assertIn('no event says that a checkpoint of so many was signed', fault['detail'])

    def test_cosigned_unknown_size(self):
        """cosigning: a witness that is behind, and of this history, is no fault"""
        self.witnessed()
        self.run_varve('verify', '--record')
        configured = (self.project.folder / 'varve.toml').read_text()
        self.configure('')
        self.run_varve('verify', '--record')
        (self.project.folder / 'varve.toml').write_text(configured)
        document = self.project.document('verify', '--witnesses', '--strict')
        self.assertEqual(document['faults'], [])

    def strange(self):
        """A witness of that kind, which the project asks."""
        server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Strange)
        keys = pathlib.Path(tempfile.mkdtemp(dir=self.project.folder))
        server.key = key_pair(keys)
        server.verifier = verifier(Strange.name, server.key[1], 4)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.configure(f'[[checkpoints.witnesses]]\nurl = "http://127.0.0.1:{server.server_port}"'
                       f'\nverifier = "{server.verifier}"\n')
        return server

    def test_times(self):
        """cosigning: what a witness says of the time spoils neither the ledger nor its evidence"""
        server = self.strange()
        sizes = []
        for time_s in (0, 10 ** 11, 2 ** 62, 2 ** 63 + 5, 1_800_000_000):
            server.answer = time_s
            self.write()
            told = self.run_varve('run', '--init').stderr
            self.assertNotIn('no checkpoint was signed', told)
            self.assertEqual('no cosignature' in told, time_s > 2 ** 33, told)
            sizes.append(self.project.events('checkpoint-signed')[-1]['data']['size'])
        kept = {e['data']['size']: e['data']['witnessed_at_us'] for e in
                self.project.events('checkpoint-witnessed') if e['data']['kind'] == 'cosigner'}
        self.assertEqual([kept.get(size) for size in sizes],
                         [0, None, None, None, 1_800_000_000_000_000])
        held = {e['data']['size'] for e in self.project.events('checkpoint-witnessed')
                if e['data']['kind'] == 'target'}
        self.assertLessEqual(set(sizes[:-1]), held)  # the newest is recorded with the next
        self.run_varve('verify', '--witnesses')
        path = self.project.folder / 'a.tar'
        self.run_varve('export', 'evidence', '--all', '--output', path)
        code, said = evidence.verify(path, '--witness', server.verifier)
        self.assertEqual(code, 0, said)
        self.assertIn(f'{sizes[0]} events at a time that it does not tell', said)

    def test_vouched_since(self):
        """cosigning: of what was before its first cosignature a witness proves nothing"""
        server = self.strange()
        configured = (self.project.folder / 'varve.toml').read_text()
        self.configure('')
        self.run_varve('run', '--init')
        kept = self.project.folder / 'kept'
        kept.write_text(self.project.events('checkpoint-signed')[0]['data']['note'])
        (self.project.folder / 'varve.toml').write_text(configured)
        for server.answer in (1_700_000_000, 1_700_003_600):
            self.write()
            self.run_varve('run')
        first, last = [e['data']['size'] for e in self.project.events('checkpoint-witnessed')
                       if e['data']['kind'] == 'cosigner']
        newest = self.project.folder / 'newest'
        newest.write_text(self.project.events('checkpoint-signed')[-1]['data']['note'])
        for scope, size, time in (('--all', first, '2023-11-14T22:13:20'),
                                  ('--migration=0001', last, '2023-11-14T23:13:20')):
            path = self.project.folder / f'{scope}.tar'
            self.run_varve('export', 'evidence', scope, '--no-record', '--output', path)
            words = ('--witness', server.verifier)
            anew = 'wrote the history anew'
            for old, since in ((), ''), (('--old', kept), ' from event [0-9]+ on'):
                code, said = evidence.verify(path, *words, *old)
                self.assertEqual(code, 0, said)
                self.assertRegex(said, f'{anew}{since} before {Strange.name} saw it first, at '
                                 f'{time}.000000Z, with {size} events')
            code, said = evidence.verify(path, *words, '--old', newest)
            self.assertEqual((code, anew in said), (0, False), said)
            self.assertIn(anew + ' and signed', evidence.verify(path)[1])

    def test_no_witness(self):
        """cosigning: what no witness would answer is no word on the ledger's history"""
        server = self.strange()
        for answer, word in (((409, 'text/html', '409 Conflict\n'), 'status 409'),
                             ((409, 'text/x.tlog.size', '409 Conflict\n'), 'status 409'),
                             ((409, 'text/x.tlog.size', '0\n'), 'status 409'),
                             ((422, 'application/json', '{"detail": "no"}'), 'status 422'),
                             ((302, 'text/plain', ''), 'status 302'),
                             ((200, 'text/plain', ''), 'no cosignature'),
                             ((200, 'text/plain', 'x' * (3 << 20)), 'more than 1 MiB')):
            server.answer = answer
            self.write()
            told = self.run_varve('run', '--init').stderr
            self.assertIn(word, told)
            self.assertNotIn('contradicts', told)
        server.answer = (409, 'text/x.tlog.size', '99999\n')
        self.write()
        self.assertIn('witness-contradicts', self.run_varve('run').stderr)

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
