"""What was left open is settled by the database it was left in: not by another, nor by one that has
lost its markers, nor by one that was restored from before it."""
import subprocess
import unittest

from fault_scenarios import OFF, RUN
from faults import Faulty
from varve import CLEAN, Cluster, Project

HALF = OFF + 'CREATE TABLE half (id int);\nINSERT INTO half SELECT 1 / count(*) FROM a;\n'


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class AnotherDatabase(unittest.TestCase):
    def project(self, kind=Faulty):
        project = kind(cluster)
        self.addCleanup(project.remove)
        project.write('0001_a', 'CREATE TABLE a (id int);\n', 'DROP TABLE a;\n')
        return project

    def killed(self, at):
        project = self.project()
        project.write('0002_b', 'CREATE TABLE b (id int);\n')
        self.assertTrue(project.kill_at(at, *RUN))
        return project

    def moved(self, project):
        """To a database of its own, and back with the function that is returned."""
        first, other = project.url, cluster.new_database()
        project.url = cluster.url(other)

        def back():
            project.url = first
        return back

    def refused(self, project, reason, *words):
        size = len(project.events())
        error = project.document(*words)['error']
        self.assertEqual(error['reason'], reason, error)
        self.assertEqual([e for e in project.events()[size:]
                          if not e['type'].startswith(('run-refused', 'checkpoint'))], [])
        return error

    def applied(self, project):
        state = project.document('status')['targets'][0]
        return [m['version'] for m in state['migrations'] if m['state'] == 'applied']

    def test_wrong_url(self):
        """an attempt in doubt stays in doubt while the URL leads elsewhere"""
        project = self.killed('commit-answered')
        back = self.moved(project)
        for words in (('recover',), ('run',), ('rollback',),
                      ('resolve', '1', '--mark-unapplied', '--reason', 'x')):
            error = self.refused(project, 'database-differs', *words)
            self.assertIn(f'database "{project.database}"', error['detail'])
        gates = project.document('dry-run', '--no-rehearsal')['gates']
        self.assertIn(('settle', False), [(g['gate'], g['passed']) for g in gates])
        back()
        self.assertEqual(project.varve('recover').returncode, 0)
        self.assertEqual(self.applied(project), ['0001'])
        self.assertEqual(project.varve('run').returncode, 0)
        self.assertEqual(self.applied(project), ['0001', '0002'])

    def test_moved_for_good(self):
        """a person says that the target is another database from now on"""
        project = self.killed('commit-answered')
        self.moved(project)
        answer = project.varve('resolve', '--all', '--adopt', '--reason', 'made anew')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertIn('from now on', answer.stdout)
        moved = project.events('target-registered')
        self.assertEqual(len(moved), 2)
        self.assertEqual(self.applied(project), [])
        self.assertEqual(project.varve('run').returncode, 0)
        self.assertEqual(self.applied(project), ['0001', '0002'])

    def test_markers_owed(self):
        """what a baseline still owes is written to the database it was taken of"""
        project = self.project()
        self.assertTrue(project.kill_at('ledger-committed:3', 'baseline', '1', '--init',
                                        '--reason', 'x') or
                        project.kill_at('ledger-committed:2', 'baseline', '1', '--reason', 'x'))
        owed = [e for e in project.events() if e['type'].startswith(('baseline', 'migration-ado'))]
        if not owed:
            self.skipTest('killed before its events')
        back = self.moved(project)
        self.refused(project, 'database-differs', 'run')
        back()
        self.assertEqual(project.varve('run').returncode, 0)
        self.assertEqual([m[1] for m in project.markers()], ['0001'])

    def test_markers_gone(self):
        """without the marker table nothing tells what became of an attempt"""
        project = self.killed('commit-answered')
        project.sql('ALTER SCHEMA varve RENAME TO kept')
        for verb in ('recover', 'run'):
            self.refused(project, 'markers-gone', verb)
        project.sql('ALTER SCHEMA kept RENAME TO varve')
        self.assertEqual(project.varve('run').returncode, 0)
        self.assertEqual(self.applied(project), ['0001', '0002'])

    def test_markers_gone_for_good(self):
        """a person says that the target is as it is"""
        project = self.killed('commit-answered')
        project.sql('DROP SCHEMA varve CASCADE; DROP TABLE a')
        size = len(project.events())
        answer = project.varve('resolve', '--all', '--adopt', '--reason', 'restored')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertIn('Decided (adopt): the marker table is gone', answer.stdout)
        kept = [e for e in project.events()[size:] if e['type'].startswith('difference-resolved')]
        self.assertEqual([(e['data']['version'], e['data']['kind']) for e in kept],
                         [('0001', 'in_doubt')])
        self.assertEqual(project.varve('run').returncode, 0)
        self.assertEqual(self.applied(project), ['0001', '0002'])

    def half(self):
        project = self.project(Project)
        self.assertEqual(project.varve(*RUN).returncode, 0)
        project.write('0002_half', HALF)
        self.assertEqual(project.varve('run').returncode, 9)
        return project

    def test_restored_from_before_a_half(self):
        """a script does not go on after statements that the target does not have"""
        project = self.half()
        project.sql("DELETE FROM varve.__migrations_metadata WHERE version = '0002';"
                    'DROP TABLE half; INSERT INTO a VALUES (1)')
        error = self.refused(project, 'difference-behind', 'run')
        self.assertIn('1 of 2 statements of "0002" are applied', error['detail'])
        self.assertEqual(project.varve('resolve', '2', '--mark-unapplied', '--reason',
                                       'restored').returncode, 0)
        self.assertEqual(project.varve('run').returncode, 0)
        self.assertEqual(project.sql('SELECT count(*) FROM half'), '1')

    def test_half_of_somebody_else(self):
        """half of a script that another ledger began is not begun again, nor adopted"""
        project = self.half()
        project.sql('INSERT INTO a VALUES (1)')
        project.ledger = project.folder / 'other'
        self.assertEqual(project.document('run', '--init')['error']['reason'], 'difference-ahead')
        project.varve('resolve', '--all', '--adopt', '--reason', 'x')
        error = project.document('run')['error']
        self.assertEqual(error['reason'], 'difference-behind', error)
        self.assertIn('1 of 2 statements of "0002" are applied', error['detail'])
        self.assertEqual(project.varve('resolve', '2', '--mark-applied', '--reason',
                                       'finished by hand').returncode, 0)
        self.assertEqual(project.varve('run').returncode, 0)

    def test_restored_from_before_a_correction(self):
        """the marker of another text is no marker of what was applied"""
        project = self.project(Project)
        project.write('0002_b', 'CREATE TABLE wrong (id int);\n', 'DROP TABLE wrong;\n')
        self.assertEqual(project.varve(*RUN).returncode, 0)
        kept = project.sql("SELECT attempt_id FROM varve.__migrations_metadata ORDER BY applied_at")
        self.assertEqual(project.varve('rollback').returncode, 0)
        project.write('0002_b', 'CREATE TABLE right_one (id int);\n')
        self.assertEqual(project.varve('run').returncode, 0)
        ids = "','".join(kept.splitlines())
        project.sql(f"DELETE FROM varve.__migrations_metadata WHERE attempt_id NOT IN ('{ids}');"
                    'ALTER TABLE right_one RENAME TO wrong')
        error = self.refused(project, 'difference-behind', 'run')
        self.assertIn('another text', error['detail'])

    def test_restored_witness(self):
        """a restored target is asked for what it has taken since; what is removed there is a fault"""
        project = self.project(Project)
        self.assertEqual(project.varve('run', '--init').returncode, 0)
        dump = project.folder / 'dump'
        subprocess.run(['pg_dump', '-Fc', '-d', project.url, '-f', dump], check=True, env=CLEAN)
        for words in (('rollback', '--steps', '1', '--yes'), ('run',)):
            self.assertEqual(project.varve(*words).returncode, 0)
        self.moved(project)
        subprocess.run(['pg_restore', '-d', project.url, dump], check=True, env=CLEAN)
        taken = project.varve('resolve', '--all', '--adopt', '--reason', 'restored')
        self.assertEqual(taken.returncode, 0, taken.stdout + taken.stderr)
        project.varve('checkpoint', '--publish-again')
        asked = project.varve('verify', '--witnesses', '--strict')
        self.assertEqual(asked.returncode, 0, asked.stdout + asked.stderr)
        self.assertIn('taken by the database that this target was before event', asked.stdout)
        cluster.sql(f'e2e_{cluster.databases}',
                    'DELETE FROM varve.checkpoint WHERE seen_at = '
                    '(SELECT max(seen_at) FROM varve.checkpoint)')
        asked = project.varve('verify', '--witnesses', '--strict')
        self.assertEqual(asked.returncode, 7, asked.stdout + asked.stderr)
        self.assertIn('is gone: removed there', asked.stdout + asked.stderr)

    def held(self, project):
        """How many checkpoints the database has, of whatever ledger; None without their schema."""
        if not project.sql("SELECT to_regnamespace('varve')"):
            return None
        return int(project.sql('SELECT count(*) FROM varve.checkpoint'))

    def agrees(self, project):
        asked = project.varve('verify', '--witnesses', '--strict')
        self.assertEqual(asked.returncode, 0, asked.stdout + asked.stderr)
        return asked.stdout

    def test_refused_is_no_witness(self):
        """a database that was refused as another is given no checkpoint, and nothing is made there"""
        project = self.project(Project)
        self.assertEqual(project.varve('run', '--init').returncode, 0)
        back = self.moved(project)
        other = f'e2e_{cluster.databases}'
        for _ in range(2):
            self.refused(project, 'difference-behind', 'run')
        warned = project.varve('checkpoint', '--publish-again')
        self.assertEqual(warned.returncode, 1, warned.stderr)
        self.assertIn('witness-unreachable', warned.stderr)
        self.assertIn(f'this is database "{other}"', warned.stderr)
        self.assertEqual(cluster.sql(other, "SELECT to_regnamespace('varve')"), '')
        back()
        project.write('0002_b', 'CREATE TABLE b (id int);\n')
        self.assertEqual(project.varve('run').returncode, 0)
        self.agrees(project)

    def test_unknown_target(self):
        """nor is one that is reached under the name of a target that the ledger does not know"""
        project = self.project(Project)
        self.assertEqual(project.varve('run', '--init', '--env', 'first').returncode, 0)
        self.moved(project)
        project.database = f'e2e_{cluster.databases}'
        for words in (('export', 'evidence', '--all', '--output', project.folder / 'a.tar'),
                      ('verify', '--record'), ('review', '--ack', '--reason', 'seen'),
                      ('keys', 'rotate', '--reason', 'x'), ('checkpoint', '--publish-again')):
            answer = project.varve(*words)
            self.assertEqual(answer.returncode, 0, f'{words} {answer.stdout}{answer.stderr}')
            self.assertIsNone(self.held(project), words)
        self.assertEqual(project.varve('run').returncode, 0)  # the first of a target of its own
        self.assertEqual(self.held(project), 1)
        self.agrees(project)

    def test_physical_copy(self):
        """nor is one that has the target's identity and lacks what the ledger says that it has"""
        project = self.project(Project)
        self.assertEqual(project.varve('run', '--init').returncode, 0)
        held = self.held(project)
        project.write('0002_b', 'CREATE TABLE b (id int);\n')
        self.assertEqual(project.varve('run').returncode, 0)
        newest = "FROM varve.__migrations_metadata WHERE version = '0002'"
        project.sql(f'CREATE TABLE kept AS SELECT * {newest}; DELETE {newest}')
        given = self.held(project)
        self.assertGreater(given, held)
        for _ in range(2):
            self.refused(project, 'difference-behind', 'run')
        self.assertEqual(self.held(project), given)
        project.sql('INSERT INTO varve.__migrations_metadata TABLE kept; DROP TABLE kept')
        project.write('0003_c', 'CREATE TABLE c (id int);\n')
        self.assertEqual(project.varve('run').returncode, 0)
        self.agrees(project)

    def test_slip_of_environment(self):
        """nor is one that is another environment's, or another project's"""
        project = self.project(Project)
        project.ledger.with_name('varve.toml').write_text(
            '[environments.one]\n[environments.two]\n', encoding='utf-8')
        self.assertEqual(project.varve('run', '--init', '--env', 'one').returncode, 0)
        held = self.held(project)
        for _ in range(2):
            self.refused(project, 'difference-cloned', 'run', '--env', 'two')
        self.assertEqual(self.held(project), held)
        kept, project.ledger = project.ledger, project.folder / 'other'
        self.assertEqual(project.varve('run', '--init', '--env', 'one').returncode, 7)
        self.refused(project, 'difference-ahead', 'run', '--env', 'one')
        self.assertEqual(self.held(project), held)
        self.assertEqual(project.varve('resolve', '--all', '--adopt', '--env', 'one', '--reason',
                                       'taken over').returncode, 0)
        self.assertEqual(self.held(project), held + 1)
        project.ledger = kept
        self.assertEqual([e for e in project.events('checkpoint-witnessed')
                          if e['data']['witness'] == 'two'], [])

    def test_renamed_schema(self):
        """nor is a schema made anew that has another name now, and can be given back its own"""
        project = self.project(Project)
        self.assertEqual(project.varve('run', '--init').returncode, 0)
        project.sql('ALTER SCHEMA varve RENAME TO kept')
        for _ in range(2):
            self.refused(project, 'difference-behind', 'run')
        self.assertIsNone(self.held(project))
        project.sql('ALTER SCHEMA kept RENAME TO varve')
        project.write('0002_b', 'CREATE TABLE b (id int);\n')
        self.assertEqual(project.varve('run').returncode, 0)
        self.agrees(project)

    def test_put_back(self):
        """verify --witnesses: what a restored target lost is told, once a person has decided on it"""
        project = self.project(Project)
        for name in 'bc':
            project.write(f'000{"abc".index(name) + 1}_{name}', f'CREATE TABLE {name} (id int);\n')
        self.assertEqual(project.varve('run', '--init', '--count', '1').returncode, 0)
        tables = ('__migrations_metadata', 'checkpoint')
        for table in tables:
            project.sql(f'CREATE TABLE kept_{table} AS TABLE varve.{table}')
        for _ in range(2):
            self.assertEqual(project.varve('run', '--count', '1').returncode, 0)
        project.varve('checkpoint', '--publish-again')
        for table in tables:
            project.sql(f'DELETE FROM varve.{table}; INSERT INTO varve.{table} '
                        f'TABLE kept_{table}; DROP TABLE kept_{table}')
        project.sql('DROP TABLE b, c')
        self.refused(project, 'difference-behind', 'run')
        asked = project.varve('verify', '--witnesses', '--strict')
        self.assertEqual(asked.returncode, 7, asked.stdout + asked.stderr)
        decided = project.varve('resolve', '--all', '--kind', 'behind', '--mark-unapplied',
                                '--reason', 'restored')
        self.assertEqual(decided.returncode, 0, decided.stdout + decided.stderr)
        self.assertEqual(project.varve('run').returncode, 0)
        event = project.events('difference-resolved')[0]['position']
        self.assertIn(f'(restored from a backup), as event {event} decides', self.agrees(project))
        project.varve('checkpoint', '--publish-again')
        project.sql('DELETE FROM varve.checkpoint WHERE size = '
                    '(SELECT max(size) FROM varve.checkpoint)')
        asked = project.varve('verify', '--witnesses', '--strict')
        self.assertEqual(asked.returncode, 7, asked.stdout + asked.stderr)

    def test_lost_schema(self):
        """verify --witnesses: who has lost its whole schema is told of until a person decides"""
        project = self.project(Project)
        for words in (('run', '--init'), ('rollback', '--yes'), ('run',)):
            self.assertEqual(project.varve(*words).returncode, 0)
        project.varve('checkpoint', '--publish-again')
        project.sql('DROP SCHEMA varve CASCADE')
        asked = project.varve('verify', '--witnesses', '--strict')
        self.assertEqual(asked.returncode, 7, asked.stdout + asked.stderr)
        project.varve('checkpoint', '--publish-again')
        asked = project.varve('verify', '--witnesses', '--strict')
        self.assertEqual(asked.returncode, 7, asked.stdout + asked.stderr)
        project.sql('DROP SCHEMA varve CASCADE')
        decided = project.varve('resolve', '--all', '--mark-applied', '--reason', 'dropped by hand')
        self.assertEqual(decided.returncode, 0, decided.stdout + decided.stderr)
        event = project.events('difference-resolved')[0]['position']
        asked = project.varve('verify', '--witnesses', '--strict')
        self.assertEqual(asked.returncode, 0, asked.stdout + asked.stderr)
        self.assertIn(f'gone with the markers that this target goes on without since event {event}',
                      asked.stdout)
        project.varve('checkpoint', '--publish-again')
        project.sql('DELETE FROM varve.checkpoint')
        asked = project.varve('verify', '--witnesses', '--strict')
        self.assertEqual(asked.returncode, 7, asked.stdout + asked.stderr)

    def test_other_schema(self):
        """verify --witnesses: a target is asked in the schema in which the ledger has its rows"""
        project = self.project(Project)
        toml = project.folder / 'varve.toml'
        toml.write_text('[run]\nmarker_schema = "tenant"\n', encoding='utf-8')
        self.assertEqual(project.varve('run', '--init').returncode, 0)
        project.varve('checkpoint', '--publish-again')
        toml.unlink()
        asked = project.varve('verify', '--witnesses', '--strict')
        self.assertEqual(asked.returncode, 0, asked.stdout + asked.stderr)
        self.assertIn('asked in schema "tenant"', asked.stdout)
        self.assertEqual(project.sql("SELECT to_regnamespace('varve')"), '')
        project.sql('DELETE FROM tenant.checkpoint')
        asked = project.varve('verify', '--witnesses', '--strict')
        self.assertEqual(asked.returncode, 7, asked.stdout + asked.stderr)
        self.assertIn('asked in schema "tenant"', asked.stdout)

    def test_hidden_markers(self):
        """row security on the marker table is refused, instead of reading as an empty table"""
        project = self.killed('commit-answered')
        project.sql('CREATE ROLE hidden LOGIN; GRANT ALL ON SCHEMA public, varve TO hidden;'
                    'GRANT ALL ON ALL TABLES IN SCHEMA varve TO hidden;'
                    'ALTER TABLE varve.__migrations_metadata ENABLE ROW LEVEL SECURITY')
        owner, project.url = project.url, project.url + '&user=hidden'
        for verb in ('recover', 'run'):
            self.refused(project, 'markers-hidden', verb)
        project.url = owner
        self.assertEqual(project.varve('run').returncode, 0)
        self.assertEqual(self.applied(project), ['0001', '0002'])


if __name__ == '__main__':
    unittest.main()
