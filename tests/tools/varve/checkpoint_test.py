"""Checkpoints that are signed and leave the machine."""
import os
import pathlib
import stat
import subprocess

from faults import Faulty
from varve import Cluster
from signed_checkpoints import Case


def setUpModule():
    Case.cluster = Cluster()


def tearDownModule():
    Case.cluster.stop()


class Checkpoints(Case):
    def test_run(self):
        """a run signs a checkpoint, and the target and the folder hold it"""
        project = self.project()
        answer = self.ok(project.varve('run', '--init'))
        self.assertEqual(answer.stderr, '')
        event = project.events('checkpoint-signed')[-1]
        note = event['data']['note']
        size, root = self.check_note(project, note)
        self.assertEqual((size, root), (event['data']['size'], event['data']['root']))
        self.assertGreaterEqual(event['position'], size)
        self.assertEqual(self.held_by_target(project), [(size, root, note)])
        files = self.in_folder(project)
        self.assertEqual(files, {'latest': note, f'{size}.checkpoint': note})
        self.ok(project.varve('verify'))

    def test_nothing_to_do(self):
        """a run with nothing to do adds nothing, and neither does a checkpoint of nothing new"""
        project = self.project()
        self.ok(project.varve('run', '--init'))
        count = len(project.events())
        self.ok(project.varve('run'))
        self.assertEqual(len(project.events()), count)
        self.ok(project.varve('checkpoint'))
        self.assertEqual(len(project.events()), count)

    def test_one_append(self):
        """the next checkpoint records who held the last one; that of a person records at once"""
        project = self.project()
        self.ok(project.varve('run', '--init'))
        self.assertEqual(project.events('checkpoint-witnessed'), [])
        project.write('0002_second', 'CREATE TABLE second (id int);', 'DROP TABLE second;')
        self.ok(project.varve('run'))
        first = project.events('checkpoint-signed')[0]['data']
        seen = project.events('checkpoint-witnessed')
        self.assertEqual({(e['data']['kind'], e['data']['size'], e['data']['root']) for e in seen},
                         {('folder', first['size'], first['root']),
                          ('target', first['size'], first['root'])})
        self.ok(project.varve('rollback', '--yes'))
        document = project.document('checkpoint', '--publish-again')
        self.assertFalse(document['signed'])
        newest = project.events('checkpoint-signed')[-1]['data']
        self.assertEqual(document['size'], newest['size'])
        self.assertEqual({(e['data']['kind'], e['data']['size'])
                          for e in project.events('checkpoint-witnessed')[-2:]},
                         {('folder', newest['size']), ('target', newest['size'])})
        count = len(project.events())
        self.ok(project.varve('checkpoint', '--publish-again'))
        self.assertEqual(len(project.events()), count)
        self.ok(project.varve('verify'))

    def test_on_demand(self):
        """varve checkpoint signs what has none yet, and writes the note to a file or to stdout"""
        project = self.project(folder=False)
        self.ok(project.varve('init'))
        os.rename(self.key_file(project), project.folder / 'away')
        answer = self.ok(project.varve('run'))
        self.assertIn('no checkpoint was signed (signing-key-missing)', answer.stderr)
        self.assertIn('varve checkpoint', answer.stderr)
        self.refused(project.varve('checkpoint'), 'signing-key-missing', 4)
        os.rename(project.folder / 'away', self.key_file(project))
        note = self.ok(project.varve('checkpoint', '--output', '-')).stdout
        size, _ = self.check_note(project, note)
        self.assertEqual([row[2] for row in self.held_by_target(project)], [note])
        self.ok(project.varve('checkpoint', '--output', project.folder / 'note'))
        self.assertEqual((project.folder / 'note').read_text(), note)
        self.assertEqual(project.events('checkpoint-signed')[-1]['data']['size'], size)

    def test_document(self):
        """with --format json stdout has the document and nothing else: note and request in it"""
        project = self.project(folder=False)
        self.ok(project.varve('run', '--init'))
        note = self.ok(project.varve('checkpoint', '--output', '-')).stdout
        self.refused(project.varve('checkpoint', '--output', '-', '--format', 'json'), 'usage', 2)
        request = self.ok(project.varve('checkpoint', '--request', '1')).stdout
        self.assertTrue(request.startswith('old 1\n'))
        document = project.document('checkpoint', '--request', '1')
        self.assertEqual((document['note'], document['request']), (note, request))

    def test_output_is_whole(self):
        """a note's file is replaced whole: its old bytes stay where the new ones cannot be"""
        project = self.project(folder=False)
        self.ok(project.varve('run', '--init'))
        real, link = project.folder / 'real', project.folder / 'link'
        real.write_text('an older note')
        real.chmod(0o640)
        link.symlink_to('real')
        before = real.stat().st_ino
        note = self.ok(project.varve('checkpoint', '--output', '-')).stdout
        self.ok(project.varve('checkpoint', '--output', link))
        self.assertTrue(link.is_symlink())
        self.assertEqual(real.read_text(), note)
        self.assertNotEqual(real.stat().st_ino, before)
        self.assertEqual(stat.S_IMODE(real.stat().st_mode), 0o640)
        self.assertEqual([p.name for p in project.folder.iterdir() if p.suffix == '.new'], [])
        self.assertEqual(self.ok(project.varve('checkpoint', '--output', '/dev/stderr')).stderr,
                         note)
        self.refused(project.varve('checkpoint', '--output', project.folder / 'no' / 'note'),
                     'file-unwritable', 1)

    def test_left_behind(self):
        """a key that somebody was killed writing is removed; one that is being written stays"""
        project = self.project()
        self.ok(project.varve('init'))
        ended = subprocess.Popen(['true'])
        ended.wait()
        left, living, other = (pathlib.Path(f'{self.key_file(project)}{end}') for end in
                               (f'.{ended.pid}.tmp', f'.{os.getpid()}.tmp', '.tmp'))
        for path in (left, living, other):
            path.write_text('PRIVATE+KEY+\n')
        self.ok(project.varve('keys'))
        self.assertEqual([p.exists() for p in (left, living, other)], [False, True, True])

    def test_killed(self):
        """killed between event and publication, the next checkpoint catches up"""
        project = self.project(Faulty)
        self.ok(project.varve('init'))
        self.assertTrue(project.kill_at('checkpoint-signed', 'run'))
        event = project.events('checkpoint-signed')[-1]['data']
        self.assertEqual(project.sql('SELECT count(*) FROM varve.checkpoint'), '0')
        self.assertNotIn(f'{event["size"]}.checkpoint', self.in_folder(project))
        self.ok(project.varve('checkpoint', '--publish-again'))
        self.assertEqual(self.held_by_target(project),
                         [(event['size'], event['root'], event['note'])])
        self.assertEqual(self.in_folder(project)['latest'], event['note'])

        project.write('0002_second', 'CREATE TABLE second (id int);', 'DROP TABLE second;')
        self.assertTrue(project.kill_at('before-checkpoint-signed', 'run'))
        self.assertEqual(project.events('checkpoint-signed')[-1]['data'], event)
        self.ok(project.varve('checkpoint'))
        self.assertEqual(len(self.held_by_target(project)), 2)
        self.ok(project.varve('verify'))

    def test_role_without_rights(self):
        """a role that may not make the witness table gets a warning, and its run succeeds"""
        project = self.project(folder=False)
        self.ok(project.varve('run', '--init'))
        project.sql('DROP TABLE varve.checkpoint; '
                    f'CREATE ROLE bound_{project.database} LOGIN; '
                    f'GRANT ALL ON SCHEMA public TO bound_{project.database}; '
                    f'GRANT USAGE ON SCHEMA varve TO bound_{project.database}; '
                    f'GRANT ALL ON varve.__migrations_metadata TO bound_{project.database}')
        project.url += ('&' if '?' in project.url else '?') + f'user=bound_{project.database}'
        project.write('0002_second', 'CREATE TABLE second (id int);', 'DROP TABLE second;')
        answer = project.varve('run')
        self.ok(answer)
        self.assertIn('(witness-unwritable)', answer.stderr)
        self.assertIn('varve.checkpoint', answer.stderr.replace('"', ''))

    def test_older_copy(self):
        """an older copy of the ledger signs nothing that contradicts what a folder holds"""
        project = self.project()
        self.ok(project.varve('init'))
        subprocess.run(['cp', '-a', project.ledger, project.folder / 'older'], check=True)
        self.ok(project.varve('run'))
        subprocess.run(['rm', '-r', project.ledger], check=True)
        os.rename(project.folder / 'older', project.ledger)
        self.refused(project.varve('keys', 'retire', 'ffffffff'), 'key-unknown', 4)
        answer = project.varve('keys', 'rotate')
        self.assertIn('no checkpoint was signed (ledger-behind-witness)', answer.stderr)
        self.refused(project.varve('checkpoint'), 'ledger-behind-witness', 7)

    def test_forged_row(self):
        """what somebody writes into the witness table without a key stops nobody from signing"""
        project = self.project(folder=False)
        self.ok(project.varve('run', '--init'))
        project.sql("INSERT INTO varve.checkpoint SELECT ledger, 999999, root, 'nonsense', now() "
                    'FROM varve.checkpoint')
        project.write('0002_second', 'CREATE TABLE second (id int);', 'DROP TABLE second;')
        self.assertEqual(self.ok(project.varve('run')).stderr, '')
        self.assertEqual(len(project.events('checkpoint-signed')), 2)
