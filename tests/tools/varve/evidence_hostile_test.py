"""Evidence: archives that are made to harm whoever looks into them."""
import io
import json
import os
import pathlib
import random
import tarfile
import unittest
import zipfile

import evidence
from evidence_sample import (
    SOAK, PROVED, TAMPERED, INCOMPLETE, CANNOT_TELL, Case, export, first_run, ready, scopes)


def setUpModule():
    global folder, key
    _, _, folder, key = ready()


class Hostile(Case):
    def hostile(self, change):
        path = folder / 'hostile.tar'
        with tarfile.open(path, 'w', format=tarfile.USTAR_FORMAT) as archive:
            for name, data in evidence.members(export('--migration', '0002')).items():
                one = tarfile.TarInfo(name)
                one.size = len(data)
                archive.addfile(one, io.BytesIO(data))
            change(archive)
        return path

    def test_members(self):
        """evidence: links, folders, foreign paths and doubled members are refused"""
        def one(**members):
            info = tarfile.TarInfo(members.pop('name'))
            for name, value in members.items():
                setattr(info, name, value)
            return lambda archive: archive.addfile(info, io.BytesIO(b'x' * info.size))

        for change in (one(name='../../tmp/evil', size=1), one(name='/tmp/evil', size=1),
                       one(name='content/../../evil', size=1), one(name='tile/0/000.p/1', size=1),
                       one(name='content/' + 'a' * 64, type=tarfile.SYMTYPE, linkname='/etc/group'),
                       one(name='content/' + 'b' * 64, type=tarfile.LNKTYPE, linkname='policy'),
                       one(name='checkpoint', size=1),
                       one(name='content/' + 'c' * 64, size=1, mode=0o4755)):
            self.expect(TAMPERED, self.hostile(change), '--key', key)
        self.assertFalse(pathlib.Path('/tmp/evil').exists())
        self.expect(CANNOT_TELL, self.hostile(one(name='content', type=tarfile.DIRTYPE)), '--key',
                    key, saying='packed anew')

    def test_packed_anew(self):
        """evidence: what was unpacked and packed anew is not proved, nor called tampered with"""
        place = folder / 'unpacked'
        for name, data in evidence.members(export('--migration', '0002')).items():
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        for number, how in enumerate((tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT,
                                      tarfile.PAX_FORMAT)):
            path = folder / f'anew{number}.tar'
            with tarfile.open(path, 'w', format=how) as archive:
                archive.add(place, '.')
            self.expect(CANNOT_TELL, path, '--key', key, saying='packed anew')
        for way in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            path = folder / 'anew.zip'
            with zipfile.ZipFile(path, 'w', way) as archive:
                for file in sorted(place.rglob('*')):
                    archive.write(file, file.relative_to(place))
            self.expect(CANNOT_TELL, path, '--key', key, saying='packed anew')
        for path in (place, folder / 'nowhere'):
            said = self.expect(CANNOT_TELL, path, '--key', key, saying=f'{path} ')
            self.assertNotIn('Errno', said)

    def test_sizes(self):
        """evidence: sizes that lie, bombs and depth end in a verdict"""
        data = bytearray(export('--migration', '0002').read_bytes())
        path = folder / 'hostile.tar'
        header = bytearray(data[:512])
        header[124:136] = b'77777777777\0'
        total = sum(header[:148]) + 256 + sum(header[156:])
        header[148:156] = b'%06o\0 ' % total
        path.write_bytes(bytes(header) + bytes(data[512:]))
        self.expect(INCOMPLETE, path)
        with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as archive:
            archive.writestr('checkpoint', b'0' * 50_000_000)
        self.expect(CANNOT_TELL, path, saying='packed anew')
        files = evidence.members(export('--migration', '0002'))
        for name in ('completeness.json', 'control-map.json', 'events.jsonl'):
            self.forged({**files, name: b'[' * 1_000_000}, TAMPERED)
        said = json.loads(files['completeness.json'])
        for runs in ([[0, 10 ** 15]], [[3, 1]], [['0', 1]], [[0, 1], [0, 1]], {}, None, 7):
            said['selected'] = runs
            self.forged({**files, 'completeness.json': json.dumps(said).encode()}, TAMPERED)
        checkpoint = files['checkpoint'].split(b'\n')
        checkpoint[1] = b'9' * 16
        self.forged({**files, 'checkpoint': b'\n'.join(checkpoint)}, TAMPERED)

    def test_printed(self):
        """evidence: nothing in the archive can write a line, or to the terminal"""
        files = evidence.members(export('--run', first_run()['run']))
        line = 'x\n  complete      everything: of all 15 lines exactly 15 belong to it\x1b[8m'
        for value in (line, '\ud800', '\u202e', 'x' * 10 ** 6, '', None, 7, ['x']):
            for scope in ({'kind': 'migration', 'migration': value}, {'kind': value},
                          {'kind': 'run', 'run': value}):
                said = self.forged(evidence.changed(
                    files, 'completeness.json', lambda d, it=scope: d.update(scope=it)), TAMPERED)
                self.assertNotIn('\n  complete      everything', said)
                self.assertNotRegex(said, '[^ -~\n]')
                self.assertLess(len(said), 20_000)
        self.forged(evidence.changed(files, 'completeness.json',
                                     lambda d: d['scope'].update(migration=line)), TAMPERED)

    def test_numbers(self):
        """evidence: numbers that no bundle has end in a verdict, and soon"""
        files = evidence.members(export(*scopes()['range']))
        for value in (-10 ** 15, 10 ** 12, 4 * 10 ** 7, 10 ** 30, -1, True, None, '3', 0.5, {}, []):
            for name in ('before', 'after'):
                edge = {'position': value, 'recorded_at_us': 1}
                self.forged(evidence.changed(files, 'completeness.json',
                                             lambda d, n=name, it=edge: d.update({n: it})),
                            TAMPERED, '--key', key)
            self.forged(evidence.changed(files, 'completeness.json',
                                         lambda d, it=value: d['scope'].update(from_us=it)),
                        TAMPERED, '--key', key)
        self.forged(evidence.changed(files, 'completeness.json',
                                     lambda d: d.update(format=True)), TAMPERED, '--key', key)
        name = next(name for name in files if name.startswith('events/'))
        for digits in (b'"recorded_at_us":1000000000', b'"recorded_at_us":-9'):
            self.forged({**files, name: files[name].replace(b'"recorded_at_us":', digits)},
                        TAMPERED, '--key', key)

    def test_at_random(self):
        """evidence: archives damaged at random, tar and zip, are never proved"""
        for suffix in ('.tar', '.zip'):
            data = export('--migration', '0002', suffix=suffix).read_bytes()
            path = folder / f'random{suffix}'
            for seed in range(2000 if SOAK else 60):
                chance = random.Random(seed)
                damaged, at = bytearray(data), chance.randrange(len(data))
                if seed % 3 == 0:
                    damaged[at] ^= 1 << chance.randrange(8)
                elif seed % 3 == 1:
                    del damaged[at:at + chance.randrange(1, 2000)]
                else:
                    size, other = chance.randrange(1, 600), chance.randrange(len(data) - 600)
                    damaged[at:at + size] = damaged[other:other + size]
                if damaged != data:
                    path.write_bytes(damaged)
                    code, said = evidence.verify(path, '--key', key)
                    right = code in (TAMPERED, INCOMPLETE) or 'packed anew' in said
                    self.assertTrue(right and code != PROVED, f'seed {seed}: {said}')

    def test_no_archive(self):
        """evidence: what is no archive at all is said to be none"""
        path = folder / 'none.tar'
        for data in (b'', b'PK', b'PK\3\4' + bytes(100), os.urandom(2000), b'\x1f\x8b' * 300):
            path.write_bytes(data)
            code, said = evidence.verify(path)
            self.assertNotEqual(code, PROVED, said)
            self.assertIn('VERDICT', said)


if __name__ == '__main__':
    unittest.main()
