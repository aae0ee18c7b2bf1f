"""What a migration defers to its end runs as at a COMMIT of its own: in its session, on shadows too."""
import unittest

from varve import Cluster, Project


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


BALANCED = '''CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL);
CREATE TABLE entry (id int PRIMARY KEY, account int NOT NULL, amount int NOT NULL);
CREATE FUNCTION balanced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF (SELECT coalesce(sum(amount), 0) FROM entry WHERE account = NEW.account) <>
     (SELECT balance FROM account WHERE id = NEW.account)
  THEN RAISE EXCEPTION 'not balanced'; END IF; RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON entry DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION balanced();
'''
FILLED = 'INSERT INTO account VALUES (1, 100);\nINSERT INTO entry VALUES (1, 1, 60), (2, 1, 40);\n'
OTHER = 'INSERT INTO account VALUES (1, 100);\nINSERT INTO entry VALUES (1, 1, 60);\nSELECT 1;\n'
OFF = '-- varve: transaction off\n'


class Deferred(unittest.TestCase):
    def project(self, second, *more):
        project = Project(cluster)
        self.addCleanup(project.remove)
        project.write('0001_made', BALANCED, 'DROP TABLE entry, account;\nDROP FUNCTION balanced;\n')
        self.exits(0, project.varve('run', '--init'))
        project.write('0002_filled', second, *more)
        return project

    def exits(self, code, answer):
        self.assertEqual(answer.returncode, code, answer.stdout + answer.stderr)
        return answer

    def test_run(self):
        """run: a deferred trigger finds what its names mean to the file, whichever way it runs"""
        for begin, words in (('', ()), (OFF + 'BEGIN;\n', ()), ('', ('--transaction', 'all'))):
            with self.subTest(begin + ' '.join(words)):
                end = 'COMMIT;\n' if begin else ''
                project = self.project(begin + FILLED + end, begin + 'INSERT INTO account VALUES (2, 5);\n'
                                       'INSERT INTO entry VALUES (3, 2, 5);\n' + end)
                self.exits(0, project.varve('run', *words))
                self.assertEqual(project.sql('SELECT count(*) FROM entry'), '2')
                self.exits(0, project.varve('rollback', '--steps', 1))
                self.assertEqual(project.sql('SELECT count(*) FROM entry'), '3')
                self.exits(0, project.varve('verify'))

    def test_failing(self):
        """run: a deferred trigger that fails is the file's failure, and said to be deferred"""
        project = self.project(OTHER)
        answer = self.exits(9, project.varve('run'))
        self.assertIn('not balanced', answer.stderr)
        self.assertIn('a deferred constraint or trigger of what the file has written', answer.stderr)
        self.assertEqual(project.sql('SELECT count(*) FROM account'), '0')
        failed, = project.events('attempt-failed')
        self.assertEqual(failed['data']['cause'], 'commit_error')

    def test_rehearsed(self):
        """dry-run and test: what is deferred fails there too; else its locks are told"""
        project = self.project(OTHER)
        answer = self.exits(4, project.varve('dry-run'))
        self.assertIn('not balanced', answer.stderr)
        self.assertIn('deferred', answer.stderr)
        answer = project.varve('test', '--dry-run')
        self.assertIn('at its end: not balanced', answer.stdout + answer.stderr)
        project.write('0002_filled', FILLED + 'SELECT 1;\n')
        *written, deferred = project.document('dry-run')['statements']
        self.assertEqual(len(written), 3)
        self.assertEqual((deferred['kind'], deferred['line']), ('deferred', 3))
        self.assertEqual(deferred['locks_taken'], {})
        self.assertEqual(deferred['scans']['entry'], 2)
        self.exits(0, project.varve('test', '--dry-run'))

    def test_rolled_back(self):
        """dry-run and run: a transaction that the file itself gives up runs nothing deferred"""
        project = self.project(OFF + 'BEGIN;\n' + OTHER + 'ROLLBACK;\nSELECT 1;\n')
        self.exits(0, project.varve('dry-run'))
        self.exits(0, project.varve('run'))
        self.assertEqual(project.sql('SELECT count(*) FROM entry'), '0')


if __name__ == '__main__':
    unittest.main()
