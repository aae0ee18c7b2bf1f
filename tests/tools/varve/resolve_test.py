"""Differences between ledger, target and files, decided by a person; and a baseline."""
import unittest

from varve import Cluster, Project

WHY = ('--reason', 'looked at it', '--ticket', 'OPS-9')


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class Case(unittest.TestCase):
    def project(self, count=2):
        project = Project(cluster)
        self.addCleanup(project.remove)
        for number in range(1, count + 1):
            project.write(f'000{number}_t{number}', f'CREATE TABLE t{number} (id int);\n',
                          f'DROP TABLE t{number};\n')
        return project

    def expect(self, code, answer):
        self.assertEqual(answer.returncode, code, answer.stdout + answer.stderr)
        return answer

    def applied(self):
        project = self.project()
        self.expect(0, project.varve('run', '--init'))
        return project

    def settled(self, project):
        """Nothing is left to decide, the ledger is whole, and what was decided is in it."""
        answer = self.expect(0, project.varve('run'))
        self.assertIn('Nothing to do', answer.stdout)
        self.expect(0, project.varve('verify'))
        for event in project.events('difference-resolved'):
            self.assertEqual(event['reason'], 'looked at it')
            self.assertEqual(event['ticket'], 'OPS-9')


class Deciding(Case):
    def undone(self, project):
        """What a plain rollback undoes."""
        self.expect(0, project.varve('rollback', '--yes'))
        return [e['data']['version'] for e in project.events('attempt-succeeded')][-1]

    def test_lost_marker(self):
        """resolve: what lost its marker alone keeps its place, and rollback undoes the newest"""
        project = self.applied()
        project.sql("DELETE FROM varve.__migrations_metadata WHERE version = '0001'")
        self.expect(7, project.varve('run'))
        self.expect(0, project.varve('resolve', '0001', '--mark-applied', *WHY))
        self.settled(project)
        self.assertEqual(self.undone(project), '0002')

    def test_lost_ledger(self):
        """resolve: after the ledger is lost, everything is adopted in the order in which it was applied"""
        project = Project(cluster)
        self.addCleanup(project.remove)
        for version in (1, 2, 10):
            for kind, sql in (('V', f'CREATE TABLE t{version} (id int);'), ('U', f'DROP TABLE t{version};')):
                (project.migrations / f'{kind}{version}__t.sql').write_text(sql, encoding='utf-8')
        self.expect(0, project.varve('run', '--init'))
        project.ledger.rename(project.folder / 'lost')
        project.ledger.with_name('ledger.key').unlink()
        self.expect(0, project.varve('init'))
        self.expect(0, project.varve('resolve', '--all', '--adopt', *WHY))
        scripts = project.document('replay', '--sql')['scripts']
        self.assertEqual([script['version'] for script in scripts], ['1', '2', '10'])
        self.settled(project)
        self.assertEqual([self.undone(project) for _ in range(3)], ['10', '2', '1'])

    def test_renamed_and_named_both(self):
        """resolve: of a renamed file, named by both its versions, each is decided once"""
        project = self.applied()
        for end in ('up', 'down'):
            (project.migrations / f'0001_t1.{end}.sql').rename(project.migrations / f'00010_t1.{end}.sql')
        project.write('0000_t0', 'CREATE TABLE t0 (id int);\n')
        self.expect(0, project.varve('resolve', '00010', '0001', '--mark-applied', *WHY))
        decided = [(e['data']['version'], e['data']['resolution']) for e in project.events('difference-resolved')]
        self.assertEqual(sorted(decided), [('0001', 'mark_unapplied'), ('00010', 'mark_applied')])

    def test_pasted(self):
        """resolve, rollback: the commands that are told name the environment that they are about"""
        project = self.project(1)
        self.expect(0, project.varve('run', '--init', '--env', 'production'))
        project.write('0001_t1', 'CREATE TABLE t1 (id bigint);\n', 'DROP TABLE other;\n')
        answer = self.expect(7, project.varve('run', '--env', 'production'))
        self.assertIn('varve resolve --env production', answer.stderr)
        self.expect(0, project.varve('resolve', '0001', '--accept-digest', '--env', 'production', *WHY))
        answer = self.expect(9, project.varve('rollback', '--yes', '--env', 'production'))
        self.assertRegex(answer.stdout, r'then: varve rollback --env production .*--only 0001')

    def test_changed(self):
        """resolve: an edited file is accepted, with both digests on record"""
        project = self.applied()
        project.write('0001_t1', '-- a comment\nCREATE TABLE t1 (id int);\n')
        answer = self.expect(7, project.varve('run'))
        self.assertIn('resolve', answer.stderr)
        answer = self.expect(2, project.varve('resolve', '0001', '--accept-digest'))
        self.assertIn('--reason', answer.stderr)
        self.expect(2, project.varve('resolve', '0001', '--adopt', *WHY))
        self.expect(0, project.varve('resolve', '0001', '--accept-digest', *WHY))
        event, = project.events('difference-resolved')
        self.assertEqual(event['data']['kind'], 'changed')
        self.assertNotEqual(event['data']['digest'], event['data']['previous_digest'])
        self.settled(project)

    def test_missing(self):
        """resolve: a file that is gone may stay away"""
        project = self.applied()
        (project.migrations / '0001_t1.up.sql').unlink()
        (project.migrations / '0001_t1.down.sql').unlink()
        self.expect(7, project.varve('run'))
        self.expect(0, project.varve('resolve', '0001', '--adopt', *WHY))
        self.settled(project)
        self.expect(0, project.varve('rollback', '--to', '0'))
        self.assertEqual(project.sql("SELECT count(*) FROM pg_tables WHERE tablename ~ '^t[12]$'"),
                         '0')

    def test_missing_in_part(self):
        """resolve: half of a script whose file is gone cannot be adopted, and what is told works"""
        project = self.project(1)
        project.write('0002_b', '-- varve: transaction off\nCREATE TABLE b (x int);\n'
                      'INSERT INTO b SELECT 1 / 0;\nCREATE INDEX ON b (x);\n')
        self.expect(9, project.varve('run', '--init'))
        (project.migrations / '0002_b.up.sql').unlink()
        said = self.expect(7, project.varve('run')).stderr
        self.assertIn('(1 of 3 statements), but its file is gone', said)
        self.assertRegex(said, r'varve show .*content:[0-9a-f]{64} has its text')
        self.expect(2, project.varve('resolve', '0002', '--adopt', *WHY))
        project.sql('DROP TABLE b')
        self.expect(0, project.varve('resolve', '0002', '--mark-unapplied', *WHY))
        self.settled(project)

    def test_late(self):
        """resolve: a late migration may come late"""
        project = self.project(1)
        project.write('0003_t3', 'CREATE TABLE t3 ();\n')
        self.expect(0, project.varve('run', '--init'))
        project.write('0002_t2', 'CREATE TABLE t2 ();\n')
        self.expect(4, project.varve('run'))
        self.expect(0, project.varve('resolve', '0002', '--adopt', *WHY))
        self.expect(0, project.varve('run'))
        self.assertEqual(project.sql("SELECT to_regclass('t2')"), 't2')
        self.settled(project)

    def test_behind(self):
        """resolve: a target restored from an older backup has its migrations run again"""
        project = self.project(1)
        self.expect(0, project.varve('run', '--init'))
        old = project.sql('SELECT attempt_id FROM varve.__migrations_metadata')
        project.write('0002_t2', 'CREATE TABLE t2 (id int);\n')
        self.expect(0, project.varve('run'))
        project.sql(f"DROP TABLE t2; DELETE FROM varve.__migrations_metadata "
                    f"WHERE attempt_id <> '{old}'")
        self.expect(7, project.varve('run'))
        self.expect(0, project.varve('resolve', '--all', '--mark-unapplied', *WHY))
        self.expect(0, project.varve('run'))
        self.assertEqual(project.sql("SELECT to_regclass('t2')"), 't2')
        self.settled(project)

    def test_cloned(self):
        """resolve: a copy of production is adopted as staging, in the same ledger"""
        project = self.applied()
        copy = cluster.new_database()
        cluster.sql('postgres', f'DROP DATABASE {copy}')
        cluster.sql('postgres', f'CREATE DATABASE {copy} TEMPLATE {project.database}')
        project.url = cluster.url(copy)
        project.write('0003_t3', 'CREATE TABLE t3 ();\n')
        staging = ('--env', 'staging')
        (project.folder / 'varve.toml').write_text('[environments.staging]\n')
        self.expect(7, project.varve('run', *staging))
        self.expect(0, project.varve('resolve', '--all', '--adopt', *WHY, *staging))
        self.expect(0, project.varve('run', *staging))
        self.assertEqual(len(project.events('difference-resolved')), 2)
        answer = self.expect(0, project.varve('run', *staging))
        self.assertIn('Nothing to do', answer.stdout)

    def test_ahead(self):
        """resolve: what another ledger has applied is taken over"""
        project = self.applied()
        project.ledger = project.folder / 'another'
        self.expect(7, project.varve('run', '--init'))
        self.expect(0, project.varve('resolve', '--all', '--adopt', *WHY))
        self.settled(project)

    def test_done_outside(self):
        """resolve: what was done by hand is told, and not done again"""
        project = self.project()
        project.sql('CREATE TABLE t1 (id int)')
        self.expect(9, project.varve('run', '--init'))
        self.expect(0, project.varve('resolve', '0001', '--mark-applied', *WHY))
        self.expect(0, project.varve('run'))
        self.settled(project)
        document = project.document('resolve', '0001', '--mark-unapplied', *WHY)
        self.assertEqual(document['decisions'][0]['kind'], 'none')
        self.assertIn('pending', project.varve('status').stdout)

    def test_in_doubt(self):
        """resolve: a person says what became of a statement that the catalog cannot tell"""
        project = self.project(1)
        self.expect(0, project.varve('run', '--init'))
        project.write('0002_call', '-- varve: transaction off\n'
                      'CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO t1 VALUES (1);'
                      ' COMMIT; PERFORM pg_sleep(3); END $$;\nCALL p();\nCREATE TABLE t2 ();\n')
        process = project.start('run')
        for _ in range(200):
            if project.sql('SELECT count(*) FROM t1') == '1':
                break
        process.kill()
        process.communicate()
        project.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE query ~ 'CALL p' AND pid <> pg_backend_pid()")
        self.expect(10, project.varve('run'))
        self.expect(0, project.varve('resolve', '0002', '--mark-applied', *WHY))
        self.expect(0, project.varve('run'))
        self.assertEqual(project.sql('SELECT count(*) FROM t1'), '1')
        self.assertEqual(project.sql("SELECT to_regclass('t2')"), 't2')
        self.settled(project)


class Baseline(Case):
    def test_baseline(self):
        """baseline: a database that is already there is taken over, once"""
        project = self.project(3)
        project.sql('CREATE TABLE t1 (id int); CREATE TABLE t2 (id int)')
        self.expect(2, project.varve('baseline', '0002', '--init'))
        self.expect(2, project.varve('baseline', '0009', '--init', *WHY))
        self.expect(0, project.varve('baseline', '0002', *WHY))
        self.assertIn('baseline', project.varve('status').stdout)
        self.expect(4, project.varve('baseline', '0003', *WHY))
        self.expect(0, project.varve('run'))
        self.assertEqual(project.sql("SELECT to_regclass('t3')"), 't3')
        self.assertEqual(len(project.events('migration-adopted')), 2)
        self.settled(project)


if __name__ == '__main__':
    unittest.main()
