"""Targets that are set up unlike most: rights, settings, encodings, and what stands on the tables."""
import shutil
import unittest

from varve import Cluster, Project

INDEX = 'CREATE INDEX CONCURRENTLY a_id ON a (id);\n'


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class OddTargets(unittest.TestCase):
    def project(self):
        project = Project(cluster)
        self.addCleanup(project.remove)
        project.write('0001_a', 'CREATE TABLE a (id int);\n')
        return project

    def runs(self, project, *words):
        answer = project.varve('run', *words)
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.assertNotIn('warning', answer.stderr)
        return answer

    def indexes(self, project):
        return project.sql("SELECT count(*) FROM pg_indexes WHERE tablename = 'a'")

    def test_no_right_to_update(self):
        """a role that may not update its marker begins nothing that it could not mark"""
        project = self.project()
        self.runs(project, '--init')
        project.sql('CREATE ROLE inserts LOGIN; GRANT ALL ON SCHEMA public, varve TO inserts;'
                    'GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA varve TO inserts;'
                    'ALTER TABLE a OWNER TO inserts')
        project.write('0002_i', INDEX)
        project.url += '&user=inserts'
        self.assertIn('it lacks UPDATE', project.varve('dry-run', '--no-rehearsal').stdout)
        answer = project.varve('run')
        self.assertEqual(answer.returncode, 9, answer.stderr)
        self.assertIn('42501', answer.stderr)
        self.assertEqual(self.indexes(project), '0')

    def test_marker_in_the_way(self):
        """a trigger on the marker table that fails is what is to be corrected, not the file"""
        project = self.project()
        self.runs(project, '--init')
        project.sql('CREATE TABLE audit_log (v text); '
                    'CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS '
                    '$$BEGIN INSERT INTO audit_log VALUES (NEW.version); RETURN NEW; END$$;'
                    'CREATE TRIGGER audit BEFORE INSERT ON varve.__migrations_metadata '
                    'FOR EACH ROW EXECUTE FUNCTION audit()')
        project.write('0002_i', 'INSERT INTO a VALUES (1);\n')
        answer = project.varve('run')
        self.assertEqual(answer.returncode, 9, answer.stderr)
        self.assertIn('while writing the marker: relation "audit_log" does not exist', answer.stderr)
        self.assertIn('help: a trigger on the marker table is run with search_path', answer.stderr)
        self.assertNotIn('help: PL/pgSQL', answer.stderr)
        self.assertIn('Correct what is in the way and run again.', answer.stdout)

    def test_event_trigger_of_the_first_run(self):
        """what the first run itself puts in the way of new tables keeps no checkpoint out"""
        project = self.project()
        project.write('0002_log', 'CREATE TABLE ddl_log (tag text);\n'
                      'CREATE FUNCTION log_ddl() RETURNS event_trigger LANGUAGE plpgsql AS '
                      '$$BEGIN INSERT INTO ddl_log VALUES (tg_tag); END$$;\n'
                      'CREATE EVENT TRIGGER log_ddl ON ddl_command_end '
                      'EXECUTE FUNCTION log_ddl();\n')
        self.runs(project, '--init')
        self.assertEqual(project.sql('SELECT count(*) FROM varve.checkpoint'), '1')

    def test_name_beyond_the_encoding(self):
        """a file whose name the database's encoding lacks is told to be renamed"""
        project = self.project()
        name = project.database + '_latin'
        cluster.sql('postgres', f"CREATE DATABASE {name} ENCODING 'LATIN1' LC_COLLATE 'C' "
                                "LC_CTYPE 'C' TEMPLATE template0")
        project.database, project.url = name, cluster.url(name)
        project.write('0002_日本', 'CREATE TABLE b ();\n')
        answer = project.varve('run', '--init')
        self.assertEqual(answer.returncode, 9, answer.stderr)
        self.assertIn('error[22P05]', answer.stderr)
        self.assertIn('Rename the file', answer.stderr)
        self.assertNotIn('constraint on the marker table', answer.stderr)

    def test_lost(self):
        """after a lost connection there is nothing to correct in the file"""
        project = self.project()
        project.write('0002_end', 'SELECT pg_terminate_backend(pg_backend_pid());\n')
        answer = project.varve('run', '--init')
        self.assertEqual(answer.returncode, 9, answer.stderr)
        self.assertIn('Run again when the server answers.', answer.stdout)
        self.assertNotIn('orrect', answer.stdout)

    def test_refused_update(self):
        """a statement that happened and could not be marked is in doubt, not undone"""
        project = self.project()
        self.runs(project, '--init')
        project.sql("CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS "
                    "$$BEGIN RAISE 'append only'; END$$; CREATE TRIGGER keep BEFORE UPDATE ON "
                    'varve.__migrations_metadata FOR EACH ROW EXECUTE FUNCTION keep()')
        project.write('0002_i', INDEX)
        for _ in range(3):
            project.varve('run')
        self.assertEqual(self.indexes(project), '1')
        self.assertEqual(project.events('attempt-failed'), [])
        project.sql('DROP TRIGGER keep ON varve.__migrations_metadata')
        self.runs(project)
        self.assertEqual(self.indexes(project), '1')
        self.assertEqual(project.varve('status', '--exit-code').returncode, 0)

    def test_invalid_index_named(self):
        """a failed concurrent build names the invalid index that it leaves"""
        project = self.project()
        project.write('0002_i', 'INSERT INTO a VALUES (1), (1);\n')
        project.write('0003_i', 'CREATE UNIQUE INDEX CONCURRENTLY once ON a (id);\n')
        answer = project.varve('run', '--init')
        self.assertEqual(answer.returncode, 9, answer.stderr)
        self.assertIn('An invalid index stays: public.once.', answer.stderr)
        self.assertIn('public.once', project.events('attempt-failed')[0]['data']['hint'])

    def test_quoted_identifiers(self):
        """quote_all_identifiers changes nothing"""
        project = self.project()
        project.sql(f'ALTER DATABASE {project.database} SET quote_all_identifiers = on')
        project.write('0002_i', INDEX)
        self.runs(project, '--init')
        self.runs(project)

    def test_exit_on_error(self):
        """exit_on_error on the database ends no session of ours: a failure is told as one"""
        project = self.project()
        project.sql(f'ALTER DATABASE {project.database} SET exit_on_error = on')
        self.assertEqual(project.varve('init').returncode, 0)
        answer = project.varve('dry-run', '--no-rehearsal')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.runs(project)
        project.write('0002_bad', 'SELECT nothing;\n')
        answer = project.varve('run')
        self.assertEqual(answer.returncode, 9, answer.stderr)
        self.assertIn('error[42703]', answer.stderr)
        (project.migrations / '0002_bad.up.sql').unlink()
        project.sql('CREATE TABLE b (id int UNIQUE); CREATE ROLE reads LOGIN;'
                    'INSERT INTO b SELECT generate_series(1, 9)')
        project.write('0002_u', 'ALTER TABLE b ADD UNIQUE (id);\n')
        project.url += '&user=reads'
        answer = project.varve('test', '--integrity')
        self.assertEqual(answer.returncode, 4, answer.stderr)
        self.assertIn('permission denied', answer.stdout)

    def test_connection_limit(self):
        """a role that may open too few sessions is told how many a command needs"""
        project = self.project()
        project.write('0002_b', 'CREATE TABLE b ();\n')
        project.sql('CREATE ROLE few LOGIN CONNECTION LIMIT 1; GRANT ALL ON SCHEMA public TO few;'
                    f'GRANT ALL ON DATABASE {project.database} TO few')
        project.url += '&user=few'
        # With two it depends on how long each is open.
        answer = project.varve('run', '--init', '--count', 1)
        self.assertEqual(answer.returncode, 11, answer.stderr)
        self.assertIn('up to three at once', answer.stderr)
        (project.folder / 'ledger.key').unlink()
        shutil.rmtree(project.ledger)
        project.sql('ALTER ROLE few CONNECTION LIMIT 3')
        self.runs(project, '--init', '--count', 1)
        project.sql('ALTER ROLE few CONNECTION LIMIT 2')
        self.runs(project)

    def test_bytes_of_no_encoding(self):
        """a database that has any bytes: who reads such is told how"""
        project = self.project()
        cluster.sql('postgres', 'CREATE DATABASE any_bytes TEMPLATE template0 ENCODING SQL_ASCII '
                                "LOCALE 'C'")
        project.url = cluster.url('any_bytes')
        self.runs(project, '--init')
        project.write('0009_read', 'SELECT chr(252);')
        answer = project.varve('run')
        self.assertEqual(answer.returncode, 9, answer.stderr)
        self.assertIn("SET LOCAL client_encoding = 'SQL_ASCII'", answer.stderr)
        project.write('0009_read', "SET LOCAL client_encoding = 'SQL_ASCII';\nSELECT chr(252);")
        self.runs(project)

    def test_latin1(self):
        """a database without a dash in its encoding takes checkpoints"""
        project = self.project()
        cluster.sql('postgres', 'CREATE DATABASE latin TEMPLATE template0 ENCODING LATIN1 '
                                "LOCALE 'C'")
        project.url = cluster.url('latin')
        self.runs(project, '--init')
        answer = project.varve('verify', '--witnesses')
        self.assertIn('target development agrees', answer.stdout + answer.stderr)


if __name__ == '__main__':
    unittest.main()
