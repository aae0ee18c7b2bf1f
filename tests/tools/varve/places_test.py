"""Where a ledger and its copies may lie: links, empty folders, the working directory, mounts."""
import os
import signal
import subprocess
import time
import unittest

from faults import Faulty
from varve import CLEAN, PROGRAM, Answers, Cluster, Project


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class Places(Answers, unittest.TestCase):
    def project(self):
        project = Project(cluster)
        self.addCleanup(project.remove)
        project.write('00001_step', 'CREATE TABLE t (id bigint);\n', 'DROP TABLE t;\n')
        return project

    def with_ledger(self):
        project = self.project()
        self.good(project.varve('run', '--init'))
        return project

    @staticmethod
    def plain(project, *words, folder=None):
        return subprocess.run([str(PROGRAM), *map(str, words)], env=CLEAN, timeout=120,
                              cwd=folder or project.folder, capture_output=True, text=True)

    def test_init_in_empty_folder(self):
        """init: an empty folder is a place for a ledger, as a link to one is; run --init is careful"""
        for is_link in (False, True):
            project = self.project()
            real = project.folder / 'disk' if is_link else project.ledger
            real.mkdir()
            if is_link:
                project.ledger.symlink_to(real)
            # It may be where a disk is to be mounted: only who says init means it.
            self.assertIn('not-a-ledger', self.good(project.varve('run', '--init'), 2))
            self.assertEqual(list(project.folder.glob('ledger.key*')), [])
            self.good(project.varve('init'))
            self.good(project.varve('run'))
            self.assertTrue((real / 'anchor').exists())
            self.assertEqual(project.ledger.is_symlink(), is_link)

    def test_open_mask(self):
        """what varve makes can be written by no stranger, whatever the shell's umask is"""
        project = self.project()
        made = subprocess.run(['sh', '-c', 'umask 000; exec "$@"', 'sh', *project.arguments('run', '--init')],
                              env=CLEAN, cwd=project.folder, capture_output=True, text=True, timeout=120)
        self.good(made)
        for path in [project.ledger, *project.ledger.parent.glob('ledger*'), *project.ledger.rglob('*')]:
            self.assertEqual(path.stat().st_mode & 0o002, 0, path)

    def test_moved_away(self):
        """a ledger's folder that is moved while a run goes on: the run stops, and goes on once it is back"""
        project = self.with_ledger()
        for number in range(2, 9):
            project.write(f'0000{number}_wait', f'SELECT pg_sleep(0.4); CREATE TABLE t{number} ();')
        process = project.start('run')
        time.sleep(0.8)
        aside = project.ledger.with_name('aside')
        project.ledger.rename(aside)
        output, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 1, output + errors)
        self.assertIn('ledger-moved', errors)
        self.assertFalse(project.ledger.exists())
        self.assertEqual(project.sql("SELECT to_regclass('t8') IS NULL"), 't', 'it has stopped')
        aside.rename(project.ledger)
        self.good(project.varve('run'))
        versions = [marker[1] for marker in project.markers()]
        self.assertEqual(versions, [f'0000{number}' for number in range(1, 9)])
        self.good(project.varve('verify'))

    def test_init_again(self):
        """init: refused where a ledger is, it leaves no file that a later command takes for a key"""
        project = self.with_ledger()
        key = project.folder / 'ledger.key'
        text = key.read_text(encoding='utf-8')
        key.unlink()
        self.assertIn('ledger-exists', self.good(project.varve('init'), 2))
        self.assertEqual(list(project.folder.glob('ledger.key*')), [])
        self.good(project.varve('checkpoint'))
        self.assertFalse(key.exists())
        key.write_text(text, encoding='utf-8')
        key.chmod(0o600)
        self.good(project.varve('checkpoint'))

    def test_init_cut_off(self):
        """init: one that was killed before its last file is finished by the next; a finished one stays"""
        for point in ('before-checkpoint-signed', 'checkpoint-signed'):
            project = Faulty(cluster)
            self.addCleanup(project.remove)
            process = project.start_at(point, 'init')
            process.communicate(timeout=60)
            self.assertEqual(process.returncode, -signal.SIGKILL, point)
            self.assertFalse((project.folder / 'varve.toml').exists())
            said = self.good(project.varve('init'))
            self.assertIn(f'kept  {project.ledger}\n', said)
            self.assertIn('made  varve.toml\n', said)
            self.assertEqual(len(project.events('checkpoint-signed')), 1, point)
            self.assertEqual(len(project.events()), 3, point)
            self.assertTrue((project.folder / 'ledger.key').exists())
            self.assertIn('ledger-exists', self.good(project.varve('init'), 2))
            self.good(project.varve('run'))

    def test_restore_behind_link(self):
        """ledger restore: a ledger behind a link is replaced where it lies, and the link stays"""
        project = self.with_ledger()
        real = project.folder / 'disk' / 'ledger'
        real.parent.mkdir()
        project.ledger.rename(real)
        project.ledger.symlink_to(real)
        self.good(project.varve('ledger', 'backup', 'copy'))
        self.good(project.varve('ledger', 'restore', 'copy', '--replace', '--accept-loss',
                                '--reason', 'r'))
        self.assertTrue(project.ledger.is_symlink())
        names = sorted(p.name for p in real.parent.iterdir())
        self.assertEqual((names[0], names[1].startswith('ledger.replaced-'), len(names)),
                         ('ledger', True, 2))
        self.good(project.varve('verify'))

    def test_copies_behind_links(self):
        """ledger backup, follow: a link to an empty folder, or to none yet, is a place for a copy"""
        project = self.with_ledger()
        (project.folder / 'empty').mkdir()
        for name in ('empty', 'none'):
            for verb in ('backup', 'follow'):
                link = project.folder / f'{verb}-{name}'
                target = f'{name}-{verb}' if name == 'none' else name
                link.symlink_to(target)
                words = ['ledger', verb, link, '--ledger', project.ledger]
                if verb == 'follow':
                    words = ['ledger', verb, project.ledger, link, '--once']
                self.good(self.plain(project, *words))
                self.assertTrue((project.folder / target / 'anchor').exists())
                self.good(self.plain(project, 'verify', '--ledger', link))
                for path in sorted((project.folder / target).rglob('*'), reverse=True):
                    path.rmdir() if path.is_dir() else path.unlink()

    def test_copy_inside(self):
        """ledger backup, follow: no copy lies in the ledger's own folder, by whatever name"""
        project = self.with_ledger()
        other = project.folder / 'other'
        other.symlink_to(project.ledger)
        for place in (project.ledger / 'copy', other / 'copy', other / 'deep' / 'copy'):
            for words in (['backup', place, '--ledger', project.ledger],
                          ['follow', project.ledger, place, '--once']):
                answer = self.plain(project, 'ledger', *words)
                self.assertIn('destination-unfit', self.good(answer, 2))
        self.assertFalse((project.ledger / 'copy').exists())
        self.good(self.plain(project, 'ledger', 'follow', project.ledger, 'copy', '--once'))
        (project.folder / 'same').symlink_to('copy')
        answer = self.plain(project, 'ledger', 'follow', 'copy', 'same', '--once')
        self.assertIn('destination-unfit', self.good(answer, 2))

    def test_working_directory(self):
        """ledger backup: the empty folder in which one stands is a place for a copy"""
        project = self.with_ledger()
        place = project.folder / 'here'
        place.mkdir()
        self.good(self.plain(project, 'ledger', 'backup', '.', '--ledger', project.ledger,
                             folder=place))
        copied = project.events('ledger-copied')
        self.assertEqual([e['data']['destination'] for e in copied], [str(place)])

    @unittest.skipUnless(os.geteuid() == 0, 'only root can mount')
    def test_mount_point(self):
        """init, copies: refused before anything is made where a disk is mounted, with what to do"""
        project = self.with_ledger()
        place = project.folder / 'volume'
        place.mkdir()
        mounted = subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=100m', 'tmpfs', place],
                                 capture_output=True, check=False)
        if mounted.returncode:
            self.skipTest('nothing can be mounted here')
        self.addCleanup(subprocess.run, ['umount', place], check=True)
        self.good(project.varve('ledger', 'backup', 'copy'))
        key = ['--config', project.folder / 'other.toml']
        key[1].write_text('[ledger]\nsigning_key = "other.key"\n', encoding='utf-8')
        for words in (['init', '--ledger', place, *key],
                      ['ledger', 'backup', place, '--ledger', project.ledger],
                      ['ledger', 'follow', project.ledger, place, '--once'],
                      ['ledger', 'restore', 'copy', '--to', place, '--ledger', project.ledger]):
            said = self.good(self.plain(project, *words), 2)
            self.assertIn('destination-unfit', said)
            self.assertIn(f'{place}/ledger', said)
            self.assertEqual(list(place.iterdir()), [])
        self.good(self.plain(project, 'init', '--ledger', place / 'ledger', *key))


if __name__ == '__main__':
    unittest.main()
