"""Whether a JSON value has the shape of a type: the strictness that turns a client's slip into a visible violation."""

from __future__ import annotations

from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin, get_type_hints, is_typeddict

from tests.fakes.bot_api.wire import Upload


@cache
def hints_of(typed_dict: type) -> dict[str, Any]:
    """Return the types of a TypedDict's fields by name."""
    return get_type_hints(typed_dict)


def problems(value: object, hint: Any, where: str) -> list[str]:
    """Return what is wrong with `value` as a `hint` (TypedDict, list, Literal, union or plain type), if anything."""
    origin = get_origin(hint)
    if origin in (NotRequired, Required):
        return problems(value, get_args(hint)[0], where)
    if origin in (Union, UnionType):
        return _none_fits(value, get_args(hint), where)
    if origin is Literal:
        return [] if value in get_args(hint) else [f"{where}: {value!r} is none of {get_args(hint)}"]
    if origin is list:
        return _list_problems(value, get_args(hint)[0], where)
    if is_typeddict(hint):
        return _object_problems(value, hint, where)
    return [] if _is_plain(value, hint) else [f"{where}: {type(value).__name__} instead of {hint.__name__}"]


def _none_fits(value: object, hints: tuple[Any, ...], where: str) -> list[str]:
    found = [problems(value, hint, where) for hint in hints]
    return [] if any(not each for each in found) else min(found, key=len)


def _list_problems(value: object, item: Any, where: str) -> list[str]:
    if not isinstance(value, list):
        return [f"{where}: {type(value).__name__} instead of list"]
    return [problem for index, each in enumerate(value) for problem in problems(each, item, f"{where}[{index}]")]


def _object_problems(value: object, hint: Any, where: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where}: {type(value).__name__} instead of {hint.__name__}"]
    hints = hints_of(hint)
    found = [f"{where}.{name}: missing" for name in sorted(hint.__required_keys__ - value.keys())]
    for name, each in value.items():
        if name in hints:
            found += problems(each, hints[name], f"{where}.{name}")
        else:
            found.append(f"{where}.{name}: not a field of {hint.__name__} that is known here")
    return found


def _is_plain(value: object, hint: Any) -> bool:
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if hint in (str, bool, Upload, NoneType):
        return isinstance(value, hint)
    raise TypeError(f"no rule for {hint!r}")
