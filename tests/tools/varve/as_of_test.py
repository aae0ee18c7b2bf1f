"""status --as-of and replay in a long history: what is kept of the past answers as the events do."""
import datetime
import shutil
import unittest

from varve import Cluster, Project


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


MIGRATIONS = 700


class AsOf(unittest.TestCase):
    def answer(self, project, *words):
        """The document, and how many events were folded for it."""
        document = project.document(*words)
        told = project.varve(*words, '-v').stderr
        folded = int(told.split('folded ')[1].split()[0]) if 'folded' in told else None
        return document, folded

    def test_still_to_come(self):
        """status --as-of a time that is still to come says so, and answers as of now"""
        project = Project(cluster)
        self.addCleanup(project.remove)
        project.write('1_a', 'SELECT 1;', 'SELECT 1;')
        self.assertEqual(project.varve('run', '--init').returncode, 0)
        later = project.varve('status', '--as-of', '2999-01-01')
        self.assertIn('1 applied', later.stdout)
        self.assertIn('still to come', later.stderr)
        today = datetime.datetime.now(datetime.timezone.utc).strftime('%Y-%m-%d')
        self.assertNotIn('still to come', project.varve('status', '--as-of', today).stderr)

    def test_as_of(self):
        """status --as-of and replay answer the same with and without read models, and fold little"""
        project = Project(cluster)
        self.addCleanup(project.remove)
        for number in range(MIGRATIONS):
            project.write(f'{number:05}_step', f'SELECT {number};', f'SELECT -{number};')
        self.assertEqual(project.varve('run', '--init').returncode, 0)
        self.assertEqual(project.varve('rollback', '--steps', '20', '--yes').returncode, 0)
        events = project.events()
        self.assertGreater(len(events), 2300)
        moment = datetime.datetime.fromtimestamp(events[2200]['recorded_at_us'] / 1e6, datetime.timezone.utc)
        time = moment.strftime('%Y-%m-%dT%H:%M:%SZ')
        questions = [('status', '--as-of', '17'), ('status', '--as-of', '2048'),
                     ('status', '--as-of', str(len(events) - 30)), ('status', '--as-of', time),
                     ('replay', '--to', '2150'), ('replay', '--from', '2060', '--to', '2100')]
        with_rows = [self.answer(project, *words) for words in questions]
        self.assertEqual([folded for _, folded in with_rows[:3]], [17, 0, (len(events) - 30) % 2048])
        self.assertLess(with_rows[3][1], 2048)
        self.assertEqual(project.varve('verify').returncode, 0)
        shutil.rmtree(project.ledger / 'views')
        for words, (document, _) in zip(questions, with_rows):
            again, folded = self.answer(project, *words)
            self.assertEqual(again, document)
            if words[:2] == ('status', '--as-of') and words[2].isdigit():
                self.assertEqual(folded, int(words[2]))


if __name__ == '__main__':
    unittest.main()
