"""What stands between the program and the server and meddles, and who looks on from beside."""
import os
import pathlib
import select
import shutil
import socket
import subprocess
import tempfile
import threading
import time

from varve import CLEAN

RUN_LOCK = "locktype = 'advisory' AND classid = 1986097782 AND objid = 1 AND objsubid = 2 AND granted"


def wait_until(condition, seconds=20.0, pause=0.02):
    """How long it took; an AssertionError where it never came true."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            raise AssertionError(f'not within {seconds} s')
        time.sleep(pause)
    return time.monotonic() - began


class Session:
    """A person with psql, who keeps a session open."""

    def __init__(self, cluster, database, name='psql'):
        self.process = subprocess.Popen(
            ['psql', '-X', '-qAt', '-d', cluster.url(database)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**CLEAN, 'PGAPPNAME': name})
        self.pid = self.ask('SELECT pg_backend_pid()')

    def ask(self, sql):
        """The last line of what it answers."""
        self.process.stdin.write(f'{sql};\n\\echo done\n')
        self.process.stdin.flush()
        last = ''
        for line in self.process.stdout:
            if line.strip() == 'done':
                return last
            last = line.strip()
        raise AssertionError('psql has ended')

    def close(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            self.process.wait()
        self.process.stdout.close()


class Proxy:
    """A Unix socket in front of the server's. freeze() keeps every connection open and silent, on
    the server's side too, whatever the client does; cut() ends them all; and what `trigger` is
    called with is what goes to the server, before it goes: it may answer 'cut', 'freeze' or 'hold',
    which happens once those bytes are through; 'hold' freezes that connection alone."""

    def __init__(self, cluster, trigger=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='varve-proxy.'))
        self.server = next(pathlib.Path(cluster.folder).glob('.s.PGSQL.*[0-9]'))
        self.trigger = trigger
        self.frozen = self.closing = False
        self.generation = 0
        self.threads = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.folder / self.server.name))
        self.listener.listen(16)
        os.chmod(self.folder, 0o755)
        self.start(self.accept)

    def start(self, target, *arguments):
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self.threads.append(thread)
        thread.start()

    def url(self, cluster, database):
        return cluster.url(database).replace(f'host={cluster.folder}', f'host={self.folder}')

    def accept(self):
        while not self.closing:
            if not select.select([self.listener], [], [], 0.05)[0]:
                continue
            client, _ = self.listener.accept()
            self.start(self.forward, client)

    def forward(self, client):
        generation = self.generation
        server = socket.socket(socket.AF_UNIX)
        try:
            if not self.frozen:
                server.connect(str(self.server))
            while not self.closing and generation == self.generation:
                if self.frozen:
                    time.sleep(0.02)
                    continue
                for source in select.select([client, server], [], [], 0.02)[0]:
                    data = source.recv(65536)
                    if not data:
                        return
                    what = self.trigger(data) if self.trigger and source is client else None
                    (server if source is client else client).sendall(data)
                    if what == 'cut':
                        time.sleep(0.05)  # the server shall have read it
                        return
                    if what == 'freeze':
                        self.frozen = True
                    while what == 'hold' and not self.closing and generation == self.generation:
                        time.sleep(0.02)
        except OSError:
            pass
        finally:
            client.close()
            server.close()

    def freeze(self):
        self.frozen = True

    def cut(self):
        self.generation += 1

    def close(self):
        self.closing = True
        for thread in self.threads:
            thread.join(5)
        self.listener.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Meddled:
    """For test cases: a project whose sessions are looked at from beside. Mixed into TestCase."""

    def advisory_locks(self, project):
        return int(project.cluster.sql(project.database,
                                       "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"))

    def has_run_lock(self, project):
        return project.cluster.sql(
            'postgres', f'SELECT count(*) FROM pg_locks WHERE {RUN_LOCK} AND database = '
            f"(SELECT oid FROM pg_database WHERE datname = '{project.database}')") != '0'

    def runs(self, project, text, seconds=0.0):
        """Is a statement with that text under way, for as long already?"""
        return project.cluster.sql(
            'postgres', "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND "
            f"datname = '{project.database}' AND query LIKE '%{text}%' AND "
            f"query_start <= clock_timestamp() - interval '{seconds} s'") != '0'

    def wait_for(self, project, text):
        # Not one that only passes by: a COMMIT of Varve's own, say.
        try:
            wait_until(lambda: self.runs(project, text, 0.1))
        except AssertionError as error:
            sessions = project.cluster.sql(
                'postgres', 'SELECT pid, state, wait_event, application_name, query FROM '
                f"pg_stat_activity WHERE datname = '{project.database}'")
            raise AssertionError(f'{error}: {text}\n{sessions}\n{project.events()}') from error

    def check_whole(self, project, versions):
        """Ledger and markers tell the same, every attempt has one outcome, and all is applied."""
        started = [e['data']['attempt'] for e in project.events('attempt-started')]
        done = {e['data']['attempt']: e['data']['version']
                for e in project.events('attempt-succeeded')}
        ended = list(done) + [e['data']['attempt'] for e in project.events('attempt-failed') +
                              project.events('attempt-cancelled')]
        self.assertEqual(sorted(started), sorted(ended), 'every attempt has exactly one outcome')
        self.assertEqual(sorted(done.values()), sorted(versions))
        self.assertEqual({m[0]: m[1] for m in project.markers() if m[3] == m[4]}, done)
        answer = project.varve('verify')
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
