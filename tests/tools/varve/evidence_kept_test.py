"""A bundle held against a checkpoint that was kept: a history written anew is found out."""
import shutil
import unittest

import evidence
from evidence_sample import CANNOT_TELL, PROVED, TAMPERED, Case, export, ready, verifier_key
from varve import Project


def setUpModule():
    global cluster, sample, folder, key
    cluster, sample, folder, key = ready()


class Kept(Case):
    def keep(self, note, name='kept'):
        path = folder / f'{name}.checkpoint'
        path.write_text(note, encoding='utf-8')
        return path

    def notes(self, project):
        return [event['data']['note'] for event in project.events('checkpoint-signed')]

    def ledger(self):
        project = Project(cluster)
        self.addCleanup(project.remove)
        project.write('0001_t', 'CREATE TABLE t ();\n')
        self.done(project, 'run', '--init')
        added = project.events('key-added')[0]['data']
        return project, verifier_key(added['name'], bytes.fromhex(added['public_key']))

    def done(self, project, *words, code=0):
        answer = project.varve(*words)
        self.assertEqual(answer.returncode, code, answer.stdout + answer.stderr)

    def bundle(self, project):
        path = project.folder / f'{len(list(project.folder.glob("*.tar")))}.tar'
        self.done(project, 'export', 'evidence', '--all', '--no-record', '--output', path)
        return path

    def test_begins_so(self):
        """evidence: whatever was signed before is where the ledger begins"""
        path = export('--migration', '0002')  # maybe of before the newest checkpoint
        own = evidence.members(path)['checkpoint'].decode()
        sizes = {int(note.split('\n')[1]): note for note in self.notes(sample) + [own]}
        words = [word for size, note in sizes.items() if size <= int(own.split('\n')[1])
                 for word in ('--old', self.keep(note, f'kept{size}'))]
        said = self.expect(PROVED, path, '--key', key, *words, saying='where this ledger begins')
        self.assertNotIn('anew', said)
        self.expect(PROVED, path, '--key', key, '--old', self.keep(own))
        said = self.expect(PROVED, path, '--key', key)
        self.assertRegex(said, 'NOT proved.*wrote the history anew.*--old')

    def test_written_anew(self):
        """evidence: a ledger that was wound back, and signed anew with its own key, is found out"""
        project, own = self.ledger()
        shutil.copytree(project.ledger, project.folder / 'before')
        project.write('0002_t', 'CREATE TABLE u ();\n')
        self.done(project, 'run')
        true = self.keep(self.notes(project)[-1])
        path = self.bundle(project)
        self.expect(PROVED, path, '--key', own, '--old', true)
        shutil.rmtree(project.ledger)
        (project.folder / 'before').rename(project.ledger)
        project.sql('DROP TABLE u; DELETE FROM varve.__migrations_metadata '
                    "WHERE version = '0002'; DROP TABLE varve.checkpoint")
        shorter = self.bundle(project)
        self.expect(CANNOT_TELL, shorter, '--key', own, '--old', true, saying='was cut off')
        for _ in range(4):
            project.write('0002_t', 'CREATE TABLE v ();\n')
            self.done(project, 'run')
            self.done(project, 'review', '--ack', '--reason', 'nothing to see')
        anew = self.bundle(project)
        self.expect(PROVED, anew, '--key', own, saying='--old')
        said = self.expect(TAMPERED, anew, '--key', own, '--old', true)
        self.assertIn('its history was written anew', said)
        self.expect(TAMPERED, anew, '--old', true)

    def test_nothing_told(self):
        """evidence: what is no checkpoint of this ledger, or not signed by it, tells nothing"""
        path, note = export('--migration', '0002'), self.notes(sample)[0]
        other, _ = self.ledger()
        text = note.partition('\n\n')[0] + '\n'
        stranger = evidence.Forger(text.split('\n')[0]).sign(text.encode()).decode()
        for kept, word in ((self.notes(other)[0], 'of another ledger'), (stranger, 'not signed'),
                           (note.replace(note.split('\n')[2], 'A' * 43 + '='), 'bad signature'),
                           ('garbage', 'no signed note')):
            self.expect(CANNOT_TELL, path, '--key', key, '--old', self.keep(kept), saying=word)
        said = self.expect(CANNOT_TELL, path, '--key', key, '--old', folder / 'nowhere')
        self.assertNotIn('Errno', said)

    def test_lost(self):
        """evidence: of events whose loss was accepted a kept checkpoint shows nothing"""
        project, own = self.ledger()
        self.done(project, 'ledger', 'backup', 'copy')
        project.write('0002_t', 'CREATE TABLE u ();\n')
        self.done(project, 'run')
        true = self.keep(self.notes(project)[-1])
        self.done(project, 'ledger', 'restore', 'copy', '--replace', code=7)
        self.done(project, 'ledger', 'restore', '--accept-loss', '--reason', 'disk died')
        self.expect(CANNOT_TELL, self.bundle(project), '--key', own, '--old', true,
                    saying='are lost')


if __name__ == '__main__':
    unittest.main()
