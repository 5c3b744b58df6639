"""Runs one training through the posting code of the installed flip-utils package.

stdin: one JSON object, the script of the training (see script.rs). stdout: one JSON object, the
report. Everything else goes to stderr. Nothing here builds a request: every byte that reaches the
hub is made by the package and by the `requests` library it was released with.
"""

import json
import os
import signal
import sys

import stubs
import wire


def main() -> None:
    script = json.load(sys.stdin)
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # a package that prints must not spoil the report
    stubs.install()
    ledger = wire.Ledger(script["time_scale"])
    give_up_at(script["deadline_secs"], ledger, out)
    try:
        run(script, ledger)
    except wire.Ended:
        pass
    except ValueError as error:
        # What the package raises on purpose: a model id that is none, a body against its schema. Every
        # other exception means that our stubs do not fit this release, and there is no report.
        ledger.raised(error)
    hand_over(ledger, out)


def run(script: dict, ledger: wire.Ledger) -> None:
    import flare

    if script["waiting"]:
        return flare.wait_for_resources(script, ledger)
    ledger.clients = [turn["client"] for turn in script["turns"][0]] if script["turns"] else []
    if script["evaluation"]:
        return flare.evaluate(script, ledger)
    # A round or an axis of its own travels only in NVFLARE's events; Flower hides it in the label.
    if flower_is_there() and not script["has_coordinates"]:
        import flower

        return flower.train(script, ledger)
    return flare.train(script, ledger)


def flower_is_there() -> bool:
    from importlib.util import find_spec

    return find_spec("flip.flower") is not None


def give_up_at(seconds: float, ledger: wire.Ledger, out) -> None:
    """A call without a time limit would hang for ever; the report then says so."""

    def blocked(_signal, _frame):
        ledger.ended = "BLOCKED"
        hand_over(ledger, out)
        os._exit(0)

    signal.signal(signal.SIGALRM, blocked)
    signal.setitimer(signal.ITIMER_REAL, seconds)


def hand_over(ledger: wire.Ledger, out) -> None:
    signal.setitimer(signal.ITIMER_REAL, 0)
    json.dump(ledger.report(), out)
    out.write("\n")
    out.flush()


main()
