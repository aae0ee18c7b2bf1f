"""Proofs of ours, held against a program that is none of ours; and what `verify` says of tampering."""
import base64
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import evidence
from varve import ROOT, SAMPLE, Cluster, Project

ACCEPT = ROOT / 'tests' / 'evidence' / 'accept'
GO_PATH = '/usr/share/gocode'


def setUpModule():
    global cluster, project, folder
    cluster = Cluster()
    project = Project(cluster, SAMPLE / 'migrations')
    folder = pathlib.Path(tempfile.mkdtemp(prefix='varve-proofs.'))
    project.varve('run', '--init', '--count', '2')
    project.varve('checkpoint')
    project.varve('run', '--count', '2')
    project.varve('checkpoint')


def tearDownModule():
    shutil.rmtree(folder, ignore_errors=True)
    project.remove()
    cluster.stop()


def signed():
    """The checkpoints that were signed, oldest first."""
    return [event['data'] for event in project.events('checkpoint-signed')]


def verifier():
    """The verifier key, made from event 1 as docs/ledger-format.md says."""
    import hashlib
    key = project.events('key-added')[0]['data']
    public = bytes.fromhex(key['public_key'])
    name = key['name']
    key_id = hashlib.sha256(name.encode() + b'\n\x01' + public).digest()[:4].hex()
    return f'{name}+{key_id}+{base64.b64encode(b"%c" % 1 + public).decode()}'


def without_ledger(*words):
    """`varve prove --check` in an empty folder: nothing of the ledger is at hand."""
    from varve import CLEAN, PROGRAM
    return subprocess.run([PROGRAM, *map(str, words)], cwd=folder, env=CLEAN, capture_output=True,
                          text=True, timeout=60)


def flip(path, offset):
    data = bytearray(path.read_bytes())
    data[offset] ^= 1
    other = path.with_suffix('.changed')
    other.write_bytes(data)
    return other


