"""TOML files to validated models; every fault becomes one `InputError`."""

import stat
import tomllib
import types
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, SerializationInfo, ValidationError, ValidationInfo
from pydantic.fields import FieldInfo

from ecmcell.case.faults import Fault, also_missing, dotted, suggest, toml
from ecmcell.errors import InputError

Model = TypeVar("Model", bound=BaseModel)
_noted: ContextVar[list[Path]] = ContextVar("files that were read")
_WORDS = {
    "string_type": "Give a text in quotes.",
    "bool_type": "Give true or false.",
    "int_type": "Give a whole number.",
    "float_type": "Give a number.",
    "finite_number": "Give a finite number.",
    "dict_type": "Give a table.",
    "model_type": "Give a table.",
    "tuple_type": "Give a list, e.g. [1, 2].",
    "list_type": "Give a list, e.g. [1, 2].",
    "string_pattern_mismatch": "Use letters, digits and underscores, a letter first.",
    "string_too_short": "Give a text that is not empty.",
    "too_short": "Give at least {min_length}.",
    "too_long": "Give at most {max_length}.",
    "greater_than": "Give a number above {gt:g}.",
    "greater_than_equal": "Give a number not below {ge:g}.",
    "less_than": "Give a number below {lt:g}.",
    "less_than_equal": "Give a number not above {le:g}.",
}


@contextmanager
def files_read() -> Iterator[list[Path]]:
    """A list of the files that are read within, each once, in order."""
    files: list[Path] = []
    token = _noted.set(files)
    try:
        yield files
    finally:
        _noted.reset(token)


