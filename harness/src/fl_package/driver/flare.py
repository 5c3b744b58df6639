"""A training through the package's NVFLARE half: its controller and its handler of server events."""

import pathlib
import tempfile

import wire
from framework import DXO, FLContext, ObjectStorage, PTFileModelPersistor, Shareable, record


class Server:
    """The package's server components, wired as a job's configuration wires them."""

    def __init__(self, script: dict):
        from flip.nvflare.components.flip_server_event_handler import ServerEventHandler
        from flip.nvflare.components.persist_and_cleanup import PersistToS3AndCleanup

        ObjectStorage.fails = script["upload_fails"]
        model_id = script["model_id"]
        self.folder = tempfile.TemporaryDirectory()
        self.clients = [turn["client"] for turn in script["turns"][0]] if script["turns"] else []
        self.components = {
            "persistor": PTFileModelPersistor(),
            "json_generator": record(handle_evaluation_events=lambda _event, _context: None),
            "persist_and_cleanup": PersistToS3AndCleanup(model_id=model_id, persistor_id="persistor"),
        }
        self.context = FLContext(self)
        self.handler = ServerEventHandler(model_id=model_id)
        self.listeners = [self.handler]

    def get_component(self, name):
        return self.components[name]

    def get_clients(self):
        return self.clients

    def get_workspace(self):
        run = pathlib.Path(self.folder.name)
        return record(get_run_dir=lambda _job: str(run / "run"), get_root_dir=lambda: str(run),
                      get_app_dir=lambda _job: str(run / "app"),
                      get_job_meta_path=lambda _job: str(run / "meta.json"))

    def fire_event(self, event, context):
        for listener in self.listeners:
            listener.handle_event(event, context)

    def fire(self, event: str) -> None:
        (pathlib.Path(self.folder.name) / "run").mkdir(exist_ok=True)
        self.fire_event(event, self.context)


def train(script: dict, ledger: wire.Ledger) -> None:
    server = Server(script)
    controller = new_controller(server, script)
    server.fire("AppEventType.INITIAL_MODEL_LOADED")
    server.fire("AppEventType.TRAINING_STARTED")
    first = first_round()
    crashed = False
    for number, turns in enumerate(script["turns"]):
        controller._current_round = first + number
        server.context.set_prop("AppConstants.CURRENT_ROUND", first + number)
        server.context.set_prop("AppConstants.NUM_ROUNDS", len(script["turns"]))
        server.fire("AppEventType.ROUND_STARTED")
        for turn in turns:
            crashed = not take_turn(server, controller, turn, ledger)
            if crashed:
                break
        if crashed:
            break
        server.fire("AppEventType.ROUND_DONE")
    server.fire("EventType.END_RUN")


def first_round() -> int:
    """Round at which the controller starts. Releases with typed events count those from one more than
    the controller's round, and their metrics from the controller's own (a disagreement of theirs); the
    older ones know the controller's round only, and are started so that it counts from 1."""
    from importlib.util import find_spec

    return 0 if find_spec("flip.schemas") else 1


def new_controller(server: Server, script: dict):
    from flip.nvflare.controllers.scatter_and_gather import ScatterAndGather

    controller = ScatterAndGather(model_id=script["model_id"], start_round=first_round(),
                                  num_rounds=len(script["turns"]))
    controller.aggregator = record(accept=lambda _result, _context: True)
    controller._global_weights = {"weights": {}}
    controller._current_num_targets = len(server.clients)
    server.listeners.append(controller)
    return controller


def take_turn(server: Server, controller, turn: dict, ledger: wire.Ledger) -> bool:
    """One client's round: its metrics in band, then its result. False when it crashed."""
    from flip.constants import FlipEvents

    if turn.get("crash") is not None:
        result = Shareable()
        result.set_header("rc", "ReturnCode.EXECUTION_EXCEPTION")
        result.set_header("exception", turn["crash"])
        controller._accept_train_result(turn["client"], result, server.context)
        return False
    for metric in turn["metrics"]:
        data = {**metric, "value": wire.value(metric)}
        event = DXO("DataKind.METRICS", data).to_shareable()
        event.set_header("FedEventHeader.ORIGIN", turn["client"])
        server.context.set_prop("FLContextKey.EVENT_DATA", event)
        before = len(ledger.answers)
        server.fire(FlipEvents.SEND_RESULT)
        ledger.kept_back(before, metric)
    weights = {"weights": record(nbytes=turn["size_bytes"])}
    result = DXO("DataKind.WEIGHT_DIFF", weights).to_shareable()
    controller._global_weights = {"weights": {}}
    controller._accept_train_result(turn["client"], result, server.context)
    return True


def evaluate(script: dict, ledger: wire.Ledger) -> None:
    """A job without rounds: clients return their metrics in their replies."""
    from flip.constants import FlipEvents
    from flip.nvflare.components.evaluation_json_generator import EvaluationJsonGenerator

    server = Server(script)
    server.components["json_generator"] = EvaluationJsonGenerator()
    server.fire("EventType.START_RUN")
    server.fire(getattr(FlipEvents, "TASK_INITIATED", "unknown"))
    for turn in script["turns"][0] if script["turns"] else []:
        metrics = {metric["label"]: wire.value(metric) for metric in turn["metrics"]}
        server.context.set_prop("AppConstants.DATA_CLIENT", turn["client"])
        server.context.set_prop("AppConstants.VALIDATION_RESULT",
                                DXO("DataKind.METRICS", metrics).to_shareable())
        server.fire("AppEventType.VALIDATION_RESULT_RECEIVED")
    server.fire("EventType.END_RUN")


def wait_for_resources(script: dict, ledger: wire.Ledger) -> None:
    """A job that is never scheduled; only the newest releases have somebody who tells the hub."""
    ledger.ended = "WAITING"
    try:
        from flip.nvflare.components import job_scheduling_reporter as reporter
    except ImportError:
        return
    genuine = reporter.time.sleep
    reporter.time = record(sleep=lambda seconds: genuine(seconds * ledger.time_scale))
    tries = reporter.NVFLARE_DEFAULT_MAX_SCHEDULE_COUNT
    clients = script["waiting_clients"]
    context = FLContext(record(get_component=lambda _name: None))
    meta = {"JobMetaKey.JOB_NAME": script["model_id"], "schedule_count": tries - 1}
    context.set_prop("FLContextKey.JOB_META", meta)
    context.set_prop("FLContextKey.CLIENT_RESOURCE_SPECS", {client: {} for client in clients})
    context.set_prop("FLContextKey.RESOURCE_CHECK_RESULT", {c: (False, "") for c in clients})
    reporter.JobSchedulingReporter().handle_event("EventType.AFTER_CHECK_CLIENT_RESOURCES", context)
