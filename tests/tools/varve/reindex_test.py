"""What an interrupted REINDEX CONCURRENTLY leaves, wherever it has built, is gone once it has been done."""
import signal
import unittest

from meddling import Session, wait_until
from varve import Cluster, stepped

MADE = ('CREATE TABLE big AS SELECT g id, md5(g::text) t FROM generate_series(1, 100) g;\n'
        'CREATE INDEX big_t ON big (t);\n'
        'CREATE TABLE pt (id int) PARTITION BY RANGE (id);\n'
        'CREATE TABLE pt1 PARTITION OF pt FOR VALUES FROM (0) TO (100);\n'
        'CREATE INDEX pti ON pt (id);\n'
        'CREATE TABLE side AS SELECT 1 id;\n')
INVALID = 'SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid ORDER BY 1'


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class Reindex(unittest.TestCase):
    def interrupted(self, statement, prepare=''):
        """A project whose REINDEX was ended while it waited for who reads the tables."""
        project = stepped(self, cluster, MADE, statement)
        self.assertEqual(project.varve('run', '--init', '--count', '1').returncode, 0)
        project.sql(prepare)
        before = project.sql(INVALID)
        reader = Session(cluster, project.database)
        self.addCleanup(reader.close)
        reader.ask('BEGIN; LOCK TABLE big, pt, pt1 IN ACCESS SHARE MODE')
        process = project.start('run')
        wait_until(lambda: project.sql("SELECT count(*) FROM pg_locks WHERE NOT granted") != '0')
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        self.assertNotEqual(project.sql(INVALID), before)
        reader.ask('COMMIT')
        return project

    def test_everywhere(self):
        """REINDEX CONCURRENTLY of a table, a partitioned one or its index, a schema, a database"""
        for what in ('TABLE CONCURRENTLY big', 'TABLE CONCURRENTLY pt', 'INDEX CONCURRENTLY pti',
                     'SCHEMA CONCURRENTLY public', 'DATABASE CONCURRENTLY {}'):
            with self.subTest(what):
                project = self.interrupted(f'REINDEX {what.format(f"e2e_{cluster.databases + 1}")};')
                answer = project.varve('run')
                self.assertEqual(answer.returncode, 0, answer.stderr)
                self.assertEqual(project.sql(INVALID), '')

    def test_not_ours(self):
        """an invalid index that was there before stays, and so does one of another name or table"""
        invalid = ("UPDATE pg_index SET indisvalid = false WHERE indexrelid IN "
                   "('older_ccnew'::regclass, 'other'::regclass)")
        project = self.interrupted('REINDEX TABLE CONCURRENTLY big;',
                                   'CREATE INDEX older_ccnew ON big (id);'
                                   f'CREATE INDEX other ON pt1 (id); {invalid}')
        project.sql('CREATE INDEX side_ccnew ON side (id); UPDATE pg_index SET indisvalid = false '
                    "WHERE indexrelid = 'side_ccnew'::regclass")
        answer = project.varve('run')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertEqual(project.sql(INVALID).split(), ['older_ccnew', 'other', 'side_ccnew'])

    def test_anothers_copy(self):
        """a copy of another index than those that are rebuilt stays, and so does what only looks like one"""
        def invalid(name, table):
            return (f'CREATE INDEX {name} ON {table} (id); UPDATE pg_index SET indisvalid = false '
                    f"WHERE indexrelid = '{name}'::regclass; ")
        for what, left in (('INDEX CONCURRENTLY big_t', ['big_ccnew', 'other_ccold1']),
                           ('SCHEMA CONCURRENTLY public', ['big_ccnew', 'big_t_ccnew9', 'mine_ccnew'])):
            with self.subTest(what):
                project = self.interrupted(f'REINDEX {what};', 'CREATE INDEX other ON big (id);')
                project.sql(''.join(invalid(name, 'big' if name in ('big_ccnew', 'other_ccold1') else 'side')
                                    for name in left))
                answer = project.varve('run')
                self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
                self.assertEqual(project.sql(INVALID).split(), left)

    def test_long_names(self):
        """a copy whose name the server had to cut is known as one, also where it cut at a character's end"""
        for name in ('n' * 63, 'n' * 58, 'n' * 57, 'é' * 31, '€' * 21):
            with self.subTest(name):
                project = self.interrupted(f'REINDEX INDEX CONCURRENTLY {name};',
                                           f'CREATE INDEX {name} ON big (id)')
                answer = project.varve('run')
                self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
                self.assertEqual(project.sql(INVALID), '')

    def test_no_right(self):
        """who may not drop the index of a TOAST table is told that it stays, and goes on"""
        project = self.interrupted('REINDEX TABLE CONCURRENTLY big;')
        project.sql(f'CREATE ROLE plain_{project.database} LOGIN; '
                    f'ALTER TABLE big OWNER TO plain_{project.database}; '
                    f'GRANT ALL ON SCHEMA varve, public TO plain_{project.database}; '
                    f'GRANT ALL ON ALL TABLES IN SCHEMA varve TO plain_{project.database}')
        project.url = project.url.replace('postgres@', f'plain_{project.database}@')
        answer = project.varve('run')
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.assertIn('of an earlier try stays', answer.stdout + answer.stderr)
        self.assertIn('pg_toast', project.sql(INVALID))


if __name__ == '__main__':
    unittest.main()
