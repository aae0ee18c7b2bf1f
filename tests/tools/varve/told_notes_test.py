"""What a person is told beside the result is in the document of --format json too."""
import unittest

from varve import Cluster, Project

BLOCKING = 'CREATE INDEX b_id ON b (id);'


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class ToldNotes(unittest.TestCase):
    def setUp(self):
        self.project = Project(cluster)
        self.addCleanup(self.project.remove)
        self.project.write('0001_b', 'CREATE TABLE b (id int);', 'DROP TABLE b;')
        self.project.varve('run', '--init')

    def notes(self, *words):
        return '\n'.join(self.project.document(*words)['notes'])

    def test_files(self):
        """run, dry-run: a script that holds nothing, and errors that stop nothing"""
        self.project.write('0002_nothing', '-- nothing\n')
        self.project.write('0003_index', BLOCKING)
        for words in (('dry-run', '--no-rehearsal'), ('run',)):
            notes = self.notes(*words)
            self.assertIn('0002_nothing.up.sql', notes)
            self.assertIn('(script-empty)', notes)
            self.assertIn('the rules find an error, index-create-blocking in 0003_index.up.sql:1',
                          notes)
            self.assertNotIn('Note: ', notes)
        self.assertEqual(self.notes('run'), '')

    def test_rest_of_a_plan(self):
        """dry-run: what was not rehearsed, since one before it fails, is named"""
        self.project.write('0002_c', 'CREATE TABLE c (id int);')
        self.project.write('0003_fails', 'SELECT 1 / 0;')
        told = 'not rehearsed, since one before it fails'
        self.assertNotIn(told, self.notes('dry-run'))
        self.project.write('0004_d', 'CREATE TABLE d (id int);')
        self.assertIn(f'{told}: 0004_d.up.sql', self.notes('dry-run'))
        self.project.write('0005_e', 'CREATE TABLE e (id int);')
        answer = self.project.varve('dry-run')
        self.assertEqual(answer.returncode, 4)
        self.assertIn(f'Note: {told}: 0004_d.up.sql, and 1 more.', answer.stdout)

    def test_written(self):
        """checkpoint --output: that the file was written is told, with news or without"""
        for _ in range(2):
            self.assertIn('the note is written to note.txt',
                          self.project.varve('checkpoint', '--output', 'note.txt').stdout)


if __name__ == '__main__':
    unittest.main()
