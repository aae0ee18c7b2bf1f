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


def time_of(event):
    begin = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    return (begin + datetime.timedelta(microseconds=event['recorded_at_us'])).isoformat(timespec='microseconds')


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

    def test_from_time(self):
        """replay and review --from: a day or a second begins with its first event, as history --since"""
        project = Project(cluster)
        self.addCleanup(project.remove)
        for number in range(3):
            project.write(f'{number}_step', f'SELECT {number};')
            self.assertEqual(project.varve('run', '--init').returncode, 0)
        events = project.events()
        texts = [time_of(event) for event in events]
        position = len(events) - 1
        second, whole = texts[position][:19], texts[position]
        for when, first in ((texts[0][:10], 0), (whole, texts.index(whole)),
                            (second, [text[:19] for text in texts].index(second)), (7, 7)):
            replayed = project.document('replay', '--from', when)
            self.assertEqual((replayed['from']['size'], replayed['events'][0]['position']), (first, first))
            found = project.document('review', '--from', when)['review']
            self.assertEqual((found['from'], found['to']), (first, len(events)))
            if when != 7:
                since = project.document('history', '--since', when)['events']
                self.assertEqual(since, replayed['events'])
        day = texts[0][:10]
        same_day = project.document('replay', '--from', day, '--to', texts[-1][:10])
        self.assertEqual(len(same_day['events']), len(events))

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
