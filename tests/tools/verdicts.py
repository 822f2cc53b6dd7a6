"""What the checks of this folder count: those that passed and those that failed, each of which says why."""

passed, failed = 0, 0


def verdict(name, fault):
    """Counts one check; `fault` is empty where it passed."""
    global passed, failed
    if fault:
        failed += 1
        print(f"FAIL {name}: {fault}")
    else:
        passed += 1


def outcome():
    """Says how many passed and failed, as tests/run reads it; the exit code. No check at all is a failure."""
    print(f"\n{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0
