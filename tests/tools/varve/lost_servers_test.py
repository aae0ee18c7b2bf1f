"""Servers, connections and disks that go away at a fail point, each followed by the next command."""
import json
import os
import pathlib
import random
import signal
import subprocess
import time
import unittest

from cut_proxy import CutProxy
from fault_scenarios import OFF, RUN, SCENARIOS, TABLE, Scenario, log
from faults import SOAK, Faulty, check, kind_of, open_attempts
from varve import CLEAN, CLUSTER_SCRIPT, Cluster

SEED = int(os.environ.get('VARVE_SEED', time.time_ns() % 1_000_000))
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}
ONE = BY_NAME['one transaction each']
INDEX = BY_NAME['a concurrent index']
STEPS = BY_NAME['steps']
POINTS = [(ONE, 'transaction-fenced:2'), (ONE, 'marker-written:2'), (ONE, 'before-commit:2'),
          (ONE, 'commit-sent:2'), (ONE, 'commit-answered:2'), (INDEX, 'attempt-marked'),
          (INDEX, 'bare-statement-sent'), (INDEX, 'bare-statement-answered'),
          (INDEX, 'before-bare-marked'), (STEPS, 'before-commit:4'), (STEPS, 'commit-sent:4'),
          (STEPS, 'statement-recorded:2')]
WORKER = '''SELECT pid FROM pg_stat_activity WHERE datname = '{}' AND application_name LIKE 'varve%'
  AND pid NOT IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2)'''


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


def wait_until(question, why):
    for _ in range(600):
        if question():
            return
        time.sleep(0.05)
    raise AssertionError(f'never: {why}')


def answers():
    try:
        return cluster.sql('postgres', 'SELECT 1') == '1'
    except RuntimeError:
        return False


class Case(unittest.TestCase):
    def project(self, scenario):
        project = Faulty(cluster)
        self.addCleanup(project.remove)
        scenario.prepare(self, project)
        return project

    states = {}

    def reference(self, scenario):
        """The state that an undisturbed run ends in."""
        if scenario.name not in self.states:
            project = self.project(scenario)
            self.assertEqual(project.varve(*RUN).returncode, 0)
            self.states[scenario.name] = project.state()
        return self.states[scenario.name]

    def go_on_to_the_end(self, project, state, why):
        answer = project.varve(*RUN)
        self.assertEqual(answer.returncode, 0, why + answer.stdout + answer.stderr)
        self.assertEqual(project.state(), state, why)
        check(self, project, project.events(), why)

    def worker(self, project):
        pid, = cluster.sql('postgres', WORKER.format(project.database)).split()
        return int(pid)


