"""Files that are named as other tools name what undoes."""
from applying import Case
from varve import Cluster


def setUpModule():
    Case.cluster = Cluster()


def tearDownModule():
    Case.cluster.stop()


class NamedOtherwise(Case):
    def project_of(self, **files):
        project = self.project()
        for name, text in files.items():
            self.write(project, name, text)
        return project

    def write(self, project, name, text):
        (project.migrations / f'{name}.sql').write_text(text, encoding='utf-8')

    def told(self, project, verb, code, *words):
        answer = self.exits(code, project.varve(verb, *words))
        return answer.stdout + answer.stderr

    def test_repeatable_pair(self):
        """two of Flyway's repeatable migrations undo nothing, whatever they are named"""
        function = 'CREATE OR REPLACE FUNCTION {}() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;'
        project = self.project_of(V1__a='CREATE TABLE a (id int);', R__vote_up=function.format('vote_up'),
                                  R__vote_down=function.format('vote_down'))
        self.assertNotIn('undo', self.told(project, 'run', 0, '--init'))
        self.write(project, 'R__vote_down', function.format('vote_down') + '-- edited')
        self.assertNotIn('undo', self.told(project, 'run', 0))

    def test_told_where_it_is_met(self):
        """a run is refused before such a file and tells how to accept it; after it, nothing is told"""
        project = self.project_of(V1__orders='CREATE TABLE orders (id int);',
                                  V2__orders_undo='CREATE TABLE orders_undo (id int);')
        allow = "[migrations]\nfiles.'V2__orders_undo.sql'.allow.undo-named-otherwise = 'a table'\n"
        self.assertIn('.allow.undo-named-otherwise = ', self.told(project, 'run', 4, '--init'))
        configuration = project.folder / 'varve.toml'
        configuration.write_text(allow, encoding='utf-8')
        for verb in ('validate', 'dry-run', 'run'):
            self.assertNotIn('undoes', self.told(project, verb, 0))
        configuration.unlink()
        for verb in ('validate', 'status', 'dry-run', 'run'):
            self.assertNotIn('undoes', self.told(project, verb, 0))
        self.write(project, 'V3__b', 'CREATE TABLE b (id int);')
        self.assertNotIn('undoes', self.told(project, 'run', 0))
