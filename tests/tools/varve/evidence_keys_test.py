"""Evidence: whose key has signed, and what is said of keys that are others, newer or retired."""
import base64
import pathlib
import re

import evidence
from evidence_sample import PROVED, TAMPERED, CANNOT_TELL, Case, export, ready
from varve import Project


def setUpModule():
    global cluster, project, folder, key
    cluster, project, folder, key = ready()


class Keys(Case):
    def test_another_key(self):
        """evidence: a checkpoint signed anew with another key is found, with and without --key"""
        files = evidence.members(export('--migration', '0002'))
        text, _, _ = files['checkpoint'].partition(b'\n\n')
        forger = evidence.Forger(text.split(b'\n')[0].decode())
        note = forger.sign(text + b'\n')
        forged = {name: data.replace(files['checkpoint'], note) for name, data in files.items()}
        for name in ('keys.txt', 'policy'):
            forged[name] = files[name].replace(key.encode(), forger.verifier.encode())
        self.forged(forged, TAMPERED, '--key', key, saying='NOT signed by the key that you gave')
        self.forged(forged, TAMPERED, saying='no event of the ledger adds')
        self.forged(files, CANNOT_TELL, '--key', forger.verifier,
                    saying='this archive does not know')
        bad = files['checkpoint'][:-10] + files['checkpoint'][-10:].swapcase()
        self.forged({**files, 'checkpoint': bad}, TAMPERED, '--key', key)

    def test_key_of_another_ledger(self):
        """evidence: the key of another ledger cannot speak for this one, whatever it has signed"""
        files = evidence.members(export('--migration', '0002'))
        other = evidence.Forger('staging.example/varve/another')
        text = files['checkpoint'].partition(b'\n\n')[0] + b'\n'
        note = files['checkpoint'] + other.sign(text).partition(b'\n\n')[2]
        forged = {name: data.replace(files['checkpoint'], note) for name, data in files.items()}
        self.forged(forged, PROVED, '--key', key)
        for intact in (files, forged):
            self.forged(intact, CANNOT_TELL, '--key', other.verifier, saying='of another ledger')
        bad = files['checkpoint'][:-10] + files['checkpoint'][-10:].swapcase()
        self.forged({**files, 'checkpoint': bad}, TAMPERED, '--key', other.verifier)
        alone = {name: data.replace(files['checkpoint'], other.sign(text))
                 for name, data in files.items()}
        self.forged(alone, TAMPERED, '--key', other.verifier, saying='no key of this one signed')
        self.forged(forged, PROVED, '--key', other.verifier, '--key', key)
        for name in ('keys.txt', 'policy'):
            forged[name] = files[name].replace(key.encode(), other.verifier.encode())
        self.forged(forged, TAMPERED, '--key', key, '--key', other.verifier,
                    saying='another name than the ledger')

    def test_newer_key(self):
        """evidence: an archive from before the given key was added is no proof, and no forgery"""
        other = Project(cluster)
        self.addCleanup(other.remove)
        other.write('0001_t', 'CREATE TABLE t ();\n')
        self.assertEqual(other.varve('run', '--init').returncode, 0)
        origin = other.events('key-added')[0]['data']['name']
        old = evidence.Forger(origin, pathlib.Path(f'{other.ledger}.key')).verifier
        paths = [other.folder / 'all.tar', other.folder / 'one.tar']
        for path, scope in zip(paths, (['--all'], ['--migration', '0001'])):
            answer = other.varve('export', 'evidence', *scope, '--output', path)
            self.assertEqual(answer.returncode, 0, answer.stderr)
        new = other.document('keys', 'rotate', '--reason', 'yearly')['verifier']
        for path in paths:
            said = self.expect(CANNOT_TELL, path, '--key', new, saying='NOT signed by the key')
            self.assertIn(f'The key {old.split("+")[1]} signed it', said)
            self.expect(PROVED, path, '--key', old)
            self.expect(PROVED, path, '--key', new, '--key', old)
            files = evidence.members(path)
            bare = files['checkpoint'].partition(b'\n\n')[0] + b'\n'
            stranger = evidence.Forger(origin).sign(bare)
            forged = {name: data.replace(files['checkpoint'], stranger)
                      for name, data in files.items()}
            self.forged(forged, TAMPERED, '--key', new, saying='nor by a key of the ledger')

    def test_foreign_ledger(self):
        """evidence: a whole ledger made under the name of another one is not proved with its key"""
        other = Project(cluster)
        self.addCleanup(other.remove)
        other.write('0001_t', 'CREATE TABLE t ();\n')
        self.assertEqual(other.varve('run', '--init').returncode, 0)
        path = other.folder / 'a.tar'
        answer = other.varve('export', 'evidence', '--all', '--output', path)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        owner = evidence.Forger(other.events('key-added')[0]['data']['name'])
        said = self.expect(CANNOT_TELL, path, '--key', owner.verifier,
                           saying='somebody else made the archive')
        self.assertNotIn('PROVED', said)

    def rotated(self):
        """A ledger whose first key is retired: the project, the first key, and its forger."""
        other = Project(cluster)
        self.addCleanup(other.remove)
        other.write('0001_t', 'CREATE TABLE t ();\n')
        self.assertEqual(other.varve('run', '--init').returncode, 0)
        old = other.document('keys', 'list')['keys'][0]
        origin = other.events('key-added')[0]['data']['name']
        forger = evidence.Forger(origin, pathlib.Path(f'{other.ledger}.key'))
        other.document('keys', 'rotate')
        other.document('keys', 'retire', old['key_id'])
        other.write('0002_t', 'CREATE TABLE u ();\n')
        self.assertEqual(other.varve('run').returncode, 0)
        self.assertEqual(other.varve('checkpoint').returncode, 0)
        return other, forger

    def test_retired_key(self):
        """evidence: a retired key signs nothing, and its retirement cannot be hidden from lines"""
        other, forger = self.rotated()
        path = other.folder / 'a.tar'
        answer = other.varve('export', 'evidence', '--migration', '0001', '--entries',
                             '--no-record', '--output', path)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.expect(CANNOT_TELL, path, '--key', forger.verifier, saying='ask its operator')
        files = evidence.members(path)
        new = next(line.split()[1] for line in files['keys.txt'].decode().split('\n')
                   if line.endswith('until -'))
        self.expect(PROVED, path, '--key', new)
        note = forger.sign(files['checkpoint'].partition(b'\n\n')[0] + b'\n')
        forged = {name: data.replace(files['checkpoint'], note) for name, data in files.items()}
        self.forged(forged, TAMPERED, '--key', forger.verifier, saying='does not count')
        forged['keys.txt'] = re.sub(rb'until \d+', b'until -', files['keys.txt'])
        logs = [line.split()[1] for line in forged['keys.txt'].decode().split('\n')
                if line.startswith('key ')]
        forged['policy'] = ''.join([*(f'log {log}\n' for log in logs), 'quorum none\n']).encode()
        retired = [event['position'] for event in other.events('key-retired')]
        hidden = evidence.without(forged, retired)
        self.forged(hidden, TAMPERED, '--key', forger.verifier, saying='keys.txt misstates')
        said = self.forged(evidence.without(forged, retired, entries='none'), PROVED, '--key',
                           forger.verifier)
        self.assertRegex(said, 'VERDICT.*NOT proved.*that no other key was added or retired')

    def test_second_signature(self):
        """evidence: a bad signature by a known key condemns the note, beside a good one"""
        files = evidence.members(export('--migration', '0002'))
        line = files['checkpoint'].decode().split('\n')[-2].split(' ')
        bad = evidence.flipped(base64.b64decode(line[2]), 40)
        note = files['checkpoint'] + ' '.join(
            [*line[:2], base64.b64encode(bad).decode()]).encode() + b'\n'
        forged = {name: data.replace(files['checkpoint'], note) for name, data in files.items()}
        self.forged(forged, TAMPERED, '--key', key, saying='is bad')
