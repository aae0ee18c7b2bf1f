"""What a target's witness table may lack: what a restore explains, and nothing else."""
import json
import subprocess
import unittest
import uuid

from varve import CLEAN, Answers, Cluster, Project

MARKERS, ROWS = 'varve.__migrations_metadata', 'varve.checkpoint'


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class WitnessLosses(Answers, unittest.TestCase):
    def project(self, count=3):
        """As many runs of one migration each; the database as it was dumped after the first."""
        project = Project(cluster)
        self.addCleanup(project.remove)
        for number in range(1, count + 1):
            project.write(f'000{number}_t', f'CREATE TABLE t{number} (id int);\n',
                          f'DROP TABLE t{number};\n')
            self.done(project, *(('run', '--init') if number == 1 else ('run',)))
            if number == 1:
                self.dumped = subprocess.run(['pg_dump', '-d', project.url], check=True, text=True,
                                             capture_output=True, env=CLEAN).stdout
        return project

    def restore(self, project):
        project.sql('DROP SCHEMA varve CASCADE; DROP TABLE IF EXISTS t1, t2, t3;' + self.dumped)

    def sizes(self, project):
        held = project.sql(f'SELECT size FROM {ROWS} ORDER BY size')
        return [int(size) for size in held.split()]

    def recorded(self, project):
        """The newest that the ledger says the target has taken."""
        return project.events('checkpoint-witnessed')[-1]['data']['size']

    def missed(self, project, size):
        """What is told where that is the newest that is missed."""
        told = self.done(project, 'verify', '--witnesses', '--strict', code=7)
        self.assertIn(f'the checkpoint of {size} events', told)
        self.assertIn('is gone: removed there', told)
        return told

    def whole(self, project):
        return self.done(project, 'verify', '--witnesses', '--strict')

    def foreign_marker(self, project):
        changed = json.dumps({'ledger_id': str(uuid.uuid4()), 'attempt_id': str(uuid.uuid4()),
                              'version': '0009'})
        project.sql(f"INSERT INTO {MARKERS} SELECT (jsonb_populate_record(m, '{changed}')).* "
                    f"FROM {MARKERS} m WHERE version = '0001'")

    def test_foreign_marker(self):
        """verify --witnesses: taking over another ledger's marker excuses no row that is gone"""
        project = self.project()
        first, second, third = self.sizes(project)
        self.foreign_marker(project)
        self.assertIn('difference-ahead', str(project.document('run')))
        self.assertEqual(self.sizes(project)[-1], third)  # a refused database is given none
        self.done(project, 'resolve', '--all', '--kind', 'ahead', '--adopt')
        self.done(project, 'checkpoint', '--publish-again')
        given = self.sizes(project)[-1]
        self.assertGreater(given, third)
        self.whole(project)
        project.sql(f'CREATE TABLE kept AS TABLE {ROWS}')

        def without(sizes):
            project.sql(f'DELETE FROM {ROWS}; INSERT INTO {ROWS} TABLE kept; '
                        f'DELETE FROM {ROWS} WHERE size IN ({sizes})')
        for sizes in (f'{first}, {second}, {third}, {given}', f'{second}, {third}', f'{given}'):
            without(sizes)
            told = self.missed(project, sizes.rsplit(', ', 1)[-1])
            self.assertNotIn('restored from a backup', told)
            self.assertNotIn('that was refused', told)

    def test_lost_marker(self):
        """verify --witnesses: nor does a decision on one lost marker"""
        for decision, version in (('--mark-applied', '3'), ('--mark-unapplied', '2')):
            project = self.project()
            newest = self.recorded(project)
            project.sql(f"DELETE FROM {MARKERS} WHERE version = '000{version}'; DELETE FROM {ROWS}")
            self.missed(project, newest)
            self.done(project, 'resolve', version, decision)
            self.assertNotIn('restored from a backup', self.missed(project, newest))

    def test_restored(self):
        """verify --witnesses: what a restored target lost is told; what it took since is missed"""
        project = self.project()
        lost = self.recorded(project)
        self.restore(project)
        self.done(project, 'verify', '--record')  # gives it a checkpoint before anybody looks
        self.assertIn('difference-behind', str(project.document('run')))
        self.missed(project, lost)
        self.done(project, 'resolve', '2', '--mark-unapplied')
        self.missed(project, lost)  # what came later stands, as far as anybody knows
        self.done(project, 'resolve', '3', '--mark-unapplied')
        event = project.events('difference-resolved')[0]['position']
        self.assertIn(f'(restored from a backup), as event {event} decides (and 1 after it)',
                      self.whole(project))
        self.done(project, 'run')
        self.assertIn('restored from a backup', self.whole(project))
        given = self.recorded(project)
        project.sql(f'DELETE FROM {ROWS} WHERE size = {given}')
        self.missed(project, given)

    def test_restored_from_before_a_rollback(self):
        """verify --witnesses: so is what one lost that is of before a rollback"""
        project = self.project(count=1)
        self.done(project, 'rollback', '--yes')
        self.done(project, 'run')
        self.done(project, 'rollback', '--yes')
        lost = self.recorded(project)
        self.restore(project)
        self.assertIn('difference-ahead', str(project.document('run')))
        self.missed(project, lost)
        self.done(project, 'resolve', '1', '--mark-unapplied')
        self.assertIn('restored from a backup', self.whole(project))

    def test_given_after_another_was_refused(self):
        """verify --witnesses: what the target took after another database was refused is its own"""
        project = self.project(count=1)
        own, project.url = project.url, cluster.url(cluster.new_database())
        self.assertIn('difference-behind', str(project.document('run')))
        project.url = own
        self.done(project, 'checkpoint', '--publish-again')
        newest = self.sizes(project)[-1]
        self.whole(project)
        project.sql(f'DELETE FROM {ROWS} WHERE size = {newest}')
        self.assertNotIn('that was refused', self.missed(project, newest))

    def test_named_by_events_alone(self):
        """verify --witnesses --strict: one that only the ledger's events name is told, or left out by name"""
        project = Project(cluster)
        self.addCleanup(project.remove)
        folder = project.folder / 'kept'
        folder.mkdir()
        toml = project.folder / 'varve.toml'
        toml.write_text(f'[checkpoints]\nfolder = "{folder}"\n', encoding='utf-8')
        project.write('0001_t', 'CREATE TABLE t (id int);\n')
        self.done(project, 'run', '--init')
        project.write('0002_u', 'CREATE TABLE u (id int);\n')
        self.done(project, 'run')  # and says what was given away by the run before
        self.done(project, 'verify', '--witnesses', '--strict')
        toml.write_text('', encoding='utf-8')
        strict = ('verify', '--witnesses', '--strict')
        answer = project.varve(*strict)
        self.assertEqual(answer.returncode, 11, answer.stdout + answer.stderr)
        self.assertIn(f'folder {folder} was not asked: event ', answer.stdout)
        self.assertEqual(project.varve('verify', '--witnesses').returncode, 0)
        self.done(project, *strict, '--without', f'folder {folder}')
        self.assertEqual(project.varve(*strict, '--without', 'folder /no/such').returncode, 2)
        moved = folder.rename(project.folder / 'moved')
        toml.write_text(f'[checkpoints]\nfolder = "{moved}"\n', encoding='utf-8')
        self.done(project, *strict)


if __name__ == '__main__':
    unittest.main()
