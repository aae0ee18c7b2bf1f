"""varve ledger backup, restore and follow, as a person uses them."""
import json
import os
import re
import shutil
import signal
import subprocess
import time
import unittest

import evidence
from varve import CLEAN, Answers, Cluster, Project

ROUNDS = 40 if os.environ.get('VARVE_SOAK') == '1' else 4


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class Copies(Answers, unittest.TestCase):
    def project(self, migrations=3):
        project = Project(cluster)
        self.addCleanup(project.remove)
        for i in range(migrations):
            self.add(project, i)
        self.good(project.varve('run', '--init'))
        return project

    @staticmethod
    def add(project, i):
        project.write(f'{i + 1:05d}_step', f'CREATE TABLE t{i} (id bigint);\n', f'DROP TABLE t{i};\n')

    @staticmethod
    def size(project, ledger=None):
        words = ['--ledger', str(ledger)] if ledger else []
        return json.loads(subprocess.run(
            [*project.arguments('verify', '--format', 'json')[:-2],
             *(words or ['--ledger', str(project.ledger)])],
            env=CLEAN, cwd=project.folder, capture_output=True, text=True).stdout)['size']

    def test_backup(self):
        """ledger backup: a copy that verifies, holds no key, and is recorded"""
        project = self.project()
        said = self.good(project.varve('ledger', 'backup', 'copy'))
        self.assertIn('private signing key is not part of it', said)
        self.assertEqual(sorted(p.name for p in (project.folder / 'copy').iterdir()),
                         ['anchor', 'events', 'manifest'])
        key = next(project.folder.glob('*.key')).read_text().strip().split('+', 4)[4]
        for path in (project.folder / 'copy').rglob('*'):
            if path.is_file():
                self.assertNotIn(key.encode(), path.read_bytes())
        copied = project.events('ledger-copied')
        self.assertEqual(len(copied), 1)
        self.assertEqual(copied[0]['data']['size'], self.size(project, project.folder / 'copy'))
        real, project.ledger = project.ledger, project.folder / 'copy'
        for words in (['status'], ['history'], ['verify'], ['show', '0']):
            self.good(project.varve(*words))
        self.assertIn('ledger-is-copy', self.good(project.varve('run'), 4))
        project.ledger = real
        again = project.varve('ledger', 'backup', 'copy')
        self.assertIn('destination-unfit', self.good(again, 2))

    def test_beside_a_run(self):
        """ledger backup: in a loop beside a run, every copy is whole, and the run goes on"""
        project = self.project(1)
        for i in range(1, 120):
            self.add(project, i)
        run = project.start('run')
        sizes = []
        for number in range(ROUNDS):
            document = project.document('ledger', 'backup', f'copy{number}')
            self.assertNotIn('error', document)
            self.assertTrue(document['verified'])
            sizes.append(document['size'])
        output, errors = run.communicate(timeout=300)
        self.assertEqual(run.returncode, 0, output + errors)
        self.assertEqual(sizes, sorted(sizes))
        for number, size in enumerate(sizes):
            self.assertEqual(self.size(project, project.folder / f'copy{number}'), size)
        self.good(project.varve('verify'))

    def test_restore_without_loss(self):
        """ledger restore: a lost ledger is back, says so, and the next run goes on"""
        project = self.project()
        self.good(project.varve('ledger', 'backup', 'copy'))
        shutil.rmtree(project.ledger)
        self.good(project.varve('ledger', 'restore', 'copy'))
        restored = project.events('ledger-restored')
        self.assertEqual(len(restored), 1)
        self.assertEqual(restored[0]['data']['size'], restored[0]['data']['lost_to'])
        self.add(project, 3)
        self.good(project.varve('run'))
        self.good(project.varve('verify'))

    def test_restore_with_loss(self):
        """ledger restore: what is lost stops every run until somebody accepts it"""
        project = self.project()
        self.good(project.varve('ledger', 'backup', 'copy'))
        self.add(project, 3)
        self.good(project.varve('run'))
        self.assertIn('ledger-exists', self.good(project.varve('ledger', 'restore', 'copy'), 2))
        said = self.good(project.varve('ledger', 'restore', 'copy', '--replace'), 7)
        self.assertRegex(said, 'are lost, known by .*anchor, old ledger')
        self.assertEqual(len(list(project.folder.glob('ledger.replaced-*'))), 1)
        for words in (['run'], ['recover'], ['rollback']):
            self.assertIn('loss-unaccepted', self.good(project.varve(*words), 7))
        self.good(project.varve('status'))
        said = self.good(project.varve('ledger', 'restore', 'copy', '--replace'), 7)
        self.assertRegex(said, 'are lost, known by .*anchor, old ledger', 'again the same')
        self.assertEqual(project.events('ledger-restored'), [], 'nobody has accepted it')
        self.assertIn('reason-missing', self.good(
            project.varve('ledger', 'restore', '--accept-loss'), 2))
        self.good(project.varve('ledger', 'restore', '--accept-loss', '--reason', 'disk died'))
        event = project.events('ledger-restored')[0]
        self.assertEqual(event['reason'], 'disk died')
        self.assertGreater(event['data']['lost_to'], event['data']['size'])
        before = self.size(project)
        self.assertIn('difference-ahead', self.good(project.varve('run'), 7))
        applied = [e for e in project.events('attempt-started') if e['position'] >= before]
        self.assertEqual(applied, [], 'what the target has seen stops a run before it writes')
        self.good(project.varve('verify'))

    def test_redacted_since(self):
        """ledger restore: what was redacted after the copy was made is named where it comes back"""
        project = self.project()
        self.good(project.varve('ledger', 'backup', 'copy'))
        digest = project.events('migration-registered')[0]['data']['up']['digest']
        self.good(project.varve('redact', f'content:{digest}', '--reason', 'a name', '--yes'))
        said = self.good(project.varve('ledger', 'restore', 'copy', '--replace'), 7)
        self.assertRegex(said, f'what was redacted since is there again: varve redact .*content:{digest}')
        self.good(project.varve('ledger', 'restore', '--accept-loss', '--reason', 'disk died'))
        self.good(project.varve('redact', f'content:{digest}', '--reason', 'again', '--yes'))
        self.assertIn('1 redacted', self.good(project.varve('verify')))

    def test_keys_since(self):
        """ledger restore: keys that were added and retired after the copy was made are named"""
        project = self.project()
        self.good(project.varve('ledger', 'backup', 'copy'))
        old = project.varve('keys').stdout.split()[0]
        said = self.good(project.varve('keys', 'rotate', '--reason', 'leaked'))
        self.good(project.varve('keys', 'retire', old, '--reason', 'leaked'))
        new, = set(re.findall(r'^[0-9a-f]{8}', project.varve('keys').stdout, re.M)) - {old}
        self.assertIn(new, said)
        told = [f'key {old} was retired since, and counts again', f'key {new} was added since']
        said = self.good(project.varve('ledger', 'restore', 'copy', '--replace'), 7)
        for text in told:
            self.assertIn(text, said)
        said = self.good(project.varve('ledger', 'restore', '--accept-loss', '--reason', 'disk'))
        for text in told:
            self.assertIn(text, said, 'and again when something can be done about it')
        answer = project.varve('verify', '--witnesses')
        self.good(answer)
        self.assertIn('lost, as event', answer.stdout)

    def test_signs_after_rotation(self):
        """verify --record: where the first key's file is gone, the newer key signs"""
        project = self.project()
        old = project.varve('keys').stdout.split()[0]
        self.good(project.varve('keys', 'rotate', '--reason', 'yearly'))
        self.good(project.varve('keys', 'retire', old, '--reason', 'yearly'))
        (project.ledger.parent / 'ledger.key').unlink()
        self.good(project.varve('verify', '--record'))
        self.assertGreater(project.events('checkpoint-signed')[-1]['position'],
                           project.events('ledger-verified')[-1]['position'])

    def test_known_by_target(self):
        """ledger restore: the target's markers tell what is lost where the whole folder is gone"""
        project = self.project()
        self.good(project.varve('ledger', 'backup', 'copy'))
        self.add(project, 3)
        self.good(project.varve('run'))
        self.good(project.varve('ledger', 'backup', 'newer'))
        shutil.rmtree(project.ledger)
        said = self.good(project.varve('ledger', 'restore', 'copy'), 7)
        self.assertIn('are lost, known by target development', said)
        self.assertIn('loss-unaccepted', self.good(project.varve('run'), 7))
        said = self.good(project.varve('ledger', 'restore', 'newer', '--replace'))
        self.assertIn('Nobody of these knows more: target development', said)
        self.good(project.varve('run'))
        # What was accepted as lost once contradicts nobody later.
        self.good(project.varve('ledger', 'restore', 'copy', '--replace', '--accept-loss',
                                '--reason', 'trying'))
        self.good(project.varve('ledger', 'backup', 'after'))
        self.good(project.varve('ledger', 'restore', 'after', '--to', 'elsewhere',
                                '--accept-loss', '--reason', 'trying'))

    def test_known_by_one_marker(self):
        """ledger restore: an attempt that the copy does not know tells how many events there were at least"""
        project = self.project()
        self.good(project.varve('ledger', 'backup', 'copy'))
        for _ in range(4):
            self.good(project.varve('review', '--ack', '--reason', 'monthly'))
        self.add(project, 3)
        self.good(project.varve('run'))
        marker = int(project.sql('SELECT max(ledger_size) FROM varve.__migrations_metadata'))
        project.sql(f'DELETE FROM varve.checkpoint WHERE size > {self.size(project, project.folder / "copy")}')
        shutil.rmtree(project.ledger)
        said = self.good(project.varve('ledger', 'restore', 'copy'), 7)
        size = self.size(project)
        self.assertGreater(marker, size + 1)
        self.assertIn(f'at least positions {size} to {marker} are lost, known by target development', said)
        self.assertIn(f'1 of them: the ledger had at least {marker + 1} events', said)
        self.good(project.varve('ledger', 'restore', '--accept-loss', '--reason', 'disk died'))
        self.assertEqual(project.events('ledger-restored')[0]['data']['lost_to'], marker + 1)
        self.assertIn(f'at least events {size} to {marker} lost', self.good(project.varve('history')))
        # The same marker, known to be of an accepted loss, is no loss at the next restore.
        self.good(project.varve('ledger', 'backup', 'after'))
        shutil.rmtree(project.ledger)
        self.assertIn('Nobody of these knows more', self.good(project.varve('ledger', 'restore', 'after')))

    def test_other_schema(self):
        """ledger restore: a target is asked in the schema in which the ledger has its rows"""
        project = Project(cluster)
        self.addCleanup(project.remove)
        toml = project.folder / 'varve.toml'
        toml.write_text('[run]\nmarker_schema = "tenant"\n', encoding='utf-8')
        for i in range(2):
            self.add(project, i)
            self.good(project.varve('run', '--init'))
        self.good(project.varve('ledger', 'backup', 'copy'))
        self.add(project, 2)
        self.good(project.varve('run'))
        shutil.rmtree(project.ledger)
        toml.unlink()
        said = self.good(project.varve('ledger', 'restore', 'copy'), 7)
        self.assertIn('are lost, known by target development', said)

    def test_unsigned_rows(self):
        """ledger restore: a row that no key of the ledger has signed, and a marker's size, decide nothing"""
        project = self.project()
        self.good(project.varve('ledger', 'backup', 'copy'))
        project.sql("INSERT INTO varve.checkpoint SELECT ledger, 2000000, root, 'hi', now() "
                    "FROM varve.checkpoint LIMIT 1; "
                    "UPDATE varve.__migrations_metadata SET ledger_size = 1000000")
        said = self.good(project.varve('ledger', 'restore', 'copy', '--to', 'elsewhere'))
        self.assertIn('one of 2000000 events is not this ledger\'s word', said)
        self.assertIn('Nobody of these knows more: target development', said)

    def test_nobody_asked(self):
        """ledger restore: where somebody could not be asked, a person decides"""
        project = self.project()
        self.good(project.varve('ledger', 'backup', 'copy'))
        shutil.rmtree(project.ledger)
        reached, project.url = project.url, 'postgresql:///nothing?host=/nonexistent'
        said = self.good(project.varve('ledger', 'restore', 'copy'), 7)
        self.assertIn('whether anything is lost is unknown; not asked: target development', said)
        self.assertIn('loss-unaccepted', self.good(project.varve(
            'checkpoint'), 7))
        for verb in ('status', 'verify'):
            self.assertIn('waits for a decision', self.good(project.varve(verb)))
        project.url = reached
        self.good(project.varve('ledger', 'restore', '--accept-loss', '--reason', 'looked myself'))
        event = project.events('ledger-restored')[0]
        self.assertEqual(event['data']['known_by'], ['not asked: target development'])
        self.assertNotIn('waits for a decision', self.good(project.varve('status')))
        said = self.good(project.varve('export', 'evidence', '--all', '--output', 'unknown.tar'))
        self.assertIn('from a copy of', said)
        self.assertIn('is unknown (not asked: target development)', said)
        self.assertIn('that no event was lost', evidence.verify(project.folder / 'unknown.tar')[1])

    def test_accepted_loss(self):
        """verify --witnesses: what lies in an accepted loss is no fault; restoring does not ask again"""
        project = self.project()
        self.good(project.varve('ledger', 'backup', 'copy'))
        self.add(project, 3)
        self.good(project.varve('run'))
        self.good(project.varve('ledger', 'restore', 'copy', '--replace', '--accept-loss',
                                '--reason', 'disk died'))
        self.assertEqual(project.events()[-1]['type'].rsplit('.', 1)[0] in
                         ('checkpoint-signed', 'checkpoint-witnessed'), True)
        self.assertIn('that are lost', self.good(project.varve('verify', '--witnesses')))
        data = project.events('ledger-restored')[0]['data']
        lost = f'positions {data["size"]} to {data["lost_to"] - 1}'
        said = self.good(project.varve('export', 'evidence', '--migration', '0001', '--output',
                                       'lost.tar'))
        count = data['lost_to'] - data['size']
        self.assertIn(f'Lost: at least {count} events recorded once, at {lost}, before the ledger', said)
        code, said = evidence.verify(project.folder / 'lost.tar')
        self.assertEqual(code, 0, said)
        self.assertIn(f'lost          at least {lost}, when the ledger went on from a copy', said)
        self.assertIn(f'what the events said that were at {lost} once, or beyond', said)
        self.good(project.varve('ledger', 'backup', 'after'))
        self.good(project.varve('ledger', 'restore', 'after', '--to', 'elsewhere'))

    def test_follow_waits(self):
        """ledger follow: a source that is away for a while is waited for"""
        project = self.project()
        said = self.good(project.varve('ledger', 'follow', 'nothing', 'follower'), 2)
        self.assertIn('is it mounted', said)
        self.good(project.varve('ledger', 'follow', project.ledger, 'follower', '--once'))
        away = project.folder / 'away'
        project.ledger.rename(away)
        said = self.good(project.varve('ledger', 'follow', project.ledger, 'follower', '--once'), 2)
        self.assertIn('is it mounted', said)
        process = project.start('ledger', 'follow', project.ledger, 'follower',
                                '--interval', '100ms')
        time.sleep(0.5)
        self.assertIsNone(process.poll())
        away.rename(project.ledger)
        self.add(project, 3)
        self.good(project.varve('run'))
        end = time.monotonic() + 30
        while self.size(project, project.folder / 'follower') < self.size(project):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, output + errors)
        self.assertIn('looking again', errors)

    def test_follow(self):
        """ledger follow: goes on until it is interrupted, and stops where the source is older"""
        project = self.project()
        self.good(project.varve('ledger', 'follow', project.ledger, 'follower', '--once'))
        self.assertEqual(self.size(project), self.size(project, project.folder / 'follower'))
        shutil.copytree(project.ledger, project.folder / 'older')
        process = project.start('ledger', 'follow', project.ledger, 'follower',
                                '--interval', '100ms')
        self.add(project, 3)
        self.good(project.varve('run'))
        end = time.monotonic() + 30
        while self.size(project, project.folder / 'follower') < self.size(project):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, output + errors)
        self.assertIn('OK', output)
        said = self.good(project.varve('ledger', 'follow', 'older', 'follower', '--once'), 7)
        self.assertIn('source-differs', said)
        self.assertIn('is the first that is gone', said)
        real, project.ledger = project.ledger, project.folder / 'follower'
        self.assertIn('it follows ' + str(real), self.good(project.varve('run'), 4))

    def test_killed(self):
        """ledger backup, follow: killed at any moment, the copy is whole or not there"""
        project = self.project(20)
        began = time.monotonic()
        self.good(project.varve('ledger', 'backup', 'measured'))
        whole = time.monotonic() - began
        for number in range(2 * ROUNDS):
            for words, copy in ((['backup', f'copy{number}'], f'copy{number}'),
                                (['follow', project.ledger, f'follower{number // 2}', '--once'],
                                 f'follower{number // 2}')):
                process = project.start('ledger', *words)
                try:
                    process.communicate(timeout=whole * (number + 1) / (2 * ROUNDS))
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.communicate()
                copied = project.folder / copy
                if copied.exists():
                    self.assertEqual((copied / 'manifest').exists(), words[0] == 'backup')
                    self.good(subprocess.run([*project.arguments('verify')[:-1], str(copied)],
                                             env=CLEAN, cwd=project.folder, capture_output=True,
                                             text=True))
        self.good(project.varve('ledger', 'backup', 'last'))
        left = [p.name for p in project.ledger.iterdir() if p.name.startswith('.copying')]
        self.assertEqual(left, [], 'the links of killed ones are taken away')
        self.good(project.varve('ledger', 'follow', project.ledger, 'follower0', '--once'))
        self.good(project.varve('verify'))


if __name__ == '__main__':
    unittest.main()
