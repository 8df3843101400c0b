"""Gmsh, loaded when its first function is called: ranks that mesh nothing do without its 50 MB."""

import sys
from importlib.util import LazyLoader, find_spec, module_from_spec
from types import ModuleType


def _on_demand(name: str) -> ModuleType:
    if name in sys.modules:
        return sys.modules[name]
    spec = find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    spec.loader = LazyLoader(spec.loader)
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


gmsh = _on_demand("gmsh")