class Proofs(unittest.TestCase):
    def proof_of(self, position):
        path = folder / f'{position}.tlog-proof'
        answer = project.varve('prove', position, '--output', path)
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        return path

    def test_offline(self):
        """prove: a proof file is checked without the ledger, and refused when it was changed"""
        for position in (0, 3, 7):
            path = self.proof_of(position)
            answer = without_ledger('prove', '--check', path, '--key', verifier())
            self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
            self.assertIn('holds', answer.stdout)
        text = path.read_text(encoding='utf-8')
        for offset in (text.index('extra ') + 40, text.index('index ') + 6, text.index('\n\n') - 9,
                       text.index('\n\n') + 4, len(text) - 20):
            answer = without_ledger('prove', '--check', flip(path, offset), '--key', verifier())
            self.assertNotEqual(answer.returncode, 0, f'byte {offset}: {answer.stdout}')

    def test_keys(self):
        """prove: without a key that is trusted nothing holds"""
        path = self.proof_of(3)
        answer = without_ledger('prove', '--check', path)
        self.assertIn('key-missing', answer.stderr)
        name = verifier().split('+')[0]
        stranger = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
        answer = without_ledger('prove', '--check', path, '--key', stranger)
        self.assertIn('note-unverified', answer.stderr)
        self.assertEqual(project.varve('prove', '--check', path).returncode, 0, name)

    def test_key_of_another_ledger(self):
        """prove: the key of another ledger cannot speak for this one, whatever it has signed"""
        path = self.proof_of(3)
        head, _, note = path.read_text(encoding='utf-8').partition('\n\n')
        forger = evidence.Forger('staging.example/varve/another')
        text = note.partition('\n\n')[0] + '\n'
        forged = folder / 'forged.tlog-proof'
        forged.write_bytes(f'{head}\n\n'.encode() + forger.sign(text.encode()))
        answer = without_ledger('prove', '--check', forged, '--key', forger.verifier)
        self.assertEqual(answer.returncode, 4, answer.stdout + answer.stderr)
        self.assertIn('the key of another ledger', answer.stderr)
        answer = without_ledger('prove', '--check', path, '--key', forger.verifier, '--key',
                                verifier())
        self.assertEqual(answer.returncode, 0, answer.stderr)

    def test_no_checkpoint_file(self):
        """prove, verify: a file that is no checkpoint is named, with what to give instead"""
        path = folder / 'none'
        path.write_text('not a note\n', encoding='utf-8')
        for words in (('verify', '--fast', '--since', path), ('prove', '--consistency', path, '3')):
            answer = project.varve(*words)
            self.assertIn(f'{path} is no signed checkpoint', answer.stderr)
            self.assertRegex(answer.stderr, 'varve checkpoint .*--output')

    def test_line(self):
        """prove: a given line is held against the proof, whatever the proof suggests"""
        path, line = self.proof_of(3), folder / '3.line'
        line.write_text(project.varve('show', 3, '--raw').stdout, encoding='utf-8')
        answer = without_ledger('prove', '--check', path, '--key', verifier(), '--line', line)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        line.write_text(project.varve('show', 4, '--raw').stdout, encoding='utf-8')
        answer = without_ledger('prove', '--check', path, '--key', verifier(), '--line', line)
        self.assertEqual(answer.returncode, 7)
        self.assertIn('proof-invalid', answer.stderr)

    def test_uncovered(self):
        """prove: an event that no checkpoint covers yet says what to do"""
        last = len(project.events()) - 1
        answer = project.varve('prove', last)
        self.assertIn('checkpoint-missing', answer.stderr)
        self.assertRegex(answer.stderr, 'varve verify .*--record', 'varve checkpoint has nothing new')
        self.assertIn('event-unknown', project.varve('prove', last + 1000).stderr)
        for words in (['-1'], ['0', '--checkpoint', '-1']):
            answer = project.varve('prove', *words)
            self.assertEqual(answer.returncode, 2, answer.stderr)
            self.assertIn('-1 is no whole number', answer.stderr)
        self.assertIn('checkpoint-unknown',
                      project.varve('prove', 0, '--checkpoint', 1).stderr)

    def test_document(self):
        """prove: the document has the line, its leaf, the path and the file itself"""
        document = project.document('prove', 3)
        self.assertEqual(document['index'], 3)
        self.assertTrue(document['proof'].startswith('c2sp.org/tlog-proof@v1\nextra '))
        self.assertEqual(document['line'] + '\n', project.varve('show', 3, '--raw').stdout)
        alone = project.varve('prove', 3, '--output', '-')
        self.assertEqual(alone.stdout, document['proof'])

    def test_growth(self):
        """prove --consistency: from a checkpoint that was kept, checked offline"""
        old, new = signed()[0], signed()[-1]
        kept, path = folder / 'kept.checkpoint', folder / 'growth'
        kept.write_text(old['note'], encoding='utf-8')
        answer = project.varve('prove', '--consistency', kept, new['size'], '--output', path)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        answer = without_ledger('prove', '--check', path, '--old', kept, '--key', verifier())
        self.assertEqual(answer.returncode, 0, answer.stderr)
        answer = without_ledger('prove', '--check', flip(path, 20), '--old', kept,
                                '--key', verifier())
        self.assertNotEqual(answer.returncode, 0)
        kept.write_text(new['note'], encoding='utf-8')
        answer = without_ledger('prove', '--check', path, '--old', kept, '--key', verifier())
        self.assertEqual(answer.returncode, 2, answer.stderr)
        self.assertIn('[checkpoint-unfit]', answer.stderr)
        self.assertIn(f'starts from {old["size"]} events', answer.stderr)

    def test_growth_over_rotation(self):
        """prove --check --old: a kept checkpoint counts by a key that was retired after it"""
        other = Project(cluster, SAMPLE / 'migrations')
        self.addCleanup(other.remove)
        other.varve('run', '--init', '--count', '1')
        old, = other.events('checkpoint-signed')
        kept, path = other.folder / 'kept', other.folder / 'growth'
        kept.write_text(old['data']['note'], encoding='utf-8')
        key, = other.document('keys')['keys']
        new_key = other.document('keys', 'rotate')
        other.document('keys', 'retire', key['key_id'])
        other.varve('run', '--count', '1')
        size = other.events('checkpoint-signed')[-1]['data']['size']
        answer = other.varve('prove', '--consistency', kept, size, '--output', path)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        answer = other.varve('prove', '--check', path, '--old', kept)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        verifiers = {k['key_id']: k['verifier'] for k in other.document('keys')['keys']}
        words = ('prove', '--check', path, '--old', kept, '--key', verifiers[new_key['key_id']])
        answer = without_ledger(*words)
        self.assertEqual(answer.returncode, 4)
        self.assertIn('--key once for each', answer.stderr)
        answer = without_ledger(*words, '--key', key['verifier'])
        self.assertEqual(answer.returncode, 0, answer.stderr)


