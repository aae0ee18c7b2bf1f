"""Other migration tools, as npm and Debian have them: installed once, into build/other-tools.

What cannot be had (no npm, no network, no sqitch) is said by `missing`, for tests to skip.
"""
import json
import os
import shutil
import signal
import subprocess

from varve import CLEAN, ROOT

FOLDER = ROOT / 'build' / 'other-tools'
PACKAGES = {
    'dbmate': '2.36.0',
    'node-pg-migrate': '9.0.0',
    'pg': '8.23.1',
    'drizzle-orm': '0.45.4',
    'drizzle-next': 'npm:drizzle-orm@1.0.0-rc.4-fb12281',
}
DRIZZLE = '''import {{ drizzle }} from '{package}/node-postgres';
import {{ migrate }} from '{package}/node-postgres/migrator';
import pg from 'pg';
const pool = new pg.Pool({{ connectionString: process.argv[2] }});
await migrate(drizzle({{ client: pool }}), {{ migrationsFolder: process.argv[3] }});
await pool.end();
'''


def install():
    """What is missing, in words; empty where everything is there."""
    if shutil.which('npm') is None:
        return 'there is no npm'
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = json.dumps({'name': 'other-tools', 'private': True, 'dependencies': PACKAGES})
    mark = FOLDER / 'installed.json'
    if not mark.exists() or mark.read_text(encoding='utf-8') != wanted:
        (FOLDER / 'package.json').write_text(wanted, encoding='utf-8')
        failed = npm_install()
        if failed:
            return failed
        mark.write_text(wanted, encoding='utf-8')
    for package in ('drizzle-orm', 'drizzle-next'):
        (FOLDER / f'{package}.mjs').write_text(DRIZZLE.format(package=package), encoding='utf-8')
    return ''


def npm_install(seconds_max=60):
    """Why it failed; empty where it did not. npm has children: all of them end with it."""
    with open(FOLDER / 'npm.log', 'w', encoding='utf-8') as log:
        npm = subprocess.Popen(['npm', 'install', '--prefer-offline', '--no-audit', '--no-fund',
                                '--ignore-scripts'],
                               cwd=FOLDER, stdout=log, stderr=log, start_new_session=True)
        try:
            code = npm.wait(timeout=seconds_max)
        except subprocess.TimeoutExpired:
            os.killpg(npm.pid, signal.SIGKILL)
            npm.wait()
            return f'npm install took more than {seconds_max} s'
    return f'npm install failed, see {FOLDER}/npm.log' if code else ''


def run(*words, cwd=None, env=None):
    answer = subprocess.run([str(word) for word in words], cwd=cwd, capture_output=True, text=True,
                            env={**CLEAN, **(env or {})}, timeout=120)
    if answer.returncode:
        raise RuntimeError(f'{words}: {answer.stdout}{answer.stderr}')
    return answer.stdout


def dbmate(cluster, database, migrations):
    url = f'postgres://postgres@/{database}?host={cluster.folder}&port={port()}&sslmode=disable'
    run(FOLDER / 'node_modules/.bin/dbmate', '--url', url, '--migrations-dir', migrations,
        '--no-dump-schema', 'migrate', cwd=FOLDER)


def node_pg_migrate(cluster, database, migrations):
    run(FOLDER / 'node_modules/.bin/node-pg-migrate', 'up', '-m', migrations, cwd=FOLDER,
        env={'DATABASE_URL': cluster.url(database)})


def drizzle(cluster, database, migrations, package='drizzle-orm'):
    run('node', f'{package}.mjs', cluster.url(database), migrations, cwd=FOLDER)


def sqitch(cluster, database, folder, *words):
    target = f'db:pg://postgres@/{database}?host={cluster.folder}&port={port()}'
    deploys = words[0] in ('deploy', 'revert', 'verify')
    return run('sqitch', *words, *([target] if deploys else []), cwd=folder,
               env={'SQITCH_FULLNAME': 'Ada Byron', 'SQITCH_EMAIL': 'ada@example.com',
                    'HOME': str(folder), 'SQITCH_CONFIG': str(folder / 'sqitch.conf')})


def port():
    return os.environ.get('VARVE_TEST_PORT', '55433')
