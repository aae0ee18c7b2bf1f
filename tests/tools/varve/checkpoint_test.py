"""Checkpoints that are signed and leave the machine; the keys that sign them."""
import base64
import os
import pathlib
import stat
import subprocess
import tempfile
import unittest

from faults import Faulty
from varve import Cluster, Project


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


def parse(note):
    """origin, size, root in hex, the signed text, [(name, key id in hex, signature)]"""
    text, _, tail = note.partition('\n\n')
    text += '\n'
    origin, size, root = text.splitlines()
    signatures = []
    for line in tail.splitlines():
        dash, name, encoded = line.split(' ')
        assert dash == '—', line
        raw = base64.b64decode(encoded)
        signatures.append((name, raw[:4].hex(), raw[4:]))
    return origin, int(size), base64.b64decode(root).hex(), text, signatures


def openssl_accepts(public_key_hex, text, signature):
    """What the openssl command says of an Ed25519 signature."""
    prefix = bytes.fromhex('302a300506032b6570032100')  # SubjectPublicKeyInfo of Ed25519
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        (place / 'key.der').write_bytes(prefix + bytes.fromhex(public_key_hex))
        (place / 'text').write_bytes(text.encode())
        (place / 'signature').write_bytes(signature)
        answer = subprocess.run(
            ['openssl', 'pkeyutl', '-verify', '-rawin', '-pubin', '-keyform', 'DER', '-inkey',
             'key.der', '-in', 'text', '-sigfile', 'signature'],
            cwd=folder, capture_output=True, text=True)
        return answer.returncode == 0