def read_text(path: Path, largest: int = 10_000_000) -> str:
    """The content of a text file of at most so many bytes.

    Raises:
        InputError: If it cannot be read, is too large or no text.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # a device may have no end
            raise InputError(path, "", "not a file", "Give a text file that can be read.")
        if found.st_size > largest:
            raise InputError(path, "", "the file is too large", "Give a text file.")
        text = path.read_text(encoding="utf-8-sig")  # without the mark of byte order
    except FileNotFoundError:
        raise InputError(path, "", "there is no such file", "Check the path.") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(path, "", reason, "Give a text file that can be read.") from None
    except UnicodeDecodeError:
        raise InputError(path, "", "not a text file", "Give a text file in UTF-8.") from None
    except ValueError as error:  # a zero byte in the path
        raise InputError(toml(str(path)), "", str(error), "Check the path.") from None
    note_file(path)
    return text


def note_file(path: Path) -> None:
    """Put a file on the list of those that were read, for files that are no text."""
    files = _noted.get([])
    if path.resolve() not in files:
        files.append(path.resolve())


def read_toml(path: Path) -> dict[str, Any]:
    """The content of a TOML file.

    Raises:
        InputError: If it cannot be read or is not TOML.
    """
    text = read_text(path)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        remedy = "Correct the syntax there; texts stand in quotes, tables in [brackets]."
        raise InputError(path, "", f"not TOML: {error}", remedy) from None
    except ValueError as error:  # a number of too many digits
        raise InputError(path, "", f"not TOML: {error}", "Correct the value.") from None
    except RecursionError:
        raise InputError(path, "", "nested too deeply", "Use plain tables and lists.") from None


def validate(model: type[Model], data: object, where: object, directory: Path) -> Model:
    """Data checked against a model.

    Args:
        model: What the data should be.
        data: Plain data as TOML gives it.
        where: File the data came from, for messages.
        directory: What paths in the data are relative to.

    Raises:
        InputError: For the first fault.
    """
    try:
        return model.model_validate(data, context={"directory": directory})
    except ValidationError as error:
        key, given, remedy = explain(error, model)
        raise InputError(where, dotted(key), given, remedy) from None


def part(model: type[Model], data: object, context: Any = None) -> Model:
    """Data checked against a model within the check of a larger one.

    Raises:
        Fault: For the first fault, with its key.
    """
    try:
        return model.model_validate(data, context=context)
    except ValidationError as error:
        key, given, remedy = explain(error, model)
        raise Fault(given, remedy, key) from None


def subdomain_by(
    key: str, models: Mapping[str, type[Model]], data: object, context: Any = None
) -> Model:
    """A table checked against the model that one of its keys chooses.

    Raises:
        Fault: For the first fault, with its key.
    """
    if not isinstance(data, dict):
        raise Fault(f"{toml(data)} is not valid", "Give a table.")
    kind = data.get(key)
    if not isinstance(kind, str) or kind not in models:
        said = "missing" if kind is None else f"{toml(kind)} is not a choice"
        raise Fault(said, f"Give {key} = {' or '.join(map(toml, models))}.", [key])
    return part(models[kind], data, context)


def directory_of(info: ValidationInfo) -> Path:
    """The directory of the file that is being checked, which paths in it are relative to."""
    return Path((info.context or {}).get("directory", "."))


def as_written(path: Path, info: SerializationInfo) -> str:
    """A path in a text; that of the copy where the context tells of one."""
    return str((info.context or {}).get(path, path))


def explain(error: ValidationError, model: type[BaseModel]) -> tuple[tuple, str, str]:
    """Key, what was given and what would do, of the first fault."""
    errors = error.errors(include_url=False)
    first = min(errors, key=_weight)
    key = _place(first)
    given, kind, context = first["input"], first["type"], first.get("ctx", {})
    cause = context.get("error")
    others = dict.fromkeys(_place(other) for other in errors if _lacks(other))
    also = also_missing(other for other in others if other != key)
    if isinstance(cause, Fault):
        return key, cause.given, cause.remedy + (also if _lacks(first) else "")
    if kind == "missing":
        short = isinstance(first["loc"][-1], int)  # a number of a list is missing
        return (
            key,
            f"{toml(given)} is too short" if short else "missing",
            _how_to_give(model, key) + also,
        )
    if kind == "extra_forbidden":
        name = str(key[-1])
        return key, "unknown key", suggest(name, _fields(model, key[:-1]), "keys")
    if kind == "literal_error":
        return (
            key,
            f"{toml(given)} is not a choice",
            f"Use one of {context['expected']}.",
        )
    remedy = _WORDS.get(kind, f"{first['msg']}.")
    return key, f"{toml(given)} is not valid", remedy.format_map(context)


def _place(error: Any) -> tuple:
    """Key of an error."""
    cause = error.get("ctx", {}).get("error")
    below = cause.key if isinstance(cause, Fault) else ()
    key = (*(part for part in error["loc"] if part != "[key]"), *below)
    return key[:-1] if error["type"] == "missing" and isinstance(key[-1], int) else key


def _lacks(error: Any) -> bool:
    """Whether an error is that a key is missing."""
    cause = error.get("ctx", {}).get("error")
    return error["type"] == "missing" or (isinstance(cause, Fault) and cause.given == "missing")


def _weight(error: Any) -> int:
    """Unknown keys come first: a misspelt key is also a missing one."""
    return 0 if error["type"] == "extra_forbidden" else 1


def _how_to_give(model: type[BaseModel], key: tuple) -> str:
    field = _fields(model, key[:-1])[key[-1]]
    examples = [*(field.examples or ()), *(getattr(m, "example", None) for m in field.metadata)]
    if examples and examples[0] is not None:
        return f"Add it, e.g. {key[-1]} = {toml(examples[0])}."
    return f"Add a table [{dotted(key)}]."


def _fields(model: type[BaseModel], key: tuple) -> dict[str, FieldInfo]:
    """The fields of the models that stand at a key."""
    here: list[Any] = [model]
    for part in key:
        here = [below for annotation in here for below in _below(annotation, part)]
    models = [m for annotation in here for m in _models(annotation)]
    return {name: field for m in models for name, field in keys_of(m).items()}


def keys_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a model by the keys of its file: `from`, which is no name in Python, too."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _below(annotation: Any, part: str | int) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin in (dict, Mapping):
        yield get_args(annotation)[1]
    elif origin in (tuple, list):
        yield get_args(annotation)[0]
    else:
        for model in _models(annotation):
            fields = keys_of(model)
            if part in fields:
                yield fields[str(part)].annotation


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) is Annotated:
        yield from _models(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, types.UnionType):
        for member in get_args(annotation):
            yield from _models(member)