class LostServers(Case):
    def meddle(self, points, act, codes):
        """Halts at each point, acts, goes on, and lets the next run finish."""
        for scenario, point in points:
            why = f'{scenario.name}, at {point}: '
            state = self.reference(scenario)
            project = self.project(scenario)
            process = project.halt_at(f'{point}:stop', *RUN)
            act(project)
            code, said = project.go_on(process)
            self.assertIn(code, codes, why + said)
            wait_until(answers, 'the server answers')
            self.go_on_to_the_end(project, state, why)

    def sample(self, count):
        print(f'        seed {SEED}')
        return POINTS if SOAK else random.Random(SEED).sample(POINTS, count)

    def test_terminated(self):
        """a server process that is terminated at a fail point: the next run ends it exactly"""
        def terminate(project):
            cluster.sql('postgres', f'SELECT pg_terminate_backend({self.worker(project)}, 5000)')
        self.meddle(self.sample(4), terminate, (0, 1, 9))

    def test_terminated_between(self):
        """a server process that is terminated between two files, the next one sent ahead: another one goes on"""
        everybody = 'SELECT pid FROM pg_stat_activity WHERE datname = \'{}\' AND pid <> pg_backend_pid()'
        for whose, codes in ((WORKER, (0, 0)), (everybody, (9, 0))):
            with self.subTest(codes):
                project = Faulty(cluster)
                self.addCleanup(project.remove)
                for number in range(1, 6):
                    project.write(f'{number:04}_table', f'CREATE TABLE t{number} (id int);')
                process = project.halt_at('attempt-submitted:3:stop', *RUN)
                cluster.sql('postgres', 'SELECT pg_terminate_backend(pid, 5000) FROM'
                                        f' ({whose.format(project.database)}) AS those')
                code, said = project.go_on(process)
                self.assertEqual(code, codes[0], said)
                self.assertEqual(project.varve(*RUN).returncode, codes[1])
                kinds = [kind_of(event) for event in project.events()]
                failures = 1 if codes[0] else 0
                self.assertEqual((kinds.count('attempt-started'), kinds.count('attempt-failed')),
                                 (5 + failures, failures))
                self.assertEqual(len(project.markers()), 5)
                check(self, project, project.events(), str(codes))

    def test_killed(self):
        """a server process that is killed, so that all restart: the next run ends it exactly"""
        def kill(project):
            pid = self.worker(project)
            os.kill(pid, signal.SIGKILL)
            wait_until(lambda: not pathlib.Path(f'/proc/{pid}').exists(), 'the process is gone')
            wait_until(answers, 'the server answers')
        self.meddle(self.sample(3), kill, (0, 1, 9, 10))

    def test_stopped(self):
        """a server stopped immediately and started later: in doubt till then, then exact"""
        for scenario, point in self.sample(3):
            why = f'{scenario.name}, at {point}: '
            state = self.reference(scenario)
            project = self.project(scenario)
            process = project.halt_at(f'{point}:stop', *RUN)
            subprocess.run([CLUSTER_SCRIPT, 'crash', cluster.folder], check=True)
            try:
                code, said = project.go_on(process)
                in_doubt = open_attempts(project.events())
                if in_doubt:
                    self.assertEqual(code, 10, why + said)
                    self.assertEqual(project.varve('recover').returncode, 11, why)
                    attempt = project.document('status')['targets'][0]['in_doubt_attempt']
                    self.assertEqual(attempt['attempt'], in_doubt[0]['attempt'], why)
                    self.assertIn(attempt['attempt'], attempt['will_look_at'][0], why)
                else:
                    self.assertIn(code, (0, 1, 9, 11), why + said)
            finally:
                subprocess.run([CLUSTER_SCRIPT, 'revive', cluster.folder], check=True)
            self.go_on_to_the_end(project, state, why)

    def test_cut(self):
        """a connection cut during COMMIT: what reached the server is settled, and only that"""
        state = self.reference(ONE)
        for reaches in (False, True):
            code, said, project = self.cut(reaches, 'before-commit:2:stop')
            self.assertEqual(code, 0 if reaches else 9, said)
            if reaches:
                self.assertIn('0002 is applied, as its marker tells', said)
            else:
                self.assertIn('error[connection-lost]', said)
                self.assertIn('Nothing of 0002 stays in the database. '
                              'Run again when the server answers.', said)
            last = [e for e in project.events() if kind_of(e).startswith('attempt-')][-1]
            self.assertEqual(kind_of(last), 'attempt-succeeded' if reaches else 'attempt-failed')
            self.assertEqual(last['data']['settled_from'], 'marker')
            self.go_on_to_the_end(project, state, f'cut, reaches: {reaches}')

    def test_cut_before_the_end(self):
        """a connection cut during a COMMIT that others follow: it counts, and they have not begun"""
        code, said, project = self.cut(True, 'before-commit:1:stop', '--format', 'json')
        self.assertEqual(code, 9, said)
        document, _ = json.JSONDecoder().raw_decode(said[said.index('{'):])
        self.assertEqual((document['outcome'], document['applied_count']), ('failed', 1), said)
        failure = document['failure']
        self.assertEqual((failure['version'], failure['statements_done']), ('0002', 0), said)
        self.assertIn('not begun; 0001 is applied, as its marker tells', failure['message'])
        self.assertNotIn('\n', failure['message'])
        self.assertLessEqual({'sqlstate', 'detail', 'hint', 'line', 'column'}, set(failure))
        finished = [e['data'] for e in project.events() if kind_of(e) == 'run-finished'][-1]
        self.assertEqual([finished[key] for key in ('applied_count', 'failed_count', 'skipped_count')],
                         [1, 0, 1])
        self.go_on_to_the_end(project, self.reference(ONE), 'cut before the end')

    def test_cut_rollback(self):
        """a connection cut during a COMMIT that undoes: what it undid is told as undone"""
        project = self.project(ONE)
        self.assertEqual(project.varve(*RUN).returncode, 0)
        port = project.url.split(':')[-1].split('/')[0]
        proxy = CutProxy(cluster.folder, port)
        self.addCleanup(proxy.close)
        direct, project.url = project.url, project.url.replace(cluster.folder, proxy.folder)
        process = project.halt_at('before-commit:1:stop', 'rollback', '--steps', '2', '--yes')
        proxy.is_armed = True
        code, said = project.go_on(process)
        project.url = direct
        self.assertEqual(code, 9, said)
        self.assertIn('0002 is undone, as its marker tells', said)
        self.assertNotIn('is applied', said)
        self.assertEqual(project.varve(*RUN).returncode, 0)

    def test_connected_again(self):
        """killed while it settles a lost COMMIT over a new connection: the next run does"""
        code, said, project = self.cut(True, 'before-commit:2:stop,connected-again')
        self.assertEqual(code, -signal.SIGKILL, said)
        self.assertEqual(len(open_attempts(project.events())), 1)
        self.go_on_to_the_end(project, self.reference(ONE), 'connected-again')

    def cut(self, reaches, at, *words):
        """How the run ended whose connection was cut when it sent its COMMIT."""
        project = self.project(ONE)
        port = project.url.split(':')[-1].split('/')[0]
        proxy = CutProxy(cluster.folder, port, reaches)
        self.addCleanup(proxy.close)
        direct, project.url = project.url, project.url.replace(cluster.folder, proxy.folder)
        process = project.halt_at(at, *RUN, *words)
        proxy.is_armed = True
        code, said = project.go_on(process)
        project.url = direct
        self.assertEqual(proxy.cut_count, 1)
        return code, said, project