class Accepted(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not shutil.which('go') or not pathlib.Path(GO_PATH, 'src/golang.org/x/mod').exists():
            raise unittest.SkipTest('Go and golang-golang-x-mod-dev are absent: NOT CHECKED by '
                                    'anybody else')
        cls.program = folder / 'accept'
        subprocess.run(['go', 'build', '-o', cls.program, '.'], cwd=ACCEPT, check=True,
                       env={**os.environ, 'GO111MODULE': 'off', 'GOPATH': GO_PATH, 'GOFLAGS': '',
                            'GOCACHE': str(folder / 'go-cache')})

    def accepts(self, *words):
        answer = subprocess.run([self.program, verifier(), *map(str, words)], timeout=60,
                                capture_output=True, text=True)
        self.assertIn(answer.returncode, (0, 1), answer.stdout + answer.stderr)
        return answer.returncode == 0

    def test_checkpoints(self):
        """Go's sumdb accepts every checkpoint of ours, and none that was changed"""
        self.assertGreaterEqual(len(signed()), 2)
        for number, event in enumerate(signed()):
            path = folder / f'{number}.checkpoint'
            path.write_text(event['note'], encoding='utf-8')
            self.assertTrue(self.accepts('checkpoint', path))
            for offset in range(0, len(event['note']), 41):
                self.assertFalse(self.accepts('checkpoint', flip(path, offset)), offset)

    def test_inclusion(self):
        """Go's sumdb accepts our proofs of inclusion, of their own line alone"""
        for position in range(0, signed()[-1]['size'], 7):
            path, line = folder / f'{position}.proof', folder / f'{position}.line'
            project.varve('prove', position, '--output', path)
            line.write_text(project.varve('show', position, '--raw').stdout, encoding='utf-8')
            self.assertTrue(self.accepts('inclusion', path, line))
            self.assertFalse(self.accepts('inclusion', path, flip(line, 30)))
            text = path.read_text(encoding='utf-8')
            self.assertFalse(self.accepts('inclusion', flip(path, text.index('\n\n') - 9), line))

    def test_consistency(self):
        """Go's sumdb accepts that what we signed has only grown"""
        old, new = signed()[0], signed()[-1]
        kept, path = folder / 'old.checkpoint', folder / 'consistency'
        kept.write_text(old['note'], encoding='utf-8')
        project.varve('prove', '--consistency', old['size'], new['size'], '--output', path)
        self.assertTrue(self.accepts('consistency', path, kept))
        self.assertFalse(self.accepts('consistency', flip(path, 15), kept))


class Verified(unittest.TestCase):
    def test_recorded(self):
        """verify --record: what was found is an event, and --fast starts from there"""
        answer = project.varve('verify', '--record', '--reason', 'the monthly one')
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        event = project.events('ledger-verified')[-1]
        self.assertEqual(event['data']['scope'], 'full')
        self.assertEqual(event['data']['fault_count'], 0)
        self.assertEqual(event['reason'], 'the monthly one')
        document = project.document('verify', '--fast')
        self.assertTrue(document['ok'], document)
        # What was recorded is signed too, and nobody has verified that yet.
        believed = [each['size'] for each in signed() if each['size'] <= event['data']['size']]
        self.assertEqual(document['from_size'], believed[-1])
        self.assertEqual(document['believed'], f'event {event["position"]}')
        self.assertTrue(document['not_looked_at'])

    def test_since(self):
        """verify --fast --since: from a checkpoint that an auditor kept"""
        kept = folder / 'auditor.checkpoint'
        kept.write_text(signed()[0]['note'], encoding='utf-8')
        answer = project.varve('verify', '--fast', '--since', kept)
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.assertIn('not looked at', answer.stdout)
        lines = signed()[0]['note'].splitlines(keepends=True)
        lines[1] = f'{int(lines[1]) - 1}\n'
        kept.write_text(''.join(lines), encoding='utf-8')
        answer = project.varve('verify', '--since', kept)
        self.assertEqual(answer.returncode, 7)
        self.assertIn('checkpoint-forged', answer.stderr)
        self.assertNotIn('NOT WHOLE', answer.stdout)


class Witnesses(unittest.TestCase):
    TABLE = 'varve.checkpoint'

    def asked(self, *words, ledger=None):
        real, project.ledger = project.ledger, ledger or project.ledger
        try:
            answer = project.varve('verify', '--witnesses', *words)
            return answer, project.document('verify', '--witnesses', *words)
        finally:
            project.ledger = real

    def test_agrees(self):
        """verify --witnesses: a target that has seen this history agrees"""
        answer, document = self.asked()
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.assertEqual([w['verdict'] for w in document['witnesses']], ['agrees'])
        self.assertEqual(document['witnesses'][0]['size'], signed()[-1]['size'])

    def test_older_copy(self):
        """verify --witnesses: an older copy in the ledger's place is found by the target"""
        copied = project.folder / 'older'
        shutil.copytree(project.ledger, copied)
        size = project.document('verify')['size']
        project.varve('verify', '--record')
        project.varve('checkpoint')
        self.assertEqual(project.document('verify', '--witnesses')['ok'], True)
        answer, document = self.asked(ledger=copied)
        self.assertEqual(answer.returncode, 7, answer.stdout)
        fault = document['faults'][0]
        self.assertEqual((fault['what'], fault['is']), ('tail-cut', 'cut off'))
        self.assertTrue(fault['witness'].startswith('target '))
        self.assertEqual(fault['position'], size)
        shutil.rmtree(copied)

    def test_folder_for_file(self):
        """verify --since, prove: a folder where a file should be is no fault of the program"""
        for words in (('verify', '--since', project.migrations),
                      ('prove', '--check', project.migrations),
                      ('prove', '--consistency', project.migrations, '2')):
            answer = project.varve(*words)
            self.assertEqual((answer.returncode, 'it is a folder' in answer.stderr), (2, True),
                             answer.stderr)

    def test_one_at_a_time(self):
        """verify --witnesses: sessions of one server are not kept, however many targets it has"""
        project.sql('CREATE ROLE few LOGIN CONNECTION LIMIT 5; GRANT USAGE ON SCHEMA varve TO few; '
                    'GRANT SELECT ON ALL TABLES IN SCHEMA varve TO few')
        url = project.url.replace('postgres@', 'few@')
        self.assertNotEqual(url, project.url)
        settings = project.folder / 'varve.toml'
        settings.write_text(''.join(f'[environments.e{number}]\nurl = "{url}"\n'
                                    for number in range(12)))
        try:
            document = self.asked('--env', 'e0')[1]
        finally:
            settings.unlink()
            project.sql('DROP OWNED BY few; DROP ROLE few')
        asked = [w['verdict'] for w in document['witnesses'] if w['verdict'] != 'was not asked']
        self.assertEqual(asked, ['agrees'] * 12, document)

    def test_changed_there(self):
        """verify --witnesses: what this ledger never signed is the target's fault, and named so"""
        size = signed()[0]['size']
        project.sql(f'UPDATE {self.TABLE} SET size = 5 WHERE size = {size}')
        try:
            answer, document = self.asked()
        finally:
            project.sql(f'UPDATE {self.TABLE} SET size = {size} WHERE size = 5')
        self.assertEqual(answer.returncode, 7)
        self.assertEqual(document['faults'][0]['what'], 'witness-changed')

    def test_emptied(self):
        """verify --witnesses: a target that no longer holds what it took; a fault for --strict"""
        project.varve('checkpoint', '--publish-again')
        project.sql(f'CREATE TABLE kept_aside AS TABLE {self.TABLE}; DELETE FROM {self.TABLE}')
        taken = project.events('checkpoint-witnessed')[-1]
        try:
            answer, document = self.asked()
            strict, strictly = self.asked('--strict')
        finally:
            project.sql(f'INSERT INTO {self.TABLE} TABLE kept_aside; DROP TABLE kept_aside')
        self.assertEqual(answer.returncode, 0, answer.stdout)
        verdict, = document['witnesses']
        self.assertEqual(verdict['verdict'], 'no longer holds what it took')
        self.assertIn(f'of {taken["data"]["size"]} events', verdict['detail'])
        self.assertIn(f'event {taken["position"]} says', verdict['detail'])
        self.assertEqual(strict.returncode, 7, strict.stdout)
        self.assertEqual(strictly['faults'][0]['what'], 'witness-changed')
        self.assertEqual(self.asked('--strict')[0].returncode, 0)

    def test_folder(self):
        """verify --witnesses: the checkpoints' folder and every environment's target are asked"""
        toml = project.folder / 'varve.toml'
        toml.write_text('[checkpoints]\nfolder = "kept"\n\n[environments.development]\n'
                        '[environments.staging]\nurl = "env:NOT_THERE"\n', encoding='utf-8')
        try:
            project.varve('checkpoint', '--publish-again')
            answer, document = self.asked()
        finally:
            toml.unlink()
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        found = {w['witness'].split()[0] + ' ' + w['verdict'] for w in document['witnesses']}
        self.assertEqual(found, {'folder agrees', 'target agrees', 'target unreachable'})

    def test_unreachable(self):
        """verify --witnesses: a target that does not answer is named, a fault for --strict alone"""
        real, project.url = project.url, 'postgresql:///x?host=/nowhere'
        try:
            answer, document = self.asked()
            self.assertEqual(answer.returncode, 0, answer.stdout)
            self.assertEqual(document['witnesses'][0]['verdict'], 'unreachable')
            self.assertEqual(self.asked('--strict')[0].returncode, 11)
            alone = project.varve('verify', '--strict')
            self.assertEqual(alone.returncode, 2)
            self.assertIn('[usage]', alone.stderr)
        finally:
            project.url = real
