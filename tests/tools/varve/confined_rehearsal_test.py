"""A rehearsal changes nothing but its own databases, whatever its scripts reach for."""
import ctypes
import pathlib
import tempfile
import unittest

from varve import Cluster, Project

SERVER = """CREATE EXTENSION postgres_fdw;
CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '{folder}', port '{port}', dbname '{name}');
CREATE USER MAPPING FOR CURRENT_USER SERVER far OPTIONS (user 'postgres');
CREATE FOREIGN TABLE there (v int) SERVER far OPTIONS (table_name 'real');
"""


def kernel_confines():
    """Whether this kernel, and what we run in, lets a process give up what it may do."""
    landlock_create_ruleset, version_of_it = 444, 1
    return (ctypes.CDLL(None).syscall(landlock_create_ruleset, None, 0, version_of_it) > 0
            and pathlib.Path('/proc/sys/kernel/seccomp/actions_avail').exists())


confined = unittest.skipUnless(kernel_confines(), 'no Landlock or no seccomp here: nothing is confined')


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class Confined(unittest.TestCase):
    def setUp(self):
        self.project = Project(cluster)
        self.addCleanup(self.project.remove)
        self.far = cluster.new_database()
        cluster.sql(self.far, 'CREATE TABLE real (v int); INSERT INTO real VALUES (7)')
        self.project.write('0001_far', SERVER.format(
            folder=self.project.sql('SHOW unix_socket_directories').split(',')[0],
            port=self.project.sql('SHOW port'), name=self.far))
        self.outside = pathlib.Path(tempfile.mkdtemp(prefix='varve-outside.'))
        self.outside.chmod(0o777)
        self.addCleanup(self.remove_outside)

    def remove_outside(self):
        for path in self.outside.iterdir():
            path.unlink()
        self.outside.rmdir()

    def rows_there(self):
        return cluster.sql(self.far, 'SELECT v FROM real ORDER BY v').splitlines()

    @confined
    def test_foreign_tables(self):
        """dry-run: rows of a foreign table stay what they are, and the statements are told as not rehearsed"""
        self.project.write('0002_rows', 'INSERT INTO there VALUES (1);\nINSERT INTO there VALUES (2);\n'
                                        'CREATE TABLE here (v int);\nDELETE FROM there;',
                           'DELETE FROM there; DROP TABLE here;')
        document = self.project.document('dry-run')
        left_out = [each['kind'] for each in document['statements'] if each['not_run']]
        self.assertEqual(left_out, ['insert', 'insert', 'delete'])
        self.assertEqual({each['not_run'] for each in document['statements']},
                         {None, 'it asks another server'})
        tested = self.project.varve('test', '--rollback', '--idempotency')
        self.assertEqual(tested.returncode, 0, tested.stdout + tested.stderr)
        self.assertIn('down: not run: line 1: it asks another server', tested.stdout)
        self.assertEqual(self.rows_there(), ['7'])

    @confined
    def test_history(self):
        """dry-run: history that wrote to a foreign table is not written there again"""
        self.project.write('0002_rows', 'INSERT INTO there VALUES (1);', 'DELETE FROM there WHERE v = 1;')
        self.assertEqual(self.project.varve('run', '--init').returncode, 0)
        self.project.write('0003_more', 'CREATE TABLE more (v int);')
        answer = self.project.varve('dry-run')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertIn('not done on the shadow: it asks another server', answer.stdout)
        self.assertEqual(self.project.varve('dry-run', '--rollback').returncode, 0)
        self.assertEqual(self.rows_there(), ['1', '7'])

    @confined
    def test_files_and_programs(self):
        """dry-run: code that runs programs, writes files or connects elsewhere does none of that"""
        self.project.write('0002_code', f"""CREATE EXTENSION dblink;
DO $$ BEGIN COPY (SELECT 1) TO PROGRAM 'cat > {self.outside}/ran'; END $$;
DO $$ BEGIN COPY (SELECT 1) TO '{self.outside}/copied'; END $$;
DO $$ DECLARE o oid := lo_from_bytea(0, 'x'); BEGIN PERFORM lo_export(o, '{self.outside}/large'); END $$;
SELECT dblink_exec('host=' || split_part(current_setting('unix_socket_directories'), ',', 1) || ' user=postgres dbname=postgres', 'SELECT 1');
CREATE TABLE after_all (v int);
""")
        document = self.project.document('dry-run')
        file = 'it reads or writes files of the server, or runs programs there'
        self.assertEqual([each['not_run'] for each in document['statements']][-6:],
                         [None, file, file, file, 'it asks another server', None])
        self.assertEqual(list(self.outside.iterdir()), [])

    def test_role(self):
        """dry-run: a role that a script takes on is made, and may do what the script does as that role"""
        cluster.sql('postgres', 'CREATE ROLE deployer; GRANT pg_read_all_data TO deployer')
        self.addCleanup(cluster.sql, 'postgres', 'DROP ROLE deployer')
        self.addCleanup(self.project.sql, 'DROP OWNED BY deployer')
        self.project.sql('GRANT CREATE ON SCHEMA public TO deployer')
        self.project.write('0002_role', 'SET ROLE deployer; CREATE TABLE as_role (id int); RESET ROLE;\n'
                                        'SET SESSION AUTHORIZATION deployer; CREATE TABLE as_user (id int);')
        answer = self.project.varve('dry-run')
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.assertEqual(answer.stdout.count('the role "deployer" is made on the shadow'), 1)
        self.assertEqual(self.project.varve('run', '--init').returncode, 0)


if __name__ == '__main__':
    unittest.main()
