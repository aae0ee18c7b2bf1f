"""The figures of a ctest report: prints "PASSED FAILED", and "0 1" where there is no report."""
import sys
import xml.etree.ElementTree as tree


def figures(path):
    try:
        cases = list(tree.parse(path).getroot().iter('testcase'))
    except (OSError, tree.ParseError):
        return 0, 1
    passed = sum(case.get('status') == 'run' for case in cases)
    return passed, len(cases) - passed


print(*figures(sys.argv[1]))
