"""What the tests of runs and of undoing share: a case with projects, and what must agree after."""
import time
import unittest

from varve import Cluster, Project


class Case(unittest.TestCase):
    cluster: Cluster  # of the module that runs

    def project(self, *migrations):
        project = Project(self.cluster)
        self.addCleanup(project.remove)
        for name, *scripts in migrations:
            project.write(name, *scripts)
        return project

    def applied(self, *migrations):
        project = self.project(*migrations)
        self.exits(0, project.varve('run', '--init'))
        return project

    def exits(self, code, answer):
        self.assertEqual(answer.returncode, code, answer.stdout + answer.stderr)
        return answer

    def states(self, project):
        [target] = project.document('status')['targets']
        return {m['version']: m['state'] for m in target['migrations']}

    def agrees(self, project):
        """Every attempt has one outcome, and ledger and markers tell the same."""
        started = sorted(e['data']['attempt'] for e in project.events('attempt-started'))
        ended = sorted(e['data']['attempt'] for kind in ('succeeded', 'failed', 'cancelled')
                       for e in project.events(f'attempt-{kind}'))
        self.assertEqual(started, ended)
        whole = {m[0] for m in project.markers() if m[3] == m[4]}
        self.assertEqual(whole, {e['data']['attempt'] for e in project.events('attempt-succeeded')})
        self.exits(0, project.varve('verify'))

    def wait_for(self, project, query):
        for _ in range(200):
            if project.sql(query) == 't':
                return
            time.sleep(0.05)
        self.fail(f'never true: {query}')
