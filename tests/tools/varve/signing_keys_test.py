"""The keys that sign checkpoints: made, rotated, lost, damaged, kept under a passphrase."""
import os
import pathlib
import stat
import subprocess

from faults import Faulty
from varve import Cluster
from signed_checkpoints import Case, parse


def setUpModule():
    Case.cluster = Cluster()


def tearDownModule():
    Case.cluster.stop()


class SigningKeys(Case):
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

    def test_exposed(self):
        """a key file that others may read is not used; the run stands"""
        project = self.project()
        self.ok(project.varve('init'))
        os.chmod(self.key_file(project), 0o640)
        answer = self.ok(project.varve('run'))
        self.assertIn('no checkpoint was signed (key-file-exposed)', answer.stderr)
        self.assertIn('chmod 600', answer.stderr)
        self.refused(project.varve('checkpoint'), 'key-file-exposed', 4)

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
