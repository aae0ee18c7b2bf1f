"""A network that goes away: a proxy that cuts or falls silent, and packets that are really lost."""
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time
import unittest

from meddling import Meddled, Proxy, wait_until
from varve import CLEAN, Cluster, PROGRAM, Project

SOAK = os.environ.get('VARVE_SOAK') == '1'
NAMESPACE = f'varve-{os.getpid()}'
OURS, THEIRS = '10.213.77.1', '10.213.77.2'


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


def ip(*words):
    subprocess.run(['ip', *words], check=True, capture_output=True)


class InCommit:
    """What is done once the first COMMIT after a marker is through."""

    def __init__(self, what):
        self.what, self.marked, self.done = what, False, False

    def __call__(self, data):
        self.marked = self.marked or b'INSERT INTO "varve".__migrations_metadata' in data
        if self.done or not self.marked or b'\0COMMIT\0' not in data:
            return None
        self.done = True
        return self.what


class Network(Meddled, unittest.TestCase):
    def project(self, *migrations, trigger=None):
        project = Project(cluster)
        self.addCleanup(project.remove)
        for number, text in enumerate(migrations, 1):
            project.write(f'{number:04d}_step', text)
        proxy = Proxy(cluster, trigger)
        self.addCleanup(proxy.close)
        project.direct, project.url = project.url, proxy.url(cluster, project.database)
        return project, proxy

    def test_statement(self):
        """cut in mid-statement: nothing of it stays (exit 9), and the same command goes on"""
        project, proxy = self.project('CREATE TABLE a ();', 'CREATE TABLE b ();\nSELECT pg_sleep(60);')
        process = project.start('run', '--init')
        self.wait_for(project, 'pg_sleep')
        proxy.cut()
        out, err = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 9, out + err)
        failed, = project.events('attempt-failed')
        self.assertEqual(failed['data']['cause'], 'connection_lost')
        wait_until(lambda: not self.runs(project, 'pg_sleep'), 5)  # the server looks every 2 s
        project.write('0002_step', 'CREATE TABLE b ();')
        self.assertEqual(project.varve('run').returncode, 0)
        self.check_whole(project, ['0001', '0002'])

    def test_bare(self):
        """cut in a concurrent build: settled at once, and one valid index in the end"""
        project, proxy = self.project('CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);',
                                      'CREATE FUNCTION slow(int) RETURNS int IMMUTABLE LANGUAGE plpgsql '
                                      "AS 'BEGIN PERFORM pg_sleep(3); RETURN $1; END';",
                                      'CREATE INDEX CONCURRENTLY i ON a (slow(id));')
        process = project.start('run', '--init')
        self.wait_for(project, 'CREATE INDEX CONCURRENTLY')
        proxy.cut()
        out, err = process.communicate(timeout=40)
        # The server ends the build when it has noticed, every 2 s, unless the build ends before that.
        self.assertIn(process.returncode, (0, 9), out + err)
        settled = [e['data'].get('settled_from') for e in
                   project.events('attempt-succeeded') + project.events('attempt-failed')]
        self.assertTrue(any(settled), settled)
        answer = project.varve('run')
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.assertEqual(project.sql("SELECT string_agg(indexrelid::regclass || ' ' || indisvalid, "
                                     "',') FROM pg_index WHERE indrelid = 'a'::regclass"), 'i true')
        self.check_whole(project, ['0001', '0002', '0003'])

    def test_commit(self):
        """cut in COMMIT: settled at once from the marker, where the server answers again"""
        project, _ = self.project('CREATE TABLE a ();', trigger=InCommit('cut'))
        process = project.start('run', '--init')
        out, err = process.communicate(timeout=40)
        self.assertEqual(process.returncode, 0, out + err)
        succeeded, = project.events('attempt-succeeded')
        self.assertEqual(succeeded['data']['settled_from'], 'marker')
        project.url = project.direct
        self.check_whole(project, ['0001'])

    def test_held_commit(self):
        """the answer to a COMMIT is kept back: that session is left, and it is settled from the marker"""
        project, proxy = self.project()
        project.write('0001_step', 'CREATE TABLE a ();', 'DROP TABLE a;')
        project.write('0002_step', 'CREATE TABLE b ();', 'DROP TABLE b;')
        for words in (('run', '--init'), ('rollback', '--to', '0', '--yes')):
            proxy.trigger = InCommit('hold')
            out, err = project.start(*words).communicate(timeout=40)
            self.assertIn('still waiting for the server\'s answer', err)
            self.assertIn('as its marker tells', out + err)
            project.varve(*words)
        self.assertEqual(len(project.events('attempt-succeeded')), 4)
        self.check_whole(project, ['0001', '0001', '0002', '0002'])

    def test_silence(self):
        """silence in mid-statement: given up within 10 seconds (exit 9), and nothing of it stays"""
        project, proxy = self.project('CREATE TABLE a ();\nSELECT pg_sleep(2);')
        project.url += '&options=-c%20idle_in_transaction_session_timeout%3D4s'
        process = project.start('run', '--init')
        self.wait_for(project, 'pg_sleep')
        proxy.freeze()
        began = time.monotonic()
        out, err = process.communicate(timeout=30)
        self.assertLess(time.monotonic() - began, 11)
        self.assertEqual(process.returncode, 9, out + err)
        self.assertIn('does not answer any more', out + err)
        project.url = project.direct
        self.assertEqual(project.varve('run').returncode, 0)
        self.check_whole(project, ['0001'])

    @unittest.skipUnless(SOAK, 'half a minute: with VARVE_SOAK=1')
    def test_silent_commit(self):
        """silence in COMMIT: in doubt (exit 10) while the server does not answer, then settled"""
        project, _ = self.project('CREATE TABLE a ();', trigger=InCommit('freeze'))
        process = project.start('run', '--init')
        out, err = process.communicate(timeout=90)
        self.assertEqual(process.returncode, 10, out + err)
        project.url = project.direct
        answer = project.varve('recover')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertIn('had happened', answer.stdout)
        self.check_whole(project, ['0001'])


