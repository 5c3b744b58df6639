"""The little of NVFLARE, Flower and boto3 that the package's relays really use."""

import types

from stubs import Any


class FLContext:
    def __init__(self, engine):
        self.engine, self.props, self.peer = engine, {}, None

    def get_engine(self):
        return self.engine

    def get_prop(self, name, default=None):
        return self.props.get(name, default)

    def set_prop(self, key, value, private=True, sticky=True):
        self.props[key] = value

    def get_job_id(self):
        return "job"

    def get_peer_context(self):
        return self.peer

    def get_identity_name(self):
        return self.props.get("identity")

    def sync_sticky(self):
        pass


class Shareable(dict):
    def __init__(self):
        super().__init__()
        self.headers, self.cookies, self.dxo = {}, {}, None

    def __bool__(self):
        return True  # the genuine one keeps its headers inside and is never empty

    def get_header(self, name, default=None):
        return self.headers.get(name, default)

    def set_header(self, name, value):
        self.headers[name] = value

    def get_cookie(self, name, default=None):
        return self.cookies.get(name, default)

    def get_return_code(self):
        return self.headers.get("rc", "ReturnCode.OK")


class DXO:
    def __init__(self, data_kind=None, data=None, meta=None):
        self.data_kind, self.data, self.meta = data_kind, data, meta or {}

    def to_shareable(self):
        return self.update_shareable(Shareable())

    def update_shareable(self, shareable):
        shareable.dxo = self
        return shareable

    def get_meta_prop(self, name, default=None):
        return self.meta.get(name, default)

    def validate(self):
        return ""


def from_shareable(shareable):
    if shareable.dxo is None:
        raise ValueError("no DXO inside")
    return shareable.dxo


class FLComponent:
    def __init__(self, *_args, **_kwargs):
        self._name = type(self).__name__
        self.logger = Any()

    def handle_event(self, event_type, fl_ctx):
        pass

    def fire_event(self, event_type, fl_ctx):
        fl_ctx.get_engine().fire_event(event_type, fl_ctx)

    def system_panic(self, reason, fl_ctx):
        fl_ctx.get_engine().fire_event("EventType.FATAL_SYSTEM_ERROR", fl_ctx)

    def _say(self, *_args, **_kwargs):
        pass

    log_info = log_debug = log_warning = log_error = log_exception = _say


class Controller(FLComponent):
    def cancel_all_tasks(self):
        pass


class StockScatterAndGather(Controller):
    """The stock controller from which newer releases derive theirs."""

    def __init__(self, *_args, start_round=0, num_rounds=5, **_kwargs):
        super().__init__()
        self._start_round, self._num_rounds = start_round, num_rounds
        self._current_round = self._current_num_targets = self.aggregator = None

    def _accept_train_result(self, client_name, result, fl_ctx, is_unknown_task=False):
        if result.get_return_code() == "ReturnCode.OK":
            return True
        self.system_panic("client result is no good", fl_ctx)
        return False


class StockFedAvg:
    """The loop of Flower's strategy: ask every client, hand the replies over, once a round."""

    def __init__(self, *_args, **_kwargs):
        pass

    def start(self, grid, initial_arrays, num_rounds=3, *_args, **_kwargs):
        for server_round in range(1, num_rounds + 1):
            messages = self.configure_train(server_round, initial_arrays, {}, grid)
            self.aggregate_train(server_round, grid.send_and_receive(messages, server_round))

    def configure_train(self, server_round, arrays, config, grid):
        return grid.messages()

    def aggregate_train(self, server_round, replies):
        if any(reply.has_error() for reply in replies):
            from wire import Ended

            raise Ended
        return None, None


class StockJsonGenerator(FLComponent):
    """The stock writer of evaluation results."""

    def __init__(self, results_dir="results", json_file_name="results.json"):
        super().__init__()
        self._results_dir, self._json_file_name = results_dir, json_file_name


class PTFileModelPersistor(FLComponent):
    def get_model_inventory(self, fl_ctx):
        return {}


class ObjectStorage:
    """The bucket of the results: no part of the contract with the hub."""

    fails = False

    def upload_file(self, *_args, **_kwargs):
        if ObjectStorage.fails:
            raise OSError("the upload failed")


SAG = "nvflare.app_common.workflows.scatter_and_gather"
WORKING = {
    "boto3": {"client": lambda *_args, **_kwargs: ObjectStorage()},
    "flwr.serverapp.strategy": {"FedAvg": StockFedAvg},
    "nvflare.apis.dxo": {"DXO": DXO, "from_shareable": from_shareable},
    "nvflare.apis.filter": {"Filter": FLComponent},
    "nvflare.apis.fl_component": {"FLComponent": FLComponent},
    "nvflare.apis.fl_context": {"FLContext": FLContext},
    "nvflare.apis.impl.controller": {"Controller": Controller},
    "nvflare.apis.shareable": {"Shareable": Shareable},
    "nvflare.app_common.utils.file_utils": {
        "resolve_path_under_root": lambda root, path, *_args: f"{root}/{path}"},
    "nvflare.app_common.widgets.validation_json_generator": {
        "ValidationJsonGenerator": StockJsonGenerator, "to_serializable": str},
    "nvflare.app_opt.pt.file_model_persistor": {"PTFileModelPersistor": PTFileModelPersistor},
    SAG: {"ScatterAndGather": StockScatterAndGather},
}


def record(**members):
    return types.SimpleNamespace(**members)
