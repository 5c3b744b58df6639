"""Stand-ins for the heavy imports of the package: torch, nvflare, flwr, pandas and their like.

A stub makes modules importable and classes derivable; it does nothing. Where the package's relays
really use something of the framework (a context, a message of a client, the loop of a strategy),
`framework.py` holds a small working one.
"""

import importlib.abc
import importlib.machinery
import sys
import types

ROOTS = {
    "boto3", "botocore", "evaluator", "flwr", "job", "models", "monai", "nibabel", "numpy", "nvflare",
    "pandas", "pydicom", "sklearn", "torch", "torchvision", "tqdm", "trainer", "validator", "yaml",
}


class AnyMeta(type):
    """A class whose attributes exist: constants as their own names, everything else as classes."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        found = f"{cls.__name__}.{name}" if name.isupper() else any_class(name)
        setattr(cls, name, found)
        return found


class Any(metaclass=AnyMeta):
    """Can be made of anything and called with anything; as a decorator it changes nothing."""

    def __init__(self, *_args, **_kwargs):
        pass

    def __call__(self, *args, **_kwargs):
        return args[0] if len(args) == 1 and callable(args[0]) else self

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return Any()

    def __class_getitem__(cls, _item):
        return cls


def any_class(name: str) -> type:
    return AnyMeta(name, (Any,), {})


class Module(types.ModuleType):
    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        found = any_class(name)
        setattr(self, name, found)
        return found


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Answers for the roots above, after everything that is really installed."""

    def __init__(self, working: dict):
        self.working = working

    def find_spec(self, name, _path=None, _target=None):
        if name.split(".")[0] in ROOTS:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return Module(spec.name)

    def exec_module(self, module):
        for name, thing in self.working.get(module.__name__, {}).items():
            setattr(module, name, thing)


def install() -> None:
    import framework

    sys.meta_path.append(Finder(framework.WORKING))
