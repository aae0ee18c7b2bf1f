"""What is in doubt is named: since when, by whom, which statement, and what will be looked at."""
import getpass
import json
import socket
import unittest

from fault_scenarios import OFF, RUN, TABLE, Scenario, log
from faults import Faulty, check
from varve import Cluster

FILL = ("CREATE PROCEDURE fill(what text) LANGUAGE plpgsql AS $$ BEGIN\n"
        "  INSERT INTO seen.log VALUES (what); COMMIT; END $$;\n", 'DROP PROCEDURE fill;\n')
CALL = OFF + log('2 up') + "\nCALL fill('secret');\n" + log('2 up, after')


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class InDoubt(unittest.TestCase):
    def killed(self, files, at):
        project = Faulty(cluster)
        self.addCleanup(project.remove)
        Scenario('', files).write(project)
        self.assertTrue(project.kill_at(at, *RUN))
        return project

    def test_statement(self):
        """a CALL in doubt: status and recover name it, who, since when, and what to look at"""
        project = self.killed({'0001_fill': FILL, '0002_call': CALL}, 'bare-statement-answered')
        attempt = project.document('status')['targets'][0]['in_doubt_attempt']
        self.assertEqual((attempt['version'], attempt['direction'], attempt['transactional']),
                         ('0002', 'up', False))
        self.assertEqual((attempt['actor'], attempt['host']),
                         (getpass.getuser(), socket.gethostname()))
        statement = attempt['statement']
        self.assertEqual((statement['index'], statement['count'], statement['line']), (1, 3, 4))
        self.assertTrue(statement['path'].endswith('0002_call.up.sql'), statement)
        self.assertEqual(statement['text'], 'CALL fill(…')
        self.assertEqual(len(attempt['will_look_at']), 2)
        self.assertIn(attempt['attempt'], attempt['will_look_at'][0])
        self.assertIn('a person must look', attempt['will_look_at'][1])

        place = '0002_call.up.sql:4 (CALL fill(…)'
        for verb in ('status', 'recover', 'run'):
            answer = project.varve(verb)
            self.assertEqual(answer.returncode, 0 if verb == 'status' else 10, answer.stdout)
            self.assertIn('In doubt: "0002" up, since ', answer.stdout)
            self.assertIn(f' by {getpass.getuser()} on {socket.gethostname()}', answer.stdout)
            self.assertIn(place, answer.stdout)
            self.assertNotIn('secret', answer.stdout + answer.stderr)
            if verb != 'status':
                self.assertIn('error[statement-in-doubt]: statement 2 of 3 of "0002"', answer.stderr)
                self.assertIn(place, answer.stderr)
                self.assertRegex(answer.stderr, 'varve resolve .* 0002 --mark-applied')
        error = json.loads(project.varve('recover', '--format', 'json').stdout)['error']
        self.assertIn(place, error['detail'])

        project.sql('UPDATE varve.__migrations_metadata SET statements_done = 2 '
                    f"WHERE attempt_id = '{attempt['attempt']}'")
        self.assertEqual(project.varve('recover').returncode, 0)
        self.assertEqual(project.varve('run').returncode, 0)
        self.assertEqual(project.sql('SELECT string_agg(what, \',\') FROM seen.log'),
                         '2 up,secret,2 up, after')
        check(self, project, project.events(), 'a CALL')

    def test_replay(self):
        """replay --sql: what is in doubt is missing, says so, and is there once it is settled"""
        project = self.killed({'0001_fill': FILL, '0002_call': CALL}, 'bare-statement-answered')
        document = project.document('replay', '--sql')
        self.assertFalse(document['complete'])
        self.assertEqual(len(document['missing']), 1)
        self.assertEqual([(s['version'], s['end_statement_index'], s['in_doubt'])
                          for s in document['scripts']],
                         [('0001', 1, False), ('0002', 1, False), ('0002', 3, True)])
        answer = project.varve('replay', '--sql')
        self.assertEqual(answer.returncode, 4)
        self.assertIn('-- MISSING: in doubt, the attempt had no outcome yet: statement 2 of 3 may',
                      answer.stdout)
        self.assertIn('statements 2 to 3 of 3', answer.stdout)
        self.assertNotIn("fill('secret')", answer.stdout)
        self.assertRegex(answer.stderr, 'varve recover .* settles')
        in_doubt = len(project.events())
        self.assertEqual(project.varve('resolve', '0002', '--mark-applied', '--reason', 'seen').returncode, 0)
        self.assertIn("CALL fill('secret');", project.varve('replay', '--sql').stdout)
        self.assertTrue(project.document('replay', '--sql')['complete'])
        self.assertFalse(project.document('replay', '--sql', '--to', in_doubt)['complete'])

    def test_replay_migration(self):
        """replay --migration: what is in doubt of another migration is not shown"""
        project = self.killed({'0001_fill': FILL, '0002_call': CALL}, 'bare-statement-answered')
        answer = project.varve('replay', '--migration', 2)
        self.assertIn('In doubt: "0002" up', answer.stdout)
        self.assertIn(' 0002_call.up.sql:4 (CALL fill(', answer.stdout)
        size = len(project.events())
        self.assertIn(' 0002_call.up.sql:4 (CALL fill(', project.varve('status', '--as-of', size).stdout)
        changes = project.document('replay', '--from', 0, '--migration', 2)['changes']
        self.assertEqual([c['state_after'] for c in changes if c['kind'] == 'in-doubt'], ['in-doubt'])
        answer = project.varve('replay', '--migration', 1)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertNotIn('In doubt', answer.stdout)
        self.assertNotIn('has not finished', answer.stdout)
        self.assertIn('1 applied', answer.stdout)

    def test_replay_transaction(self):
        """replay --sql: a transaction in doubt is missing as a whole"""
        project = self.killed({'0001_table': TABLE}, 'commit-answered')
        answer = project.varve('replay', '--sql')
        self.assertEqual(answer.returncode, 4)
        self.assertIn('its transaction may or may not have been committed', answer.stdout)
        self.assertEqual(project.varve('recover').returncode, 0)
        self.assertEqual(project.varve('replay', '--sql').returncode, 0)

    def test_transaction(self):
        """a transaction in doubt: recover names it, settles it, and says so"""
        project = self.killed({'0001_table': TABLE}, 'commit-answered')
        answer = project.varve('status')
        self.assertIn('In doubt: "0001" up, since ', answer.stdout)
        self.assertIn(', in one transaction', answer.stdout)
        self.assertIn('  will look at ', answer.stdout)
        size = len(project.events())
        document = project.document('recover')
        for words in ('replay', '--to'), ('status', '--as-of'):
            said = project.varve(*words, size).stdout
            self.assertIn('  what settles it would look at ', said)
            self.assertNotIn('will look at', said)
        self.assertTrue(document['was_in_doubt'])
        self.assertEqual(document['verdict'], 'attempt-succeeded.1')
        self.assertEqual(document['attempt']['statement'], None)
        self.assertIn(document['attempt']['attempt'], document['attempt']['will_look_at'][0])
        self.assertEqual(project.document('status')['targets'][0]['in_doubt_attempt'], None)

    def test_index(self):
        """an index in doubt: the catalog that will be asked is named"""
        project = self.killed({'0001_table': TABLE,
                               '0002_index': 'CREATE INDEX CONCURRENTLY a_id ON a (id);\n'},
                              'bare-statement-sent')
        attempt = project.document('status')['targets'][0]['in_doubt_attempt']
        self.assertEqual(attempt['will_look_at'][1],
                         'whether the index "a_id" is there and valid')
        self.assertEqual(project.varve('recover').returncode, 0)
        self.assertEqual(project.varve('run').returncode, 0)
        self.assertEqual(project.sql("SELECT indisvalid FROM pg_index WHERE indexrelid = "
                                     "'a_id'::regclass"), 't')


if __name__ == '__main__':
    unittest.main()
