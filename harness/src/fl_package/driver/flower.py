"""A training through the package's Flower half.

From 0.4.1 the package brings the whole strategy (`FlipFedAvg`), which posts everything but the
status words at the ends; before, it brings the two relays of a client's reply, and apps called them
from a strategy of their own, as its documentation shows.
"""

import flare
import wire
from framework import StockFedAvg, record


class Reply:
    """A client's message. A client that crashed answers with an error; whether it still says who it
    is decides whether the crash can be attributed."""

    def __init__(self, turn: dict, node: int):
        self.turn, self.error = turn, turn.get("crash")
        self.named = bool(turn["client"]) and turn["named"]
        # A reply that names no site is known by its node only.
        self.metadata = record(src_node_id=node if self.named else 42, dst_node_id=node)

    def has_error(self):
        return self.error is not None

    @property
    def content(self):
        content = {"config": {"site": self.turn["client"]}} if self.named else {}
        if self.error is None:
            content["metrics"] = {m["label"]: wire.value(m) for m in self.turn["metrics"]}
            content["arrays"] = {"weights": record(data=bytes(self.turn["size_bytes"]))}
        return content


class Grid:
    """The clients, and what they answer in each round."""

    def __init__(self, script: dict):
        self.turns = script["turns"]

    def messages(self):
        turns = self.turns[0] if self.turns else []
        return [record(metadata=record(dst_node_id=1000 + n)) for n, _ in enumerate(turns)]

    def send_and_receive(self, _messages, server_round):
        replies = []
        for number, turn in enumerate(self.turns[server_round - 1]):
            replies.append(Reply(turn, 1000 + number))
            if turn.get("crash") is not None:
                break  # the run is over for everybody
        return replies


def strategy(flip, model_id: str, ledger: wire.Ledger):
    note_what_is_kept_back(flip, ledger)
    try:
        from flip.flower.strategy import FlipFedAvg
    except ImportError:
        return OwnStrategy(flip, model_id)
    return FlipFedAvg(flip=flip, model_id=model_id)


class OwnStrategy(StockFedAvg):
    """What the package's documentation tells apps to do with a release that has no strategy."""

    def __init__(self, flip, model_id):
        super().__init__()
        self.flip, self.model_id = flip, model_id

    def start(self, *args, **kwargs):
        from flip.constants import ModelStatus

        self.flip.update_status(self.model_id, ModelStatus.TRAINING_STARTED)
        super().start(*args, **kwargs)

    def aggregate_train(self, server_round, replies):
        from flip.flower.metrics import handle_client_exception, handle_client_metrics

        for reply in replies:
            handle_client_metrics(reply, server_round, self.model_id, self.flip)
            handle_client_exception(reply, self.model_id, self.flip)
        return super().aggregate_train(server_round, replies)


def note_what_is_kept_back(flip, ledger: wire.Ledger) -> None:
    genuine = flip.send_metrics

    def send_metrics(*args, **kwargs):
        before = len(ledger.answers)
        try:
            return genuine(*args, **kwargs)
        finally:
            ledger.kept_back(before, kwargs)

    flip.send_metrics = send_metrics


def train(script: dict, ledger: wire.Ledger) -> None:
    """The words before and after the rounds are the app's own affair with Flower; they are posted by
    the package's handler of NVFLARE events, as in the other half."""
    server = flare.Server(script)
    server.fire("AppEventType.INITIAL_MODEL_LOADED")
    loop = strategy(server.handler.flip, script["model_id"], ledger)
    loop.start(Grid(script), None, num_rounds=len(script["turns"]))
    server.fire("EventType.END_RUN")
