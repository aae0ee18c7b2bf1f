"""An older copy of the ledger is put back: what the target holds stops it before it does anything."""
import shutil
import unittest

from meddling import Session, wait_until
from varve import Answers, Cluster, Project


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class OlderCopies(Answers, unittest.TestCase):

    def setUp(self):
        self.project = Project(cluster)
        self.addCleanup(self.project.remove)
        self.project.write('0001_first', 'CREATE TABLE first (id int);', 'DROP TABLE first;')
        self.project.write('0002_second', 'CREATE TABLE second (id int);', 'DROP TABLE second;')
        self.good(self.project.varve('run', '--init'))

    def keep(self, name):
        shutil.copytree(self.project.ledger, self.project.folder / name)

    def put_back(self, name):
        shutil.rmtree(self.project.ledger)
        shutil.copytree(self.project.folder / name, self.project.ledger)

    def size(self):
        return self.project.document('verify')['size']

    def held_count(self):
        return self.project.sql('SELECT count(*) FROM varve.checkpoint').strip()

    def fail_third(self):
        """0003 fails: the target holds its checkpoint, and no marker of it"""
        self.project.write('0003_third', 'SELECT 1/0;', 'SELECT 1;')
        self.good(self.project.varve('run'), 9)
        self.project.write('0003_third', 'CREATE TABLE third (id int);', 'DROP TABLE third;')

    def test_refused(self):
        """an older copy applies nothing, writes nothing, and says which events are missing"""
        self.keep('older')
        self.fail_third()
        held = int(self.project.sql('SELECT max(size) FROM varve.checkpoint'))
        self.put_back('older')
        size = self.size()
        count = self.held_count()
        for words in (['run'], ['rollback', '--yes'], ['dry-run'], ['checkpoint'],
                      ['resolve', '--all', '--adopt', '--reason', 'x'],
                      ['baseline', '0001', '--reason', 'x']):
            said = self.good(self.project.varve(*words), 7)
            self.assertIn('[ledger-behind-witness]', said, words)
            self.assertIn(f'events {size} to {held - 1} are missing', said)
        self.assertEqual(self.size(), size)
        self.assertEqual(self.held_count(), count)
        self.assertEqual(self.project.sql("SELECT to_regclass('third')").strip(), '')

    def test_grown_meanwhile(self):
        """who has read the ledger before a run, and asks the target after it, reads it again"""
        self.keep('older')
        self.project.write('0003_third', 'CREATE TABLE third (id int);', 'DROP TABLE third;')
        self.good(self.project.varve('run'))
        self.keep('newer')
        for words in ('dry-run', '--exit-code'), ('dry-run', '--rollback'), ('verify', '--witnesses'):
            with self.subTest(words):
                self.put_back('older')
                session = Session(cluster, self.project.database)
                self.addCleanup(session.close)
                session.ask('BEGIN; LOCK TABLE varve.checkpoint IN ACCESS EXCLUSIVE MODE')
                looking = self.project.start(*words)
                wait_until(lambda: self.project.sql(
                    'SELECT count(*) FROM pg_locks WHERE NOT granted') != '0')
                self.project.ledger.rename(self.project.folder / ' '.join(words))
                shutil.copytree(self.project.folder / 'newer', self.project.ledger)
                session.ask('COMMIT')
                out, err = looking.communicate(timeout=30)
                self.assertEqual((looking.returncode, err), (0, ''), out)

    def refused_proof(self, project, kept):
        answer = project.varve('prove', '--consistency', kept, '1')
        return answer.returncode, answer.stderr.partition(']')[0].partition('[')[2]

    def test_kept_checkpoint(self):
        """prove --consistency: a kept checkpoint of another ledger, of a newer copy, of nobody"""
        kept = self.project.folder / 'kept.checkpoint'
        self.keep('older')
        size = self.size()
        self.good(self.project.varve('verify', '--record'))
        self.good(self.project.varve('checkpoint', '--output', kept))
        other = Project(cluster)
        self.addCleanup(other.remove)
        other.write('0001_first', 'CREATE TABLE first (id int);')
        self.good(other.varve('run', '--init'))
        self.assertEqual(self.refused_proof(other, kept), (2, 'checkpoint-unfit'))
        for _ in range(3):
            self.good(other.varve('verify', '--record'))
        self.assertEqual(self.refused_proof(other, kept), (2, 'checkpoint-unfit'))
        self.put_back('older')
        self.assertEqual(self.size(), size)
        self.assertEqual(self.refused_proof(self.project, kept), (7, 'tail-cut'))
        text = kept.read_text(encoding='utf-8')
        seen = text.splitlines()[1]
        kept.write_text(text.replace(f'\n{seen}\n', f'\n{int(seen) + 50}\n'), encoding='utf-8')
        self.assertEqual(self.refused_proof(self.project, kept), (7, 'checkpoint-forged'))

    def test_forked(self):
        """a copy that went its own way is refused"""
        self.keep('older')
        self.fail_third()
        self.put_back('older')
        self.project.sql('ALTER TABLE varve.checkpoint RENAME TO aside')
        self.good(self.project.varve('run'))
        self.project.sql('DROP TABLE varve.checkpoint; '
                         'ALTER TABLE varve.aside RENAME TO checkpoint')
        self.project.write('0004_fourth', 'CREATE TABLE fourth (id int);', 'DROP TABLE fourth;')
        for verb in 'dry-run', 'run':
            self.assertIn('[checkpoint-contradicted]', self.good(self.project.varve(verb), 7))
        self.assertEqual(self.project.sql("SELECT to_regclass('fourth')").strip(), '')

    def test_forked_smaller(self):
        """a copy that went its own way and has signed fewer events stops the one that goes on"""
        folder = self.project.folder / 'checkpoints'
        (self.project.folder / 'varve.toml').write_text(f'[checkpoints]\nfolder = "{folder}"\n')
        self.good(self.project.varve('ledger', 'backup', self.project.folder / 'backup'))
        for name in '0003_third', '0004_fourth':
            self.project.write(name, f'CREATE TABLE t{name} (id int);',
                               f'DROP TABLE t{name};')
            self.good(self.project.varve('run'))
        self.keep('ours')
        self.good(self.project.varve('ledger', 'restore', 'backup', '--replace'), 7)
        self.good(self.project.varve('ledger', 'restore', '--accept-loss', '--reason', 'x'))
        self.good(self.project.varve('resolve', '--all', '--kind', 'ahead', '--adopt',
                                     '--reason', 'x'))
        theirs = {e['data']['size'] for e in self.project.events('checkpoint-signed')}
        self.put_back('ours')
        ours = {e['data']['size'] for e in self.project.events('checkpoint-signed')}
        self.assertLess(max(theirs), max(ours))
        self.project.write('0005_fifth', 'CREATE TABLE fifth (id int);', 'DROP TABLE fifth;')
        for verb in 'dry-run', 'run':
            self.assertIn('[checkpoint-contradicted]', self.good(self.project.varve(verb), 7))
        self.assertEqual(self.project.sql("SELECT to_regclass('fifth')").strip(), '')
        other = ', '.join(map(str, sorted(theirs - ours)))
        self.project.sql(f'DELETE FROM varve.checkpoint WHERE size IN ({other})')
        said = self.good(self.project.varve('run'), 7)  # the folder has them still
        self.assertIn('[checkpoint-contradicted]: folder', said)
        for size in theirs - ours:
            next(folder.glob(f'*/{size}.checkpoint')).unlink()
        self.assertNotIn('warning', self.good(self.project.varve('checkpoint')))
        self.good(self.project.varve('verify', '--witnesses', '--strict'))

    def test_folder_knows(self):
        """what only the folder knows, by a run on another target, stops an older copy as well"""
        folder = self.project.folder / 'checkpoints'
        (self.project.folder / 'varve.toml').write_text(f'[checkpoints]\nfolder = "{folder}"\n')
        self.keep('older')
        own, self.project.url = self.project.url, cluster.url(cluster.new_database())
        self.good(self.project.varve('run', '--env', 'other'))
        self.project.url = own
        self.put_back('older')
        size = self.size()
        self.good(self.project.varve('run'))  # nothing to do: nothing is asked
        self.project.write('0003_third', 'CREATE TABLE third (id int);', 'DROP TABLE third;')
        for words in (['run'], ['rollback', '--yes'], ['dry-run']):
            said = self.good(self.project.varve(*words), 7)
            self.assertIn('[ledger-behind-witness]: folder', said, words)
            self.assertIn('Until then no target is changed with it', said)
        self.assertEqual(self.size(), size)
        self.assertEqual(self.project.sql("SELECT to_regclass('third')").strip(), '')
        next(folder.glob('*/latest')).write_text('')  # the files beside it say the same
        self.assertIn('[ledger-behind-witness]: folder', self.good(self.project.varve('run'), 7))
        folder.rename(self.project.folder / 'aside')  # one that is not there stops nobody
        self.good(self.project.varve('run'))

    def test_stray_file(self):
        """what is no checkpoint in the folder is told as that, also after a loss"""
        folder = self.project.folder / 'checkpoints'
        (self.project.folder / 'varve.toml').write_text(f'[checkpoints]\nfolder = "{folder}"\n')
        self.good(self.project.varve('ledger', 'backup', 'copy'))
        for number in range(4):
            self.good(self.project.varve('review', '--ack', '--reason', f'{number}'))
        self.good(self.project.varve('ledger', 'restore', 'copy', '--replace'), 7)
        self.good(self.project.varve('ledger', 'restore', '--accept-loss', '--reason', 'died'))
        newest = next(folder.iterdir()) / '99.checkpoint'
        newest.write_text('garbage\n')
        said = self.good(self.project.varve('review', '--ack', '--reason', 'x'))
        self.assertIn('is no checkpoint', said)
        self.assertIn('keep it aside', said)
        self.assertNotIn('operator', said)
        self.assertNotIn('not published', said)
        self.good(self.project.varve('checkpoint', '--publish-again'))

    def test_nobodys_word(self):
        """rows without a signature stop nobody, and hide none that has one"""
        self.keep('older')
        forged = ("INSERT INTO varve.checkpoint SELECT ledger, 999999, root, 'hi', now() "
                  'FROM varve.checkpoint LIMIT 1')
        self.project.sql(forged)
        self.good(self.project.varve('dry-run'))
        self.good(self.project.varve('run'))
        self.fail_third()
        self.put_back('older')
        self.assertIn('[ledger-behind-witness]', self.good(self.project.varve('run'), 7))
        self.project.sql('DROP TABLE varve.checkpoint')
        self.good(self.project.varve('run'))

    def test_no_rights(self):
        """a role that may not read the table runs as before"""
        name = f'blind_{self.project.database}'
        self.project.sql(f'CREATE ROLE {name} LOGIN; GRANT ALL ON SCHEMA public TO {name}; '
                         f'GRANT USAGE ON SCHEMA varve TO {name}; '
                         f'GRANT ALL ON varve.__migrations_metadata TO {name}')
        self.project.url += ('&' if '?' in self.project.url else '?') + f'user={name}'
        self.project.write('0003_third', 'CREATE TABLE third (id int);', 'DROP TABLE third;')
        self.good(self.project.varve('dry-run'))
        self.good(self.project.varve('run'))

    def test_after_a_loss(self):
        """what was accepted as lost stops nothing; what came after it stops an older copy"""
        project = self.project
        self.good(project.varve('ledger', 'backup', 'copy'))
        self.fail_third()
        self.good(project.varve('run'))
        self.good(project.varve('ledger', 'restore', 'copy', '--replace'), 7)
        self.good(project.varve('ledger', 'restore', '--accept-loss', '--reason', 'disk died'))
        # At a size that a lost checkpoint has, the target takes no other one.
        for _ in range(8):
            self.good(project.varve('review', '--ack', '--reason', 'nothing new'))
        self.keep('older')
        self.assertIn('difference-ahead', self.good(project.varve('dry-run'), 7))
        self.good(project.varve('resolve', '--all', '--adopt', '--reason', 'seen there'))
        count = self.held_count()
        self.good(project.varve('run'))
        self.put_back('older')
        said = self.good(project.varve('resolve', '--all', '--adopt', '--reason', 'other'), 7)
        self.assertIn('[ledger-behind-witness]', said)
        said = self.good(project.varve('review', '--ack', '--reason', 'news to sign'))
        self.assertIn('ledger-behind-witness', said)
        self.assertEqual(self.held_count(), count)


if __name__ == '__main__':
    unittest.main()
