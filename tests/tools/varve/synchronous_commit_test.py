"""A COMMIT that waits for a synchronous standby which never comes."""
import signal
import time
import unittest

from varve import Cluster, Project

WAITING = """SELECT count(*) FROM pg_stat_activity
  WHERE datname = '{}' AND application_name LIKE 'varve%' AND wait_event = 'SyncRep'"""
CANCEL = """SELECT pg_cancel_backend(pid) FROM pg_stat_activity
  WHERE datname = '{}' AND wait_event = 'SyncRep'"""
DEFINES = 'CREATE TABLE {} (id int);\n'
CHANGES_ROWS = 'CREATE TABLE {0} (id int);\nINSERT INTO {0} VALUES (1);\n'


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


def set_standby(name):
    cluster.sql('postgres', f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
    cluster.sql('postgres', 'SELECT pg_reload_conf()')
    time.sleep(0.5)


class SynchronousCommit(unittest.TestCase):
    def start(self, script):
        """A run whose COMMIT of that script waits for the standby."""
        self.project = Project(cluster)
        self.addCleanup(self.project.remove)
        self.project.write('0001_first', script.format('first'))
        first = self.project.varve('run', '--init')
        self.assertEqual(first.returncode, 0, first.stderr)
        self.project.write('0002_second', script.format('second'))
        cluster.sql(self.project.database, f"""ALTER DATABASE {self.project.database}
            SET synchronous_commit = on""")
        set_standby('nobody')
        self.addCleanup(set_standby, '')
        run = self.project.start('run')
        self.wait_until_it_waits()
        return run

    def wait_until_it_waits(self):
        for _ in range(200):
            if self.waits():
                return
            time.sleep(0.05)
        self.fail('no COMMIT waits for the standby')

    def waits(self):
        return cluster.sql('postgres', WAITING.format(self.project.database)) != '0'

    def test_signal(self):
        """a signal does not cut short what a COMMIT waits for, and a run says what it waits for"""
        for script in (DEFINES, CHANGES_ROWS):
            run = self.start(script)
            run.send_signal(signal.SIGTERM)
            time.sleep(3)
            self.assertTrue(self.waits(), script)
            self.assertIsNone(run.poll(), script)
            set_standby('')
            out, err = run.communicate(timeout=30)
            self.assertEqual(run.returncode, 0, out + err)
            self.assertIn('COMMIT', err, script)
            self.assertNotIn('canceling', out + err, script)

    def test_cancelled_by_another(self):
        """where another cuts the wait short, the server's warning is told and kept"""
        run = self.start(DEFINES)
        cluster.sql('postgres', CANCEL.format(self.project.database))
        time.sleep(1)
        set_standby('')
        out, err = run.communicate(timeout=30)
        self.assertEqual(run.returncode, 0, out + err)
        self.assertIn('0002: at its COMMIT the server said: WARNING: canceling wait', err)
        kept = self.project.events('attempt-succeeded')[-1]['data']['statements'][-1]['notices']
        self.assertIn('canceling wait for synchronous replication', ' '.join(kept))


if __name__ == '__main__':
    unittest.main()
