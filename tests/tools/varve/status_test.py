"""varve status --exit-code: green only where the next run has nothing to do and nothing stands in its way."""
import unittest

from meddling import wait_until
from varve import Cluster, Project


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class ExitCodes(unittest.TestCase):
    def setUp(self):
        self.project = Project(cluster)
        self.addCleanup(self.project.remove)

    def expect(self, code, *words):
        answer = self.project.varve(*words)
        self.assertEqual(answer.returncode, code, answer.stdout + answer.stderr)
        return answer.stdout

    def test_half_undone(self):
        """status --exit-code: 3 while a migration is half undone"""
        self.project.write('0001_a', '-- varve: transaction off\nCREATE TABLE a (id int);\n'
                           'CREATE INDEX CONCURRENTLY i ON a (id);',
                           '-- varve: transaction off\nDROP INDEX CONCURRENTLY i;\nSELECT 1/0;\n'
                           'DROP TABLE a;')
        self.expect(0, 'run', '--init')
        self.expect(0, 'status', '--exit-code')
        self.expect(9, 'rollback')
        self.assertIn('partially-rolled-back', self.expect(3, 'status', '--exit-code'))

    def test_folder_error(self):
        """status --exit-code: 4 where a file stands in the way of every run, and it is named"""
        self.project.write('0001_a', 'CREATE TABLE a (id int);')
        self.expect(0, 'run', '--init')
        (self.project.migrations / '0002-b.sql').write_text('CREATE TABLE b (id int);')
        self.expect(4, 'status', '--exit-code')
        answer = self.project.varve('status')
        self.assertEqual(answer.returncode, 0)
        self.assertIn('file-not-run', answer.stderr + answer.stdout)
        error, = self.project.document('status')['folder_errors']
        self.assertEqual((error['rule'], error['path']), ('file-not-run', '0002-b.sql'))

    def test_stage(self):
        """status and history: STAGE chooses the environment where --env does not"""
        self.project.write('0001_a', 'CREATE TABLE a (id int);')
        self.expect(0, 'run', '--init')
        names = [t['target'] for t in self.project.document('status')['targets']]
        self.assertEqual(names, ['development'])
        answer = self.project.varve('status', env={'STAGE': 'staging'})
        self.assertNotIn('development  ', answer.stdout)
        answer = self.project.varve('history', env={'STAGE': 'staging'})
        self.assertNotIn('0001', answer.stdout)

    def test_misspelled(self):
        """history: a target that there is not is an error, and a time as it is shown has its whole second"""
        self.project.write('0001_a', 'CREATE TABLE a (id int);')
        self.expect(0, 'run', '--init')
        answer = self.project.varve('history', '--target', 'developmnt')
        self.assertEqual(answer.returncode, 2)
        self.assertIn('it is one of development', answer.stderr)
        shown = self.project.document('status')['targets'][0]['migrations'][0]['applied_at'][:19] + 'Z'
        self.assertIn('1 applied', self.expect(0, 'status', '--as-of', shown))
        self.assertIn('0001', self.expect(0, 'history', '--until', shown.replace('T', ' ')))

    def test_as_of(self):
        """status --as-of --exit-code: the code of that moment"""
        self.project.write('0001_a', 'CREATE TABLE a (id int);')
        self.expect(0, 'run', '--init')
        registered = self.project.events('migration-registered')[0]['position']
        self.expect(3, 'status', '--as-of', str(registered + 1), '--exit-code')
        self.expect(0, 'status', '--as-of', str(registered + 1))
        self.expect(0, 'status', '--as-of', str(len(self.project.events())), '--exit-code')

    def test_running(self):
        """status --exit-code: 3 while a run goes on, and 10 once it was killed in the middle"""
        self.project.write('0001_a', 'CREATE TABLE a (id int);')
        self.expect(0, 'run', '--init')
        self.project.write('0002_b', 'SELECT pg_sleep(30);')
        self.project.write('0003_c', 'SELECT 1;')
        run = self.project.start('run')
        self.addCleanup(run.kill)
        wait_until(lambda: self.project.sql("SELECT count(*) FROM pg_stat_activity WHERE "
                                            "wait_event = 'PgSleep'") == '1')
        shown = self.expect(3, 'status', '--exit-code')
        self.assertIn(f'running: pid {run.pid} (varve run) since ', shown)
        self.assertNotIn('in-doubt', shown)
        target = self.project.document('status')['targets'][0]
        self.assertEqual((target['running']['pid'], target['running']['command'],
                          target['in_doubt'], target['in_doubt_attempt']),
                         (run.pid, 'varve run', None, None))
        self.assert_told_alive(run.pid)
        run.kill()
        run.communicate()
        self.project.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                         "WHERE wait_event = 'PgSleep'")
        self.expect(10, 'status', '--exit-code')
        self.assertIsNone(self.project.document('status')['targets'][0]['running'])
        self.expect(10, 'status', '--as-of', str(len(self.project.events())), '--exit-code')
        self.assertIn('In doubt', self.expect(10, 'dry-run'))
        document = self.project.document('dry-run')
        self.assertEqual((document['running'], document['run_unfinished'], document['in_doubt']),
                         (None, True, '0002'))

    def assert_told_alive(self, pid):
        """By all who show what has no outcome yet."""
        size = str(len(self.project.events()))
        running = f'unning: pid {pid} (varve run) since '
        for code, words in ((3, ('status', '--as-of', size, '--exit-code')), (0, ('replay',)),
                            (3, ('dry-run', '--exit-code')), (0, ('dry-run',))):
            shown = self.expect(code, *words)
            self.assertIn(running, shown, words)
            self.assertNotIn('doubt', shown, words)
        document = self.project.document('dry-run')
        self.assertEqual((document['running']['pid'], document['run_unfinished'],
                          document['in_doubt']), (pid, False, None))
        script = self.project.document('replay', '--sql')['scripts'][1]
        self.assertEqual((script['running'], script['in_doubt']), (True, False))
        for words in (('replay', '--sql'), ('test', '--schema')):
            answer = self.project.varve(*words)
            self.assertEqual(answer.returncode, 4)
            self.assertNotIn('in doubt', answer.stdout + answer.stderr, words)
            self.assertIn('again', answer.stderr, words)

    def test_restored(self):
        """status --exit-code: 7 while a restored ledger waits for a decision"""
        self.project.write('0001_a', 'CREATE TABLE a (id int);')
        self.expect(0, 'run', '--init')
        copy = self.project.folder / 'copy'
        self.expect(0, 'ledger', 'backup', str(copy))
        self.project.write('0002_b', 'CREATE TABLE b (id int);')
        self.expect(0, 'run')
        self.expect(7, 'ledger', 'restore', str(copy), '--replace')
        (self.project.migrations / '0002_b.up.sql').unlink()
        self.assertIn('0 pending', self.expect(7, 'status', '--exit-code'))

    def test_out_of_order(self):
        """status --exit-code: 4 where a run would refuse what is pending for its order"""
        self.project.write('0001_a', 'CREATE TABLE a (id int);')
        self.project.write('0003_c', 'CREATE TABLE c (id int);')
        self.expect(0, 'run', '--init')
        self.project.write('0004_d', 'CREATE TABLE d (id int);')
        self.expect(3, 'status', '--exit-code')
        self.project.write('0002_b', 'CREATE TABLE b (id int);')
        self.expect(4, 'status', '--exit-code')
        self.expect(4, 'run')
        (self.project.migrations / '0001_a.up.sql').write_text('CREATE TABLE other (id int);')
        self.expect(7, 'status', '--exit-code')

    def test_renamed(self):
        """status: what was rolled back and has another file's name since is told by that"""
        self.project.write('0001_a', 'CREATE TABLE a (id int);', 'DROP TABLE a;')
        self.expect(0, 'run', '--init')
        self.expect(0, 'rollback', '--yes')
        for file in self.project.migrations.iterdir():
            file.rename(file.with_name(file.name.replace('_a', '_x')))
        self.assertRegex(self.expect(0, 'status'), r'rolled-back +0001 +x')
        self.expect(0, 'run')

    def test_line_ends(self):
        """status: no line ends with blanks"""
        self.project.write('0001_a', 'CREATE TABLE a (id int);')
        self.expect(0, 'run', '--init')
        self.project.write('0002_longer', 'CREATE TABLE b (id int);')
        self.assertNotRegex(self.expect(0, 'status'), r' \n')

    def test_part(self):
        """run, dry-run: with --to or --count, everything is called applied where it is, and only there"""
        self.project.write('0001_a', 'CREATE TABLE a (id int);')
        self.expect(0, 'run', '--init')
        for verb in 'run', 'dry-run':
            for option in ('--count', '1'), ('--to', '1'):
                self.assertRegex(self.expect(0, verb, *option), r'^Nothing to do: \S+ is up to date')
        self.project.write('0002_b', 'CREATE TABLE b (id int);')
        for verb in 'run', 'dry-run':
            self.assertIn('within --to or --count', self.expect(0, verb, '--to', '1'))

    def test_files(self):
        """dry-run FILE: what concerns a plan is refused, and nothing is executed"""
        self.project.write('0001_a', 'CREATE TABLE a (id int);')
        file = str(self.project.migrations / '0001_a.up.sql')
        for option in ('--no-rehearsal', '--exit-code', '--live', '--to=1', '--count=1'):
            self.expect(2, 'dry-run', option, file)


if __name__ == '__main__':
    unittest.main()