@unittest.skipUnless(os.getuid() == 0, 'only root can mount a small disk')
class LedgerFull(Case):
    POINTS = [(ONE, 'registered'), (ONE, 'transaction-fenced:2'), (ONE, 'commit-answered:1'),
              (ONE, 'commit-answered:2'), (INDEX, 'bare-statement-answered:1'),
              (STEPS, 'statement-recorded:2')]

    def small_disk(self, project):
        disk = project.folder / 'disk'
        disk.mkdir()
        mounted = subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=96m', 'none', disk],
                                 capture_output=True, text=True)
        if mounted.returncode:
            self.skipTest(f'no small disk: {mounted.stderr.strip()}')
        self.addCleanup(subprocess.run, ['umount', '-l', disk])
        project.ledger = disk / 'ledger'
        return disk

    def test_full(self):
        """the ledger's disk is full at a fail point: it says so, and with room the next run goes on"""
        for scenario, point in self.POINTS:
            why = f'{scenario.name}, full at {point}: '
            state = self.reference(scenario)
            project = self.project(scenario)
            disk = self.small_disk(project)
            process = project.halt_at(f'{point}:stop', *RUN)
            stats = os.statvfs(disk)
            with open(disk / 'ballast', 'wb') as ballast:
                ballast.write(bytes(max(stats.f_bavail * stats.f_frsize - (16 << 20), 0)))
            code, said = project.go_on(process)
            self.assertEqual(code, 1, why + said)
            self.assertIn('error[ledger-full]', said, why)
            (disk / 'ballast').unlink()
            self.go_on_to_the_end(project, state, why)


