"""varve redact and varve review: what is forgotten, what is examined, and who says so."""
import unittest

from faults import Faulty
from varve import Cluster, Project


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


NAME = 'Erika-Mustermann-1964'


def with_name(test, kind=Project):
    project = kind(cluster)
    test.addCleanup(project.remove)
    project.write('0001_people', f"CREATE TABLE people (name text);\nINSERT INTO people VALUES ('{NAME}');\n",
                  'DROP TABLE people;')
    test.assertEqual(project.varve('run', '--init').returncode, 0)
    digest = project.events('migration-registered')[0]['data']['up']['digest']
    return project, digest


def holders(folder):
    return [path.name for path in folder.rglob('*')
            if path.is_file() and NAME.encode() in path.read_bytes()]


class Redact(unittest.TestCase):
    def test_redact(self):
        """redact: the text is in no file any more, verify succeeds, and everything says why"""
        project, digest = with_name(self)
        self.assertTrue(holders(project.ledger))
        content = f'content:{digest}'
        self.assertEqual(project.varve('redact', content, '--yes').returncode, 2, 'no reason')
        answer = project.varve('redact', content, '--reason', 'a name')
        self.assertEqual((answer.returncode, 'confirmation-missing' in answer.stderr), (4, True))
        self.assertEqual(project.varve('redact', 'content:' + 64 * '0', '--reason', 'x', '--yes').returncode, 2)
        self.assertEqual(project.varve('redact', 'content:zz', '--reason', 'x', '--yes').returncode, 2)
        answer = project.varve('redact', content, '--reason', 'a name', '--ticket', 'GDPR-7', '--yes')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertIn('Backups, copies and exports', answer.stdout)
        self.assertEqual(holders(project.ledger), [])
        event = project.events('content-redacted')[0]
        self.assertEqual((event['reason'], event['ticket']), ('a name', 'GDPR-7'))
        registered = project.events('migration-registered')[0]
        self.assertIn(registered['position'], event['data']['positions'])
        shown = project.varve('show', content)
        self.assertEqual(shown.returncode, 4)
        self.assertIn('content-redacted', shown.stderr)
        self.assertIn('a name', shown.stderr)
        self.assertIn('was redacted', project.varve('show', registered['position'], '--content').stdout)
        again = project.varve('redact', content, '--reason', 'x', '--yes')
        self.assertEqual((again.returncode, 'content-redacted' in again.stderr), (4, True))
        verified = project.document('verify')
        self.assertTrue(verified['ok'])
        self.assertEqual(verified['redacted_count'], 1)
        # Everything else goes on, and the bytes do not come back with the file.
        self.assertEqual(project.varve('status').returncode, 0)
        self.assertEqual(project.varve('rollback', '--yes').returncode, 0)
        self.assertEqual(project.varve('run').returncode, 0)
        self.assertEqual(holders(project.ledger), [])
        self.assertTrue(project.document('verify')['ok'])

    def test_error(self):
        """redact: of an error's long message, the beginning stays in its event, and it says so"""
        project = Project(cluster)
        self.addCleanup(project.remove)
        project.write('0001_long', f"DO $$ BEGIN RAISE EXCEPTION '{NAME} %', repeat('x', 6000); END $$;\n")
        self.assertEqual(project.varve('run', '--init').returncode, 9)
        failed = project.events('attempt-failed')[0]['data']
        words = ('redact', f"content:{failed['message_content']['digest']}", '--reason', 'a name')
        stays = 'The first 4 KiB of this message stay in every event that names it'
        self.assertIn(stays, project.varve(*words).stderr)
        answer = project.varve(*words, '--yes')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertIn(stays, answer.stdout)
        self.assertTrue(project.events('attempt-failed')[0]['data']['message'].startswith(NAME))

    def test_killed(self):
        """redact: killed before the files were cleaned, the same command finishes it"""
        project, words = self.killed()
        answer = project.varve(*words)
        self.assertEqual((answer.returncode, 'content-redacted' in answer.stderr), (4, True))
        self.assertEqual(holders(project.ledger), [])
        self.assertEqual(len(project.events('content-redacted')), 1)
        self.assertTrue(project.document('verify')['ok'])

    def killed(self, at='redaction-committed'):
        project, digest = with_name(self, Faulty)
        words = ('redact', f'content:{digest}', '--reason', 'a name', '--yes')
        self.assertTrue(project.kill_at(at, *words))
        self.assertTrue(holders(project.ledger))
        return project, words

    def test_killed_then_another(self):
        """redact: killed, it is finished by the next command that writes, and verify says so until then"""
        project, _ = self.killed('ledger-committed')
        self.assertIn('A redaction was cut short', project.varve('verify').stdout)
        self.assertTrue(project.document('verify')['erasing_unfinished'])
        project.write('0002_more', 'SELECT 1;', 'SELECT 1;')
        self.assertEqual(project.varve('run').returncode, 0)
        self.assertEqual(holders(project.ledger), [])
        self.assertFalse(project.document('verify')['erasing_unfinished'])

    def test_killed_then_backup(self):
        """redact: killed, neither a backup made next nor the ledger has the bytes any more"""
        project, _ = self.killed()
        copy = project.folder / 'copy'
        answer = project.varve('ledger', 'backup', copy)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertEqual((holders(copy), holders(project.ledger)), ([], []))
        self.assertFalse((copy / 'unerased').exists())

    def test_killed_follower(self):
        """ledger follow: killed while it takes a redaction, the next one leaves none of the bytes"""
        project, digest = with_name(self, Faulty)
        copy = project.folder / 'copy'
        follow = ('ledger', 'follow', project.ledger, copy, '--once')
        self.assertEqual(project.varve(*follow).returncode, 0)
        self.assertTrue(holders(copy))
        self.assertEqual(
            project.varve('redact', f'content:{digest}', '--reason', 'x', '--yes').returncode, 0)
        self.assertTrue(project.kill_at('redaction-copied', *follow))
        self.assertTrue(holders(copy))
        answer = project.varve(*follow)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertEqual(holders(copy), [])
        self.assertFalse((copy / 'unerased').exists())

    def test_down(self):
        """rollback: a down script that was redacted is missed by name, and its file still works"""
        project, _ = with_name(self)
        down = project.events('migration-registered')[0]['data']['down']['digest']
        self.assertEqual(project.varve('redact', f'content:{down}', '--reason', 'x', '--yes').returncode, 0)
        file = project.migrations / '0001_people.down.sql'
        text = file.read_text()
        file.unlink()
        answer = project.varve('rollback', '--yes')
        self.assertEqual((answer.returncode, 'down-missing' in answer.stderr), (4, True))
        self.assertIn('was redacted', answer.stderr)
        file.write_text(text)
        self.assertEqual(project.varve('rollback', '--yes').returncode, 0)

    def test_review(self):
        """review: exceptions first, from the first event never reviewed; what was not is named"""
        project, digest = with_name(self)
        project.write('0002_broken', 'SELECT 1 / 0;', 'SELECT 1;')
        self.assertEqual(project.varve('run').returncode, 9)
        size = len(project.events())
        found = project.document('review')['review']
        self.assertEqual((found['from'], found['to']), (0, size))
        self.assertIn('attempt-failed.1', {e['event']['type'] for e in found['exceptions']})
        self.assertEqual(project.varve('review', '--ack').returncode, 2, 'no reason')
        answer = project.varve('review', '--ack', '--from', 3, '--to', size, '--reason', 'a division')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        event = project.events('log-reviewed')[0]
        self.assertEqual((event['data']['from_position'], event['data']['to_position']), (3, size))
        self.assertEqual(event['data']['root'], project.document('replay', '--to', size)['computed_at']['root'])
        project.varve('redact', f'content:{digest}', '--reason', 'x', '--yes')
        found = project.document('review')['review']
        self.assertEqual(found['from'], 0, 'what a later review leaves out comes next')
        self.assertIn('never reviewed were events 0 to 2: --to 3 shows them alone',
                      project.varve('review').stdout)
        self.assertEqual(project.document('review', '--to', 3)['review']['to'], 3)
        listed = project.document('review', '--list')
        self.assertEqual(len(listed['reviews']), 1)
        self.assertEqual(listed['never_reviewed'],
                         [{'from': 0, 'to': 3}, {'from': size, 'to': len(project.events())}])
        self.assertEqual(project.varve('review', '--ack', '--to', 3, '--reason', 'fine').returncode, 0)
        found = project.document('review')['review']
        self.assertEqual(found['from'], size)
        self.assertEqual([e['kind'] for e in found['exceptions']], ['redaction'])
        answer = project.varve('review', '--to', 3)
        self.assertEqual(answer.returncode, 0)
        self.assertIn('every event before position 3 was reviewed; the first that never was is '
                      f'{size}', answer.stdout)
        answer = project.varve('review', '--ack', '--to', 3, '--reason', 'x')
        self.assertEqual((answer.returncode, 'nothing-to-review' in answer.stderr), (2, True))
        self.assertIn(f'never was is {size}', answer.stderr)
        self.assertEqual(project.varve('review', '--ack', '--reason', 'fine').returncode, 0)
        self.assertEqual(project.varve('review', '--ack', '--from', 5, '--to', 5, '--reason', 'x').returncode, 2)

    def test_forced(self):
        """run: what --out-of-order and --retry-on let through is in the run's gates, and in the review"""
        project, _ = with_name(self)
        project.write('0000_late', 'SELECT 1;', 'SELECT 1;')
        self.assertEqual(project.varve('run', '--out-of-order', '--retry-on', '40001',
                                       '--reason', 'late').returncode, 0)
        started = project.events('run-started')[-1]
        details = {gate['gate']: gate['detail'] for gate in started['data']['gates']}
        self.assertEqual(details['reconcile'], 'overridden: out of order: 0000')
        self.assertEqual(details['retry'], 'tried again on 40001')
        self.assertEqual(started['reason'], 'late')
        kinds = {e['kind'] for e in project.document('review')['review']['exceptions']}
        self.assertIn('forced', kinds)


if __name__ == '__main__':
    unittest.main()
