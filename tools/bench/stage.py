"""Where the programs are measured: a disposable server with fsync on, and the programs themselves."""
import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
POSTGRES = pathlib.Path(os.environ.get('VARVE_POSTGRES_BIN', '/usr/lib/postgresql/15/bin'))
CLEAN = {name: value for name, value in os.environ.items()
         if not name.startswith(('PG', 'MIGRATION_', 'VARVE_CONFIG', 'DBMATE_'))
         and name not in ('DATABASE_URL', 'STAGE')}
PORT = 55434


class Failed(Exception):
    """A program that is measured did not do what it was asked to."""


class Figures:
    """Of one call: milliseconds of wall clock and of CPU, and the peak memory in MiB."""

    def __init__(self, line):
        wall_us, cpu_us, peak_kib, self.status = map(int, line.split())
        self.wall_ms, self.cpu_ms, self.peak_mib = wall_us / 1e3, cpu_us / 1e3, peak_kib / 1024


class Stage:
    """Everything is under one folder of /var/tmp, which is on a disk; leaving takes it away."""

    def __init__(self, programs, settings=()):
        self.settings = settings  # of the server, besides
        self.timer = programs / 'bench_timed'
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='varve-bench.', dir='/var/tmp'))
        self.folder.chmod(0o755)
        self.databases = 0

    def __enter__(self):
        kind = subprocess.run(['stat', '-f', '-c', '%T', self.folder], check=True,
                              capture_output=True, text=True).stdout.strip()
        if kind in ('tmpfs', 'ramfs'):
            raise Failed(f'{self.folder} is in memory ({kind}): syncs would cost nothing')
        server = self.folder / 'server'
        server.mkdir()
        if os.getuid() == 0:
            owner = pwd.getpwnam('postgres')
            os.chown(server, owner.pw_uid, owner.pw_gid)
        self._as_owner('initdb', f'--pgdata={server}/data', '--username=postgres', '--auth=trust',
                       '--encoding=UTF8', '--locale=C.UTF-8', '--no-instructions')
        with open(server / 'data' / 'postgresql.conf', 'a', encoding='utf-8') as settings:
            settings.write(f"port = {PORT}\nlisten_addresses = ''\n"
                           f"unix_socket_directories = '{server}'\n")
            settings.writelines(line + '\n' for line in self.settings)
        self._as_owner('pg_ctl', f'--pgdata={server}/data', f'--log={server}/data/server.log',
                       '--wait', '--silent', 'start')
        return self

    def __exit__(self, *_):
        self._as_owner('pg_ctl', f'--pgdata={self.folder}/server/data', '--mode=immediate',
                       '--silent', 'stop')
        shutil.rmtree(self.folder, ignore_errors=True)

    def _as_owner(self, program, *words):
        prefix = ['runuser', '-u', 'postgres', '--'] if os.getuid() == 0 else []
        done = subprocess.run([*prefix, POSTGRES / program, *words], cwd=self.folder,
                              stdout=subprocess.PIPE if program == 'initdb' else None,
                              stderr=None, text=True, check=False)
        if done.returncode:
            raise Failed(f'{program} failed')

    def url(self, database):
        return f'postgresql://postgres@localhost:{PORT}/{database}?host={self.folder}/server'

    def new_database(self):
        self.databases += 1
        name = f'bench_{self.databases}'
        self.sql('postgres', f'CREATE DATABASE {name} TEMPLATE template0')
        return name

    def drop_database(self, name):
        self.sql('postgres', f'DROP DATABASE {name} WITH (FORCE)')

    def checkpoint(self):
        """So that one program does not pay for what the one before it has dirtied."""
        self.sql('postgres', 'CHECKPOINT')
        os.sync()

    def sql(self, database, text):
        return subprocess.run(['psql', '-X', '-qAt', '-v', 'ON_ERROR_STOP=1', '-d',
                               self.url(database), '-c', text], check=True, capture_output=True,
                              text=True, env=CLEAN).stdout.strip()

    def measure(self, command):
        """Runs the command once. What it prints goes to a file, since a pipe would wait for us."""
        report, output = self.folder / 'report', self.folder / 'output'
        with open(output, 'wb') as sink:
            subprocess.run([self.timer, report, *map(str, command)], stdin=subprocess.DEVNULL,
                           stdout=sink, stderr=sink, env=CLEAN, cwd=self.folder, check=True)
        figures = Figures(report.read_text())
        if figures.status:
            tail = output.read_text(errors='replace')[-2000:]
            raise Failed(f'{" ".join(map(str, command))}: exit {figures.status}\n{tail}')
        return figures


def find_dbmate():
    """The peer's own program from npm, without the script around it; None where it is not to be had."""
    cache = pathlib.Path(os.environ.get('XDG_CACHE_HOME') or pathlib.Path.home() / '.cache')
    folder = cache / 'varve-bench'
    if not list(folder.glob('node_modules/@dbmate/*/bin/dbmate')):
        if not shutil.which('npm'):
            return None
        folder.mkdir(parents=True, exist_ok=True)
        (folder / 'package.json').write_text('{"private": true}\n')
        subprocess.run(['npm', 'install', '--silent', '--no-audit', '--no-fund', 'dbmate'],
                       cwd=folder, stdout=subprocess.DEVNULL, check=False)
    found = list(folder.glob('node_modules/@dbmate/*/bin/dbmate'))
    return found[0] if found else None
