"""Commands that are killed at every fail point, each followed by the next command."""
import os
import pathlib
import random
import re
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

from fault_scenarios import SCENARIOS
from faults import SOAK, Faulty, check, open_attempts
from varve import PROGRAM, ROOT, Cluster

SEED = int(os.environ.get('VARVE_SEED', time.time_ns() % 1_000_000))
# Only after a lost connection: lost_servers_test.py kills there. Without a target:
# redact_test.py, checkpoint_test.py and signing_keys_test.py do.
ELSEWHERE = {'connected-again', 'redaction-committed', 'redaction-copied', 'key-written', 'key-added'}
# Appends that nobody waits for may be committed together, so that their number differs.
BY_TIMING = {'before-ledger-committed', 'ledger-committed', 'anchor-written',
             'settle-announced-read', 'settle-marker-read'}  # as far as the ledger was behind


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


def names_in_sources():
    found = []
    for folder in ('ledger', 'commands', 'adapters', 'tools'):
        for path in pathlib.Path(ROOT / folder).rglob('*.cpp'):
            found += re.findall(r'fail_point\("([^"]*)"\)', path.read_text())
    return found


class KilledAtFailPoints(unittest.TestCase):
    lock = threading.Lock()

    def project(self, scenario):
        with self.lock:
            project = Faulty(cluster)
        self.addCleanup(project.remove)
        scenario.prepare(self, project)
        return project

    def explore(self, scenario):
        """The points that the scenario's command comes to, and the state that it must end in."""
        project = self.project(scenario)
        points, code = project.reached(*scenario.words)
        self.assertEqual(code, scenario.code, scenario.name)
        check(self, project, project.events(), scenario.name)
        return points, project.state()

    def kill_and_go_on(self, scenario, point, nth, state, recovers):
        why = f'{scenario.name}, killed at {point}:{nth}' + (', recovered' if recovers else '')
        project = self.project(scenario)
        if not project.kill_at(f'{point}:{nth}', *scenario.words):
            self.assertIn(point, BY_TIMING, why)
        is_there = project.ledger.exists()
        in_doubt = open_attempts(project.events()) if is_there else []
        self.assertLessEqual(len(in_doubt), 1, why)
        if recovers and is_there:
            answer = project.varve('recover')
            self.assertEqual(answer.returncode, 0, why + answer.stdout + answer.stderr)
            self.assertEqual(open_attempts(project.events()), [], why)
        answer = project.varve(*scenario.words)
        self.assertEqual(answer.returncode, scenario.code, why + answer.stdout + answer.stderr)
        self.assertEqual(project.state(), state, why)
        events = project.events()
        check(self, project, events, why)
        for attempt in in_doubt:
            outcome, = [e['data'] for e in events
                        if e['type'].startswith(('attempt-succeeded', 'attempt-failed'))
                        and e['data']['attempt'] == attempt['attempt']]
            self.assertIn(outcome['settled_from'], ('marker', 'catalog'), why)
        project.remove()
        if SOAK:
            cluster.sql('postgres', f'DROP DATABASE {project.database} WITH (FORCE)')

    def try_all(self, cases, states, chance):
        """What went wrong, case by case; as many at once as there are processors."""
        def attempt(case, recovers):
            scenario, point, nth = case
            try:
                self.kill_and_go_on(scenario, point, nth, states[scenario.name], recovers)
            except AssertionError as error:
                print(f'        {error}', flush=True)
                return str(error)
            return None
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            tried = [pool.submit(attempt, case, chance.random() < 0.3) for case in cases]
            return [one.result() for one in tried if one.result()]

    def test_all(self):
        """killed at a fail point: the next command finds out what happened, and ends it"""
        names = names_in_sources()
        self.assertEqual(len(names), len(set(names)), 'every fail point has a name of its own')
        chance = random.Random(SEED)
        cases, states = [], {}
        for scenario in SCENARIOS:
            points, states[scenario.name] = self.explore(scenario)
            cases += [(scenario, *point) for point in points]
        self.assertEqual(set(names) - {case[1] for case in cases}, ELSEWHERE)
        if not SOAK:  # each name once, anywhere
            chance.shuffle(cases)
            cases = list({case[1]: case for case in cases}.values())
        wrong = self.try_all(cases, states, chance)
        self.assertEqual(wrong, [], f'seed {SEED}:\n' + '\n\n'.join(wrong))
        print(f'        seed {SEED}: {len(cases)} kills at {len(set(names))} points')

    def test_shipped(self):
        """the program that is shipped has no fail points: nothing in its environment kills it"""
        project = self.project(SCENARIOS[0])
        answer = project.varve('run', '--init', env={'VARVE_FAIL_POINT': 'target-locked'})
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertNotIn(b'VARVE_FAIL_POINT', PROGRAM.read_bytes())


if __name__ == '__main__':
    unittest.main()
