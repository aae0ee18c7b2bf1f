"""What a rehearsal leaves: nothing, be it killed, out of room, or on a server that was named."""
import glob
import os
import pathlib
import signal
import subprocess
import unittest

from varve import PROGRAM
from rehearsed import Case, begin, end


def setUpModule():
    begin()


def tearDownModule():
    end()


class Left(Case):
    @unittest.skipUnless(os.geteuid() == 0, 'only root can mount')
    def test_full(self):
        """dry-run FILE: a shadow whose disk is full is no word on the script: exit 1, and the folder's name"""
        place = self.folder / 'small'
        place.mkdir()
        if subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=75m,mode=1777', 'tmpfs', place],
                          capture_output=True, check=False).returncode:
            self.skipTest('nothing can be mounted here')
        self.addCleanup(subprocess.run, ['umount', '-l', place], check=True)
        file = self.write('a.sql', 'CREATE TABLE a(t text);\nINSERT INTO a SELECT repeat(md5(g::text), 30) '
                          'FROM generate_series(1, 120000) g;\n')
        (self.folder / 'none.sql').write_text('SELECT 1;\n', encoding='utf-8')
        for words in ((file,), ('--history', file, 'none.sql')):
            answer = self.run_program(*words, environment={**self.environment, 'TMPDIR': str(place)})
            self.assertEqual(answer.returncode, 1, answer.stdout + answer.stderr)
            self.assertIn('error[shadow-failed]', answer.stderr)
            self.assertIn(f'make room in {place}', answer.stderr)
            self.assertEqual(list(place.iterdir()), [])

    def test_named_server(self):
        """TEST_DATABASE_URL: databases of its own on that server, dropped again, roles too"""
        environment = {**self.environment, 'TEST_DATABASE_URL': self.cluster.url('postgres')}
        only = self.statements(self.write('a.sql', 'CREATE ROLE passing;\n'), environment=environment)
        self.assertIsNone(only[0]['error'])
        self.assertEqual(self.cluster.sql('postgres', "SELECT count(*) FROM pg_database WHERE datname LIKE 'varve%'"),
                         '0')
        self.assertEqual(self.cluster.sql('postgres', "SELECT count(*) FROM pg_roles WHERE rolname = 'passing'"), '0')
        changed = self.statements(self.write('b.sql', 'ALTER ROLE postgres NOLOGIN;\n'), environment=environment)
        self.assertIn('not ours', changed[0]['not_run'])

    def test_named_server_code(self):
        """TEST_DATABASE_URL: code that would change that server's databases and roles is not sent"""
        environment = {**self.environment, 'TEST_DATABASE_URL': self.cluster.url('postgres')}
        self.cluster.sql('postgres', 'CREATE ROLE steady')
        self.addCleanup(self.cluster.sql, 'postgres', 'DROP ROLE steady')
        of_server = lambda: self.cluster.sql(
            'postgres', 'SELECT array_agg((rolname, rolsuper)::text ORDER BY rolname), (SELECT array_agg(s::text) '
            'FROM pg_db_role_setting s), (SELECT array_agg((datname, datacl)::text ORDER BY datname) FROM pg_database), '
            '(SELECT count(*) FROM pg_shdescription) FROM pg_roles')
        before = of_server()
        told = self.statements(self.write('a.sql', """
            DO $$ BEGIN EXECUTE 'ALTER DATABASE postgres SET timezone = ''Asia/Tokyo'''; END $$;
            DO $$ BEGIN GRANT CREATE ON DATABASE postgres TO steady; END $$;
            DO $$ BEGIN EXECUTE format('COMMENT ON DATABASE %I IS ''hi''', 'postgres'); END $$;
            DO $$ BEGIN ALTER ROLE steady SUPERUSER; ALTER ROLE steady SET work_mem = '64MB'; END $$;
            CREATE FUNCTION raise_it() RETURNS void LANGUAGE plpgsql AS 'BEGIN ALTER ROLE steady SUPERUSER; END';
            SELECT raise_it();
            DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'passing') THEN
                CREATE ROLE passing; END IF; END $$;
            CREATE TABLE t (id int);
            GRANT SELECT ON t TO passing;
            """), environment=environment)
        self.assertEqual([bool(each['not_run']) for each in told],
                         [True] * 4 + [False, True] + [False] * 3)
        self.assertIn('not ours', told[0]['not_run'])
        self.assertEqual([each['error'] for each in told], [None] * 9)
        self.assertEqual(of_server(), before)

    def test_named_server_left(self):
        """TEST_DATABASE_URL: what is killed leaves no statement running there"""
        program = subprocess.Popen([str(PROGRAM), 'dry-run', self.write('a.sql', 'SELECT pg_sleep(600);\n')],
                                   env={**self.environment, 'TEST_DATABASE_URL': self.cluster.url('postgres')},
                                   cwd=self.folder, stdout=subprocess.DEVNULL)
        sleeping = lambda: self.cluster.sql('postgres', "SELECT count(*) FROM pg_stat_activity "
                                       "WHERE query LIKE 'SELECT pg_sleep(600)%' AND state = 'active'")
        self.wait_for(lambda: sleeping() == '1', 'it does not rehearse')
        program.kill()
        program.wait()
        self.wait_for(lambda: sleeping() == '0', 'it still runs')

    def sleeping(self):
        """The program in the middle of a long rehearsal, and its server's process."""
        program = subprocess.Popen([str(PROGRAM), 'dry-run', self.write('a.sql', 'SELECT pg_sleep(600);\n')],
                                   env=self.environment, cwd=self.folder, stdout=subprocess.DEVNULL)
        pid_files = lambda: glob.glob(str(self.folder / 'varve-shadow.*/data/postmaster.pid'))
        ready = lambda: pid_files() and 'ready' in pathlib.Path(pid_files()[0]).read_text(encoding='utf-8')
        self.wait_for(ready, 'no server was started')
        server = int(pathlib.Path(pid_files()[0]).read_text(encoding='utf-8').split()[0])
        # Not before: one that ends while it starts is taken for a broken cache, and started again.
        titles = lambda: subprocess.run(['ps', '--ppid', str(server), '-o', 'args='], capture_output=True, text=True,
                                        check=False).stdout
        self.wait_for(lambda: '] SELECT' in titles(), 'it does not rehearse')
        return program, server

    def test_killed(self):
        """SIGKILL while it rehearses: the server and its folder are gone"""
        program, server = self.sleeping()
        program.send_signal(signal.SIGKILL)
        program.wait()
        self.wait_for(lambda: not pathlib.Path(f'/proc/{server}').exists(), 'the server lives on')
        self.wait_for(lambda: not self.left(), 'the folder is still there')

    def test_keeper_killed(self):
        """the keeper killed: the server ends, and a later rehearsal sweeps the folder"""
        program, server = self.sleeping()
        keeper = int(pathlib.Path(f'/proc/{server}/stat').read_text(encoding='utf-8').rsplit(')')[1].split()[1])
        os.kill(keeper, signal.SIGKILL)
        self.wait_for(lambda: not pathlib.Path(f'/proc/{server}').exists(), 'the server lives on')
        program.wait(timeout=30)
        folder, = self.left()
        os.utime(folder, (0, 0))
        self.statements(self.write('b.sql', 'SELECT 1;\n'))
        self.assertEqual(self.left(), [])

    def test_broken_cache(self):
        """a cached data folder that is broken is made again"""
        self.statements(self.write('a.sql', 'SELECT 1;\n'))
        control, = glob.glob(f'{self.cache}/varve/shadow/*/global/pg_control')
        pathlib.Path(control).write_bytes(b'')
        self.statements(self.write('a.sql', 'SELECT 1;\n'))
        self.assertGreater(os.path.getsize(control), 0)
