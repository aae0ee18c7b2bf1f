#!/usr/bin/env python3
"""Runs the end-to-end tests of the program: run_all.py [FILTER]; VARVE names the program.

Prints a line a test case, then "N passed, N failed". A test case says in its first line what holds.
"""
import pathlib
import re
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / 'support')]


def flat(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from flat(item)
        else:
            yield item


class Told(unittest.TestResult):
    """Says how each test case ended, as soon as it has."""

    def startTest(self, test):
        super().startTest(test)
        self.began = time.monotonic()

    def say(self, how, test, why=''):
        name = test.shortDescription() or str(test)
        print(f'{how:7} {name} ({time.monotonic() - getattr(self, "began", time.monotonic()):.1f} s)',
              flush=True)
        if why:
            print('        ' + why.strip().replace('\n', '\n        '), flush=True)

    def addSuccess(self, test):
        self.say('ok', test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.say('SKIPPED', test, reason)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.say('FAILED', test, self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self.say('FAILED', test, self.errors[-1][1])

    def addSubTest(self, test, subtest, err):
        before = len(self.failures)
        super().addSubTest(test, subtest, err)
        if err is not None:
            told = self.failures if len(self.failures) > before else self.errors
            self.say('FAILED', subtest, told[-1][1])


def main():
    wanted = re.compile(sys.argv[1] if len(sys.argv) > 1 else '')
    found = unittest.defaultTestLoader.discover(str(HERE), pattern='*_test.py')
    chosen = unittest.TestSuite(
        test for test in flat(found)
        if wanted.search(f'tools/varve: {test.shortDescription() or test}'))
    result = Told()
    chosen.run(result)
    failed = len(result.failures) + len(result.errors)
    passed = max(result.testsRun - failed - len(result.skipped), 0)
    print(f'{passed} passed, {failed} failed')
    return 1 if failed else 0


sys.exit(main())
