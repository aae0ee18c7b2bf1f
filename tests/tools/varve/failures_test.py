"""What a failed run says: where in the code it failed, and nothing of the rows."""
import unittest

from varve import Cluster, Project


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class Code(unittest.TestCase):
    def failed(self, sql):
        project = Project(cluster)
        self.addCleanup(project.remove)
        project.write('0001_a', sql)
        answer = project.varve('run', '--init')
        self.assertEqual(answer.returncode, 9, answer.stdout + answer.stderr)
        return answer.stderr, project.events('attempt-failed')[-1]['data']

    def test_line(self):
        """a failure in a block or function says in which line of it, on the terminal and in the event"""
        told, event = self.failed('CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN\n\n'
                                  "RAISE EXCEPTION 'no'; END $$;\nDO $$ BEGIN\nPERFORM f(); END $$;")
        for place in ('f() line 3', 'inline_code_block line 2'):
            self.assertIn(place, told)
            self.assertIn(place, event['detail'])

    def test_statements(self):
        """what such code has executed is not quoted"""
        told, event = self.failed("DO $$ DECLARE\ns text := 'hush-hush';\nBEGIN\n"
                                  "EXECUTE format(E'INSERT INTO\\n nowhere\\n VALUES (%L)', s); END $$;")
        self.assertIn('inline_code_block line 4', told)
        self.assertNotIn('hush', told + str(event))


if __name__ == '__main__':
    unittest.main()
