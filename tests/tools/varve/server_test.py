"""A server that is shut down, restarted, a standby, promoted, or out of disk."""
import os
import signal
import subprocess
import unittest

from meddling import Meddled, Session, wait_until
from varve import Cluster, stepped

STANDBY_PORT = 55434
AT_STANDBY = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


class Server(Meddled, unittest.TestCase):
    def setUp(self):
        self.cluster = Cluster()
        self.addCleanup(self.cluster.stop)

    def project(self, *migrations):
        return stepped(self, self.cluster, *migrations)

    def test_shutdown(self):
        """shut down fast in mid-statement: exit 9, exit 11 while it is down, then the same command"""
        project = self.project('CREATE TABLE a ();', 'CREATE TABLE b ();\nSELECT pg_sleep(60);')
        process = project.start('run', '--init')
        self.wait_for(project, 'pg_sleep')
        self.cluster.control('stop', '-m', 'fast')
        out, err = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 9, out + err)
        failed, = project.events('attempt-failed')
        self.assertEqual(failed['data']['cause'], 'connection_lost')
        self.assertEqual(failed['data']['sqlstate'], '57P01')
        self.assertEqual(project.varve('run').returncode, 11)
        self.cluster.control('start')
        project.write('0002_step', 'CREATE TABLE b ();')
        self.assertEqual(project.varve('run').returncode, 0)
        self.check_whole(project, ['0001', '0002'])

    def test_smart_shutdown(self):
        """a smart shutdown lets the run go on to its end; nothing is lost by the restart"""
        project = self.project('SELECT pg_sleep(1);', 'CREATE TABLE b ();')
        process = project.start('run', '--init')
        self.wait_for(project, 'pg_sleep')
        self.cluster.control('stop', '-m', 'smart')
        out, err = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 0, out + err)
        self.cluster.control('start')
        self.assertEqual(project.varve('run').returncode, 0)
        self.check_whole(project, ['0001', '0002'])

    def test_restart(self):
        """restarted between two tries: nothing is tried without the run lock, and the next run goes on"""
        project = self.project('CREATE TABLE a ();', 'ALTER TABLE a ADD b int;')
        self.assertEqual(project.varve('run', '--init', '--count', 1).returncode, 0)
        holder = Session(self.cluster, project.database)
        self.addCleanup(holder.close)
        holder.ask('BEGIN; LOCK TABLE a')
        process = project.start('run', '--lock-timeout', '50ms', '--lock-retries', '50')
        for line in process.stderr:
            if ': try 6, in ' in line:
                break
        self.cluster.control('restart', '-m', 'fast')
        out, err = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 9, out + err)
        self.assertIn('run lock', out + err)
        self.assertEqual(project.varve('run').returncode, 0)
        self.check_whole(project, ['0001', '0002'])

    def standby(self):
        """A standby of the whole cluster, which listens in the same folder."""
        folder = self.cluster.folder
        self.cluster.owner('pg_basebackup', '-d', self.cluster.url('postgres'), '-D',
                           f'{folder}/standby', '-R', '-X', 'stream', '-c', 'fast')
        with open(f'{folder}/standby/postgresql.conf', 'a', encoding='utf-8') as settings:
            settings.write(f'port = {STANDBY_PORT}\n')
        self.cluster.control('start', data='standby')
        self.addCleanup(lambda: subprocess.run(
            ['bash', '-c', f'kill -QUIT $(head -1 {folder}/standby/postmaster.pid)'], check=False))

    def test_standby(self):
        """a standby is refused (exit 4); promoted it is run against, and history goes on"""
        project = self.project('CREATE TABLE a ();', 'CREATE TABLE b ();')
        self.assertEqual(project.varve('run', '--init', '--count', 1).returncode, 0)
        self.standby()
        port = self.cluster.url('x').split('localhost:')[1].split('/')[0]
        project.url = project.url.replace(f':{port}/', f':{STANDBY_PORT}/')
        answer = project.varve('run')
        self.assertEqual(answer.returncode, 4, answer.stderr)
        self.assertIn('error[target-read-only]', answer.stderr)
        self.assertEqual(project.varve('status').returncode, 0)
        self.assertEqual(project.varve('dry-run').returncode, 0)

        self.cluster.control('stop', '-m', 'fast')
        self.cluster.control('promote', data='standby')
        answer = project.varve('run')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertEqual([e['data']['version'] for e in project.events('attempt-succeeded')],
                         ['0001', '0002'])
        self.assertEqual(project.varve('verify').returncode, 0)

    def lose_commit(self, *words):
        """On a primary; a standby that does not have it yet answers next, and is promoted then."""
        project = self.project('CREATE TABLE a ();')
        self.assertEqual(project.varve('run', '--init').returncode, 0)
        self.standby()
        folder, url = self.cluster.folder, self.cluster.url('postgres')
        port = url.split('localhost:')[1].split('/')[0]
        there = url.replace(f':{port}/', f':{STANDBY_PORT}/')
        self.cluster.sql_at(there, 'SELECT pg_wal_replay_pause()')
        for setting in ("synchronous_standby_names = '*'", 'synchronous_commit = remote_apply'):
            self.cluster.sql('postgres', f'ALTER SYSTEM SET {setting}')
        self.cluster.sql('postgres', 'SELECT pg_reload_conf()')
        project.write('0002_b', 'CREATE TABLE b ();\nINSERT INTO b DEFAULT VALUES;')
        project.url = (f'postgresql:///{project.database}?host={folder},{folder}'
                       f'&port={port},{STANDBY_PORT}&user=postgres')
        process = project.start('run', *words)
        wait_until(lambda: self.cluster.sql('postgres', AT_STANDBY) != '0')
        # At once deaf to who connects again; a shutdown is not.
        with open(f'{folder}/data/postmaster.pid', encoding='utf-8') as postmaster:
            os.kill(int(postmaster.readline()), signal.SIGKILL)
        said = ''.join(process.communicate(timeout=60))
        self.assertEqual(process.returncode, 10, said)
        self.assertIn('it is a standby', said)
        self.assertNotIn('grant the role', said)
        self.assertEqual(project.varve('recover').returncode, 4)
        self.cluster.sql_at(there, 'SELECT pg_wal_replay_resume()')
        self.cluster.control('promote', data='standby')
        answer = project.varve('run')
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        settled = project.events('attempt-succeeded')[-1]['data']
        self.assertEqual((settled['version'], settled['settled_from']), ('0002', 'marker'))

    def test_standby_that_lags(self):
        """a lost COMMIT stays in doubt while a standby answers, and is settled once it is promoted"""
        self.lose_commit()

    def test_standby_that_lags_behind_all(self):
        """the same where migrations share a transaction"""
        self.lose_commit('--transaction', 'all')

    def absent_standby(self, project):
        """Every COMMIT that is to be durable waits from now on, until this is called again."""
        is_absent = self.cluster.sql('postgres', 'SHOW synchronous_standby_names') == ''
        project.sql(f"ALTER SYSTEM SET synchronous_standby_names = '{'nobody' * is_absent}'")
        project.sql('SELECT pg_reload_conf()')
        wait_until(lambda: (self.cluster.sql('postgres', 'SHOW synchronous_standby_names') != '')
                   == is_absent)

    def test_absent_standby(self):
        """a marker that waits for a standby says so, and a signal too; it is there in the end"""
        project = self.project('CREATE TABLE a ();', 'CREATE TABLE b ();')
        self.assertEqual(project.varve('run', '--init', '--count', 1).returncode, 0)
        self.absent_standby(project)
        process = project.start('resolve', '0002', '--mark-applied', '--reason', 'by hand')
        self.assertIn('warning: still waiting for the server', process.stderr.readline())
        process.send_signal(signal.SIGINT)
        self.assertIn('warning: asked to stop, and waiting', process.stderr.readline())
        self.absent_standby(project)
        out, err = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 0, out + err)
        self.assertEqual(project.varve('status', '--exit-code').returncode, 0)
        self.assertEqual([marker[1] for marker in project.markers()], ['0001', '0002'])

    def test_absent_standby_of_a_witness(self):
        """a checkpoint that waits for a standby is left out by a signal, and catches up later"""
        project = self.project('CREATE TABLE a ();')
        self.assertEqual(project.varve('run', '--init').returncode, 0)
        self.absent_standby(project)
        process = project.start('verify', '--record')
        self.assertIn('warning: still waiting for the server', process.stderr.readline())
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=5)
        self.assertEqual(process.returncode, 0, out + err)
        self.assertIn('not published everywhere (witness-unreachable)', err)
        self.absent_standby(project)
        self.assertEqual(project.varve('checkpoint', '--publish-again').returncode, 0)
        answer = project.varve('verify', '--witnesses', '--strict')
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)

    def test_disk(self):
        """out of disk: the migration fails cleanly with 53100, and goes through when there is room"""
        space = f'{self.cluster.folder}/space'
        os.mkdir(space)
        try:
            subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', space], check=True,
                           capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            self.skipTest(f'no file system may be mounted here: {error}')
        self.addCleanup(lambda: subprocess.run(['umount', '-l', space], check=False))
        owner = os.stat(f'{self.cluster.folder}/data')
        os.chown(space, owner.st_uid, owner.st_gid)
        self.cluster.sql('postgres', f"CREATE TABLESPACE small LOCATION '{space}'")
        project = self.project('CREATE TABLE a (t text) TABLESPACE small;\nINSERT INTO a SELECT '
                               "repeat(md5(n::text), 20) FROM generate_series(1, 12000) n;")
        answer = project.varve('run', '--init')
        self.assertEqual(answer.returncode, 9, answer.stderr)
        self.assertIn('error[53100]', answer.stderr)
        self.assertEqual(project.events('attempt-failed')[0]['data']['sqlstate'], '53100')
        self.assertEqual(project.sql("SELECT to_regclass('a')"), '')
        subprocess.run(['mount', '-o', 'remount,size=64m', space], check=True)
        self.assertEqual(project.varve('run').returncode, 0)
        self.check_whole(project, ['0001'])
        project.sql('DROP TABLE a')


if __name__ == '__main__':
    unittest.main()
