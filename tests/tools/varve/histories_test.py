"""What real histories show beyond the way up: down files that fail, files that were never edited."""
import pathlib
import shutil
import tempfile
import unittest

from varve import CORPORA, Cluster, Project


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


@unittest.skipUnless(CORPORA.exists(), f'there is no {CORPORA}')
class Histories(unittest.TestCase):
    def project(self, name):
        copied = pathlib.Path(tempfile.mkdtemp(prefix='varve-history.'))
        self.addCleanup(shutil.rmtree, copied)
        shutil.copytree(CORPORA / name / 'migrations', copied / 'migrations')
        project = Project(cluster, copied / 'migrations')
        self.addCleanup(project.remove)
        return project

    def test_down_fails(self):
        """rollback: a real down file that fails is reported, kept, and leaves what was applied"""
        project = self.project('crates.io')
        self.assertEqual(project.varve('run', '--init').returncode, 0)
        before = len(project.markers())
        answer = project.varve('rollback', '--to', '0', '--yes')
        self.assertEqual(answer.returncode, 4, 'one of the down files has a syntax error')
        self.assertIn('20170318181441_downloads_need_no_id/down.sql:2', answer.stderr)
        self.assertEqual(len(project.markers()), before)
        answer = project.varve('rollback', '--to', '20170318181441', '--yes')
        self.assertEqual(answer.returncode, 9, answer.stdout + answer.stderr)
        self.assertIn('42704', answer.stdout + answer.stderr)
        failed = project.events('attempt-failed')[-1]['data']
        self.assertEqual((failed['direction'], failed['sqlstate']), ('down', '42704'))
        self.assertIn('versions_crate_id_num_no_build_uindex', failed['message'])
        undone = [m for m in project.markers() if m[2] == 'down' and m[3] == m[4]]
        self.assertGreater(len(undone), 40)
        self.assertEqual(project.events('rollback-finished')[-1]['data']['undone_count'],
                         len(undone))
        self.assertEqual(project.varve('verify').returncode, 0)

    def test_unlisted(self):
        """run: files that a Drizzle journal does not list never run"""
        project = self.project('cosmo')
        self.assertEqual(project.varve('run', '--init').returncode, 0)
        names = {marker[1] for marker in project.markers()}
        self.assertEqual(len(names), 148)
        self.assertFalse([name for name in names if name.startswith(('0022_large', '0038_lame'))])


if __name__ == '__main__':
    unittest.main()