class Checkpoints(unittest.TestCase):

    def project(self, kind=Project, folder=True):
        project = kind(cluster)
        self.addCleanup(project.remove)
        if folder:
            (project.folder / 'varve.toml').write_text(
                'organisation = "example.com"\n[checkpoints]\nfolder = "checkpoints"\n')
        project.write('0001_first', 'CREATE TABLE first (id int);', 'DROP TABLE first;')
        return project

    def ok(self, answer):
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        return answer

    def refused(self, answer, reason, code):
        self.assertIn(f'[{reason}]', answer.stderr, answer.stdout)
        self.assertEqual(answer.returncode, code, answer.stderr)

    def key_file(self, project):
        return pathlib.Path(f'{project.ledger}.key')

    def held_by_target(self, project):
        """size and note of each row, smallest first"""
        rows = project.sql("SELECT size, encode(root, 'hex'), encode(note, 'hex') "
                           'FROM varve.checkpoint ORDER BY size')
        return [(int(size), root, bytes.fromhex(note).decode())
                for size, root, note in (row.split('|') for row in rows.splitlines())]

    def in_folder(self, project):
        folder, = (project.folder / 'checkpoints').iterdir()
        return {path.name: path.read_text() for path in folder.iterdir()}

    def check_note(self, project, note, signer_count=1):
        """Every signature holds, by openssl and the public keys that the ledger names."""
        origin, size, root, text, signatures = parse(note)
        self.assertEqual(len(signatures), signer_count, note)
        known = {key['key_id']: key for key in project.document('keys')['keys']}
        for name, key_id, signature in signatures:
            self.assertEqual(name, known[key_id]['name'])
            self.assertEqual(name, origin)
            self.assertTrue(openssl_accepts(known[key_id]['public_key'], text, signature))
            self.assertFalse(openssl_accepts(known[key_id]['public_key'], text + 'x', signature))
        return size, root

    def test_run(self):
        """a run signs a checkpoint, and the target and the folder hold it"""
        project = self.project()
        answer = self.ok(project.varve('run', '--init'))
        self.assertEqual(answer.stderr, '')
        event = project.events('checkpoint-signed')[-1]
        note = event['data']['note']
        size, root = self.check_note(project, note)
        self.assertEqual((size, root), (event['data']['size'], event['data']['root']))
        self.assertGreaterEqual(event['position'], size)
        self.assertEqual(self.held_by_target(project), [(size, root, note)])
        files = self.in_folder(project)
        self.assertEqual(files, {'latest': note, f'{size}.checkpoint': note})
        self.ok(project.varve('verify'))

    def test_nothing_to_do(self):
        """a run with nothing to do adds nothing, and neither does a checkpoint of nothing new"""
        project = self.project()
        self.ok(project.varve('run', '--init'))
        count = len(project.events())
        self.ok(project.varve('run'))
        self.assertEqual(len(project.events()), count)
        self.ok(project.varve('checkpoint'))
        self.assertEqual(len(project.events()), count)

    def test_one_append(self):
        """the next checkpoint records who held the last one; that of a person records at once"""
        project = self.project()
        self.ok(project.varve('run', '--init'))
        self.assertEqual(project.events('checkpoint-witnessed'), [])
        project.write('0002_second', 'CREATE TABLE second (id int);', 'DROP TABLE second;')
        self.ok(project.varve('run'))
        first = project.events('checkpoint-signed')[0]['data']
        seen = project.events('checkpoint-witnessed')
        self.assertEqual({(e['data']['kind'], e['data']['size'], e['data']['root']) for e in seen},
                         {('folder', first['size'], first['root']),
                          ('target', first['size'], first['root'])})
        self.ok(project.varve('rollback', '--yes'))
        document = project.document('checkpoint', '--publish-again')
        self.assertFalse(document['signed'])
        newest = project.events('checkpoint-signed')[-1]['data']
        self.assertEqual(document['size'], newest['size'])
        self.assertEqual({(e['data']['kind'], e['data']['size'])
                          for e in project.events('checkpoint-witnessed')[-2:]},
                         {('folder', newest['size']), ('target', newest['size'])})
        count = len(project.events())
        self.ok(project.varve('checkpoint', '--publish-again'))
        self.assertEqual(len(project.events()), count)
        self.ok(project.varve('verify'))

    def test_on_demand(self):
        """varve checkpoint signs what has none yet, and writes the note to a file or to stdout"""
        project = self.project(folder=False)
        self.ok(project.varve('init'))
        os.rename(self.key_file(project), project.folder / 'away')
        answer = self.ok(project.varve('run'))
        self.assertIn('no checkpoint was signed (signing-key-missing)', answer.stderr)
        self.assertIn('varve checkpoint', answer.stderr)
        self.refused(project.varve('checkpoint'), 'signing-key-missing', 4)
        os.rename(project.folder / 'away', self.key_file(project))
        note = self.ok(project.varve('checkpoint', '--output', '-')).stdout
        size, _ = self.check_note(project, note)
        self.assertEqual([row[2] for row in self.held_by_target(project)], [note])
        self.ok(project.varve('checkpoint', '--output', project.folder / 'note'))
        self.assertEqual((project.folder / 'note').read_text(), note)
        self.assertEqual(project.events('checkpoint-signed')[-1]['data']['size'], size)

    def test_document(self):
        """with --format json stdout has the document and nothing else: note and request in it"""
        project = self.project(folder=False)
        self.ok(project.varve('run', '--init'))
        note = self.ok(project.varve('checkpoint', '--output', '-')).stdout
        self.refused(project.varve('checkpoint', '--output', '-', '--format', 'json'), 'usage', 2)
        request = self.ok(project.varve('checkpoint', '--request', '1')).stdout
        self.assertTrue(request.startswith('old 1\n'))
        document = project.document('checkpoint', '--request', '1')
        self.assertEqual((document['note'], document['request']), (note, request))

    def test_output_is_whole(self):
        """a note's file is replaced whole: its old bytes stay where the new ones cannot be"""
        project = self.project(folder=False)
        self.ok(project.varve('run', '--init'))
        real, link = project.folder / 'real', project.folder / 'link'
        real.write_text('an older note')
        real.chmod(0o640)
        link.symlink_to('real')
        before = real.stat().st_ino
        note = self.ok(project.varve('checkpoint', '--output', '-')).stdout
        self.ok(project.varve('checkpoint', '--output', link))
        self.assertTrue(link.is_symlink())
        self.assertEqual(real.read_text(), note)
        self.assertNotEqual(real.stat().st_ino, before)
        self.assertEqual(stat.S_IMODE(real.stat().st_mode), 0o640)
        self.assertEqual([p.name for p in project.folder.iterdir() if p.suffix == '.new'], [])
        self.assertEqual(self.ok(project.varve('checkpoint', '--output', '/dev/stderr')).stderr,
                         note)
        self.refused(project.varve('checkpoint', '--output', project.folder / 'no' / 'note'),
                     'file-unwritable', 1)

    def test_passphrase_of_link(self):
        """a key that a link leads to is encrypted where it is, and the link stays"""
        project = self.project()
        self.ok(project.varve('run', '--init'))
        real = project.folder / 'kept elsewhere'
        os.rename(self.key_file(project), real)
        os.symlink(real, self.key_file(project))
        right = {'VARVE_KEY_PASSPHRASE': 'correct horse'}
        said = self.ok(project.varve('keys', 'passphrase', env=right)).stdout
        self.assertIn(str(real), said)
        self.assertIn('ENCRYPTED PRIVATE KEY', real.read_text())
        self.assertEqual(os.readlink(self.key_file(project)), str(real))
        self.assertEqual(stat.S_IMODE(real.stat().st_mode), 0o600)
        self.ok(project.varve('verify', '--record', env=right))
        self.assertEqual(self.ok(project.varve('checkpoint', env=right)).stderr, '')

    def test_many_keys(self):
        """keys: sixteen may sign at once, so that a note has room for them and for witnesses"""
        project = self.project()
        self.ok(project.varve('run', '--init'))
        for _ in range(15):
            self.ok(project.varve('keys', 'rotate'))
        answer = project.varve('keys', 'rotate')
        self.assertEqual((answer.returncode, 'keys-too-many' in answer.stderr), (4, True))
        self.assertEqual(len(project.events('key-added')), 16)
        first = project.document('keys')['keys'][0]['key_id']
        self.ok(project.varve('keys', 'retire', first))
        self.ok(project.varve('keys', 'rotate'))
        self.ok(project.varve('verify'))

    def test_rotation(self):
        """old and new key both sign until the old one is retired; then the new one alone"""
        project = self.project()
        self.ok(project.varve('run', '--init'))
        old, = project.document('keys')['keys']
        new = project.document('keys', 'rotate')
        self.check_note(project, self.in_folder(project)['latest'], signer_count=2)
        file = pathlib.Path(f'{self.key_file(project)}.{new["key_id"]}')
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        self.assertEqual([key['at_hand'] for key in project.document('keys')['keys']], [True] * 2)
        project.write('0002_second', 'CREATE TABLE second (id int);', 'DROP TABLE second;')
        self.ok(project.varve('run'))
        both = self.held_by_target(project)[-1]
        self.check_note(project, both[2], signer_count=2)

        retired = project.document('keys', 'retire', old['key_id'])
        self.assertEqual(retired['retired_up_to'], both[0])
        _, _, _, _, signatures = parse(self.in_folder(project)['latest'])
        self.assertEqual([key_id for _, key_id, _ in signatures], [new['key_id']])
        self.refused(project.varve('keys', 'retire', old['key_id']), 'key-retired', 4)
        self.refused(project.varve('keys', 'retire', new['key_id']), 'key-last', 4)
        self.refused(project.varve('keys', 'retire', 'ffffffff'), 'key-unknown', 4)
        os.remove(self.key_file(project))
        self.ok(project.varve('rollback', '--yes'))
        self.check_note(project, self.in_folder(project)['latest'])
        self.ok(project.varve('verify'))

    def test_lost_key(self):
        """a key whose file is gone is replaced by a new one, and retired as lost"""
        project = self.project()
        self.ok(project.varve('run', '--init'))
        lost, = project.document('keys')['keys']
        os.remove(self.key_file(project))
        new = project.document('keys', 'rotate')
        self.refused(project.varve('keys', 'retire', lost['key_id']), 'signing-key-missing', 4)
        self.refused(project.varve('keys', 'retire', new['key_id'], '--lost'),
                     'signing-key-missing', 4)
        self.ok(project.varve('keys', 'retire', lost['key_id'], '--lost'))
        self.check_note(project, self.in_folder(project)['latest'])

    def test_damaged_key(self):
        """a key file that is damaged says where to get another, and how to do without it"""
        project = self.project()
        self.ok(project.varve('run', '--init'))
        damaged, = project.document('keys')['keys']
        self.key_file(project).write_bytes(b'\0garbage')
        project.write('9999_later', 'SELECT 1;\n')
        answer = project.varve('run')
        self.ok(answer)
        self.assertRegex(answer.stderr, '(?s)key-malformed.*from its backup.*keys rotate')
        os.remove(self.key_file(project))
        self.ok(project.varve('keys', 'rotate'))
        self.ok(project.varve('keys', 'retire', damaged['key_id'], '--lost'))
        self.check_note(project, self.in_folder(project)['latest'])

    def test_passphrase(self):
        """an encrypted key signs with its passphrase; without it the run stands, with a warning"""
        project = self.project()
        self.ok(project.varve('run', '--init'))
        right = {'VARVE_KEY_PASSPHRASE': 'correct horse'}
        self.ok(project.varve('keys', 'passphrase', env=right))
        text = self.key_file(project).read_text()
        self.assertIn('ENCRYPTED PRIVATE KEY', text)
        self.assertNotIn('PRIVATE+KEY', text)
        self.assertEqual(stat.S_IMODE(self.key_file(project).stat().st_mode), 0o600)
        public = subprocess.run(['openssl', 'pkey', '-in', self.key_file(project), '-passin',
                                 'pass:correct horse', '-pubout', '-outform', 'DER'],
                                capture_output=True, check=True).stdout
        key, = project.document('keys')['keys']
        self.assertEqual(public[-32:].hex(), key['public_key'])
        self.assertTrue(key['encrypted'])
        for number, (env, reason) in enumerate(
                [({'VARVE_KEY_PASSPHRASE': 'wrong'}, 'passphrase-wrong'),
                 ({}, 'passphrase-missing')], 2):
            project.write(f'000{number}_more', f'CREATE TABLE more_{number} (id int);')
            answer = self.ok(project.varve('run', env=env))
            self.assertIn(f'no checkpoint was signed ({reason})', answer.stderr)
            self.refused(project.varve('checkpoint', env=env), reason, 2)
        self.assertEqual(project.sql("SELECT count(*) FROM pg_class WHERE relname ~ '^more_'"), '2')
        self.ok(project.varve('checkpoint', env=right))
        self.ok(project.varve('keys', 'rotate', env=right))
        self.check_note(project, self.in_folder(project)['latest'], signer_count=2)
        self.ok(project.varve('keys', 'passphrase', '--new', 'env:NEXT',
                              env={**right, 'NEXT': 'battery'}))
        project.write('0009_last', 'CREATE TABLE last (id int);')
        self.assertEqual(self.ok(project.varve(
            'run', env={'VARVE_KEY_PASSPHRASE': 'battery'})).stderr, '')
        self.ok(project.varve('keys', 'passphrase', '--remove',
                              env={'VARVE_KEY_PASSPHRASE': 'battery'}))
        self.assertTrue(self.key_file(project).read_text().startswith('PRIVATE+KEY+'))

    def test_left_behind(self):
        """a key that somebody was killed writing is removed; one that is being written stays"""
        project = self.project()
        self.ok(project.varve('init'))
        ended = subprocess.Popen(['true'])
        ended.wait()
        left, living, other = (pathlib.Path(f'{self.key_file(project)}{end}') for end in
                               (f'.{ended.pid}.tmp', f'.{os.getpid()}.tmp', '.tmp'))
        for path in (left, living, other):
            path.write_text('PRIVATE+KEY+\n')
        self.ok(project.varve('keys'))
        self.assertEqual([p.exists() for p in (left, living, other)], [False, True, True])

    def test_exposed(self):
        """a key file that others may read is not used; the run stands"""
        project = self.project()
        self.ok(project.varve('init'))
        os.chmod(self.key_file(project), 0o640)
        answer = self.ok(project.varve('run'))
        self.assertIn('no checkpoint was signed (key-file-exposed)', answer.stderr)
        self.assertIn('chmod 600', answer.stderr)
        self.refused(project.varve('checkpoint'), 'key-file-exposed', 4)

    def test_killed(self):
        """killed between event and publication, the next checkpoint catches up"""
        project = self.project(Faulty)
        self.ok(project.varve('init'))
        self.assertTrue(project.kill_at('checkpoint-signed', 'run'))
        event = project.events('checkpoint-signed')[-1]['data']
        self.assertEqual(project.sql('SELECT count(*) FROM varve.checkpoint'), '0')
        self.assertNotIn(f'{event["size"]}.checkpoint', self.in_folder(project))
        self.ok(project.varve('checkpoint', '--publish-again'))
        self.assertEqual(self.held_by_target(project),
                         [(event['size'], event['root'], event['note'])])
        self.assertEqual(self.in_folder(project)['latest'], event['note'])

        project.write('0002_second', 'CREATE TABLE second (id int);', 'DROP TABLE second;')
        self.assertTrue(project.kill_at('before-checkpoint-signed', 'run'))
        self.assertEqual(project.events('checkpoint-signed')[-1]['data'], event)
        self.ok(project.varve('checkpoint'))
        self.assertEqual(len(self.held_by_target(project)), 2)
        self.ok(project.varve('verify'))

    def test_killed_rotation(self):
        """a rotation that is killed leaves a new key that counts and is there, or none"""
        project = self.project(Faulty)
        self.ok(project.varve('init'))
        self.assertTrue(project.kill_at('key-written', 'keys', 'rotate'))
        self.assertEqual(len(project.document('keys')['keys']), 1)
        self.assertTrue(project.kill_at('key-added', 'keys', 'rotate'))
        self.assertEqual([key['at_hand'] for key in project.document('keys')['keys']], [True] * 2)
        self.ok(project.varve('run'))
        self.check_note(project, self.in_folder(project)['latest'], signer_count=2)
        process = project.halt_at('key-written:stop', 'keys', 'rotate')
        project.ledger.rename(project.folder / 'aside')
        self.assertNotEqual(project.go_on(process)[0], 0)
        self.assertFalse(project.folder.joinpath('ledger.key.next').exists(), 'a refused one')

    def test_role_without_rights(self):
        """a role that may not make the witness table gets a warning, and its run succeeds"""
        project = self.project(folder=False)
        self.ok(project.varve('run', '--init'))
        project.sql('DROP TABLE varve.checkpoint; '
                    f'CREATE ROLE bound_{project.database} LOGIN; '
                    f'GRANT ALL ON SCHEMA public TO bound_{project.database}; '
                    f'GRANT USAGE ON SCHEMA varve TO bound_{project.database}; '
                    f'GRANT ALL ON varve.__migrations_metadata TO bound_{project.database}')
        project.url += ('&' if '?' in project.url else '?') + f'user=bound_{project.database}'
        project.write('0002_second', 'CREATE TABLE second (id int);', 'DROP TABLE second;')
        answer = project.varve('run')
        self.ok(answer)
        self.assertIn('(witness-unwritable)', answer.stderr)
        self.assertIn('varve.checkpoint', answer.stderr.replace('"', ''))

    def test_older_copy(self):
        """an older copy of the ledger signs nothing that contradicts what a folder holds"""
        project = self.project()
        self.ok(project.varve('init'))
        subprocess.run(['cp', '-a', project.ledger, project.folder / 'older'], check=True)
        self.ok(project.varve('run'))
        subprocess.run(['rm', '-r', project.ledger], check=True)
        os.rename(project.folder / 'older', project.ledger)
        self.refused(project.varve('keys', 'retire', 'ffffffff'), 'key-unknown', 4)
        answer = project.varve('keys', 'rotate')
        self.assertIn('no checkpoint was signed (ledger-behind-witness)', answer.stderr)
        self.refused(project.varve('checkpoint'), 'ledger-behind-witness', 7)

    def test_forged_row(self):
        """what somebody writes into the witness table without a key stops nobody from signing"""
        project = self.project(folder=False)
        self.ok(project.varve('run', '--init'))
        project.sql("INSERT INTO varve.checkpoint SELECT ledger, 999999, root, 'nonsense', now() "
                    'FROM varve.checkpoint')
        project.write('0002_second', 'CREATE TABLE second (id int);', 'DROP TABLE second;')
        self.assertEqual(self.ok(project.varve('run')).stderr, '')
        self.assertEqual(len(project.events('checkpoint-signed')), 2)


if __name__ == '__main__':
    unittest.main()