# The COMMIT waits for a lock that the test holds: what is deferred once more is left to it.
SLOW = '''CREATE TABLE a (id int);
CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN IF NEW.id < 0 THEN PERFORM pg_advisory_lock(47, 11);
  ELSE SET CONSTRAINTS ALL DEFERRED; INSERT INTO a VALUES (-1); END IF; RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON a DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION slow();
'''
FENCED = '''SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
  WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted AND a.state <> 'idle' '''
ASKING = '''SELECT count(*) > 0 FROM pg_stat_activity
  WHERE query LIKE '%pg_try_advisory_lock(''%' AND pid <> pg_backend_pid()'''


class Together(Case):
    def hold(self, project):
        """A session that holds the lock, until its input is closed."""
        session = subprocess.Popen(['psql', '-X', '-qAt', '-d', project.url], env=CLEAN, text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        session.stdin.write("SELECT pg_advisory_lock(47, 11); SELECT 'held';\n")
        session.stdin.flush()
        while session.stdout.readline().strip() != 'held':
            pass
        return session

    def test_commit_without_client(self):
        """a client killed while the server still works on its COMMIT: the next run waits for it"""
        project = self.project(Scenario('slow', {
            '0001_slow': SLOW, '0002_row': log('2 up') + 'INSERT INTO a VALUES (1);\n'}))
        session = self.hold(project)
        port = project.url.split(':')[-1].split('/')[0]
        proxy = CutProxy(cluster.folder, port, keeps=True)
        self.addCleanup(proxy.close)
        direct, project.url = project.url, project.url.replace(cluster.folder, proxy.folder)
        dying = project.halt_at('before-commit:2:stop,commit-sent:2', *RUN)
        proxy.is_armed = True
        self.assertEqual(project.go_on(dying)[0], -signal.SIGKILL)
        project.url = direct
        following = project.halt_at('target-locked:stop', *RUN)
        wait_until(lambda: project.sql(FENCED) == '1', 'the server is in its COMMIT')
        self.assertEqual(project.sql('SELECT count(*) FROM a'), '0')
        following.send_signal(signal.SIGCONT)
        wait_until(lambda: project.sql(ASKING) == 't', 'the next run asks for the fence')
        session.communicate()
        code, said = project.go_on(following)
        self.assertEqual(code, 0, said)
        self.assertIn('"0002" had happened', said)
        self.assertEqual(project.sql('SELECT count(*) FROM a WHERE id > 0'), '1')
        check(self, project, project.events(), 'slow')

    def test_two_runs(self):
        """two runs at once on one ledger: both end well, and each migration is applied once"""
        files = {f'{n:04}_step': TABLE[0].replace('a (', f'a{n} (').replace('1 up', f'{n} up')
                 for n in range(1, 9)}
        files['0009_index'] = 'CREATE INDEX CONCURRENTLY a1_id ON a1 (id);\n'
        files['0010_steps'] = OFF + log('10 up') + log('10 up, after')
        project = self.project(Scenario('two', files))
        self.assertEqual(project.varve('init').returncode, 0)
        runs = [project.start('run', '--lock-wait', '60s') for _ in range(2)]
        said = [run.communicate(timeout=120) for run in runs]
        self.assertEqual([run.returncode for run in runs], [0, 0], said)
        self.assertEqual(project.sql('SELECT count(*), count(DISTINCT what) FROM seen.log'), '10|10')
        check(self, project, project.events(), 'two runs')

    def test_two_ledgers(self):
        """two runs at once with a ledger each: one applies all, the other is refused, exit 7"""
        one, two = self.project(ONE), self.project(ONE)
        two.url, two.database = one.url, one.database
        runs = [project.start(*RUN, '--lock-wait', '60s') for project in (one, two)]
        said = [run.communicate(timeout=120) for run in runs]
        self.assertEqual(sorted(run.returncode for run in runs), [0, 7], said)
        self.assertEqual(one.sql('SELECT count(*), count(DISTINCT what) FROM seen.log'), '2|2')
        winner = one if runs[0].returncode == 0 else two
        check(self, winner, winner.events(), 'two ledgers')


if __name__ == '__main__':
    unittest.main()
