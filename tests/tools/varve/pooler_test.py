"""PgBouncer between the program and the server."""
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import unittest

from meddling import Meddled, wait_until
from varve import Cluster, Project

PROGRAM = shutil.which('pgbouncer') or shutil.which('pgbouncer', path='/usr/sbin')
PORT = 55435


@unittest.skipUnless(PROGRAM, 'there is no pgbouncer')
class Pooler(Meddled, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster()
        cls.addClassCleanup(cls.cluster.stop)

    def pool(self, mode, *settings):
        """A project whose URL is that of a PgBouncer in that mode."""
        project = Project(self.cluster)
        self.addCleanup(project.remove)
        folder = pathlib.Path(tempfile.mkdtemp(prefix='varve-pooler.'))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        port = self.cluster.sql('postgres', 'SHOW port')
        (folder / 'users').write_text('"postgres" ""\n')
        (folder / 'ini').write_text('\n'.join((
            '[databases]', f'* = host={self.cluster.folder} port={port} user=postgres',
            '[pgbouncer]', f'unix_socket_dir = {folder}', f'listen_port = {PORT}', 'listen_addr =',
            'auth_type = trust', f'auth_file = {folder}/users', f'pool_mode = {mode}',
            f'logfile = {folder}/log', *settings, '')))
        user = None
        if os.geteuid() == 0:  # which it refuses to be
            user = pwd.getpwnam('postgres')
            os.chown(folder, user.pw_uid, user.pw_gid)
        process = subprocess.Popen([PROGRAM, '-q', str(folder / 'ini')], user=user and user.pw_uid,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.send_signal, signal.SIGTERM)
        wait_until(lambda: (folder / f'.s.PGSQL.{PORT}').exists())
        project.direct = project.url
        project.url = f'postgresql://postgres@localhost:{PORT}/{project.database}?host={folder}'
        project.write('0001_step', 'CREATE TABLE a (id int);')
        project.write('0002_step', 'CREATE INDEX CONCURRENTLY i ON a (id);')
        return project

    def test_refused(self):
        """a transaction pooler is recognised and refused with advice (exit 2), whatever it lets pass"""
        for settings in ((), ('ignore_startup_parameters = options',)):
            with self.subTest(settings):
                project = self.pool('transaction', *settings)
                answer = project.varve('run', '--init')
                self.assertEqual(answer.returncode, 2, answer.stderr)
                self.assertIn('error[pooler-found]', answer.stderr)
                self.assertIn('is a connection pooler', answer.stderr)
                self.assertIn('connect to the server itself', answer.stderr)
                self.assertIn('pooler = "session"', answer.stderr)

    def test_said_to_keep_sessions(self):
        """a transaction pooler that is said to keep sessions is refused before it is left anything"""
        project = self.pool('transaction')
        (project.folder / 'varve.toml').write_text('[environments.development]\npooler = "session"\n')
        for words in (('run', '--init', '--lock-timeout', '7s'), ('dry-run',),
                      ('test', '--integrity'), ('test', '--shadow-from', 'target')):
            with self.subTest(words):
                answer = project.varve(*words)
                self.assertEqual(answer.returncode, 2, answer.stdout + answer.stderr)
                self.assertIn('error[pooler-found]', answer.stderr)
                self.assertIn('keeps no sessions', answer.stderr)
                if words[0] == 'run':
                    self.assertIn('said to keep them: pooler = "session"', answer.stderr)
                self.assertEqual(self.advisory_locks(project), 0)
        left = self.cluster.sql_at(project.url, 'SHOW lock_timeout; '
                                                'SHOW default_transaction_read_only')
        self.assertEqual(left, '0\noff')

    def test_said_nothing_of(self):
        """of a pooler of which nothing is said, it is not claimed that something is"""
        project = self.pool('transaction')
        answer = project.varve('test', '--integrity')
        self.assertEqual(answer.returncode, 2, answer.stdout + answer.stderr)
        self.assertIn('error[pooler-found]', answer.stderr)
        self.assertNotIn('pooler = "session"', answer.stderr)

    def test_session(self):
        """a pooler that is said to keep sessions is worked through, and its sessions left clean"""
        project = self.pool('session')
        (project.folder / 'varve.toml').write_text('[environments.development]\npooler = "session"\n')
        answer = project.varve('run', '--init')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        project.write('0003_step', "CREATE TABLE seen AS SELECT current_setting('lock_timeout') l;")
        self.assertEqual(project.varve('run', '--lock-timeout', '7s').returncode, 0)
        self.assertEqual(project.sql('SELECT l FROM seen'), '7s')
        wait_until(lambda: self.advisory_locks(project) == 0)
        self.check_whole(project, ['0001', '0002', '0003'])


if __name__ == '__main__':
    unittest.main()