class Packets(Meddled, unittest.TestCase):
    """The program in a network namespace, the server outside; the link between them goes down."""

    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(lambda: subprocess.run(['ip', 'netns', 'del', NAMESPACE],
                                                   capture_output=True))
        try:
            ip('netns', 'add', NAMESPACE)
            ip('link', 'add', f'v{os.getpid()}', 'type', 'veth', 'peer', 'name', 'eth0',
               'netns', NAMESPACE)
            ip('addr', 'add', f'{OURS}/24', 'dev', f'v{os.getpid()}')
            ip('link', 'set', f'v{os.getpid()}', 'up')
            ip('-n', NAMESPACE, 'addr', 'add', f'{THEIRS}/24', 'dev', 'eth0')
            ip('-n', NAMESPACE, 'link', 'set', 'eth0', 'up')
        except (OSError, subprocess.CalledProcessError) as error:
            raise unittest.SkipTest(f'no network namespace may be made here: {error}') from error
        cls.cluster = Cluster()
        cls.addClassCleanup(cls.cluster.stop)
        cls.cluster.sql('postgres', f"ALTER SYSTEM SET listen_addresses = '{OURS}'")
        with open(f'{cls.cluster.folder}/data/pg_hba.conf', 'a', encoding='utf-8') as rules:
            rules.write(f'host all all {THEIRS}/32 trust\n')
        cls.cluster.control('restart')

    def test_packets(self):
        """packets are lost in mid-statement: both sides give up within 10 seconds, and run again"""
        project = Project(self.cluster)
        self.addCleanup(project.remove)
        project.write('0001_step', 'CREATE TABLE a ();\nSELECT pg_sleep(60);')
        port = project.cluster.sql('postgres', 'SHOW port')
        project.url = f'postgresql://postgres@{OURS}:{port}/{project.database}'
        command = ['ip', 'netns', 'exec', NAMESPACE, *project.arguments('run', '--init')]
        process = subprocess.Popen(command, env=CLEAN, cwd=project.folder, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.wait_for(project, 'pg_sleep')
        # Silence: neither side is told, as with a cable that is cut somewhere on the way.
        ip('-n', NAMESPACE, 'neigh', 'replace', OURS, 'lladdr', '02:00:00:00:00:01', 'dev', 'eth0')
        ip('neigh', 'replace', THEIRS, 'lladdr', '02:00:00:00:00:02', 'dev', f'v{os.getpid()}')
        began = time.monotonic()
        wait_until(lambda: not self.has_run_lock(project), 10)
        print(f'        the run lock was free after {time.monotonic() - began:.1f} s')
        out, err = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 9, out + err)
        self.assertLess(time.monotonic() - began, 15)
        wait_until(lambda: not self.runs(project, 'pg_sleep'), 15)
        ip('-n', NAMESPACE, 'neigh', 'del', OURS, 'dev', 'eth0')
        ip('neigh', 'del', THEIRS, 'dev', f'v{os.getpid()}')
        project.write('0001_step', 'CREATE TABLE a ();')
        answer = subprocess.run(command, env=CLEAN, cwd=project.folder, text=True,
                                capture_output=True, timeout=60)
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.check_whole(project, ['0001'])


class Passwords(unittest.TestCase):
    def answer(self, listener):
        """As a server that wants a password, and no TLS."""
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                if connection.recv(4096)[4:] == struct.pack('>HH', 1234, 5679):
                    connection.sendall(b'N')
                    connection.recv(4096)
                connection.sendall(b'R' + struct.pack('>ii', 8, 3))
                connection.recv(4096)

    def test_none(self):
        """where the server wants a password and none is given, it is said where to put it"""
        folder = tempfile.mkdtemp(prefix='varve-password.')
        self.addCleanup(shutil.rmtree, folder)
        os.mkdir(f'{folder}/migrations')
        with socket.create_server(('127.0.0.1', 0)) as listener:
            server = threading.Thread(target=self.answer, args=(listener,), daemon=True)
            server.start()
            url = f'postgresql://somebody@127.0.0.1:{listener.getsockname()[1]}/db'
            answer = subprocess.run([str(PROGRAM), 'run', '--init', '--url', url], cwd=folder, text=True,
                                    env={**CLEAN, 'HOME': folder}, capture_output=True, timeout=60)
            listener.shutdown(socket.SHUT_RDWR)
            server.join(timeout=10)
        self.assertEqual(answer.returncode, 11, answer.stdout + answer.stderr)
        self.assertIn('target-unreachable', answer.stderr)
        self.assertIn('.pgpass', answer.stderr)


if __name__ == '__main__':
    unittest.main()
