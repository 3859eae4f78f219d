"""Options, declared once: flags, dialogs, recipes and the docs' tables all follow from these fields."""

from __future__ import annotations

from dataclasses import Field, asdict, dataclass, field, fields
from typing import Any, Dict, Mapping, Optional, Tuple, Type, TypeVar

from cyclorama.protocol.errors import InputError

__all__ = [
    "BLEND_SPACES",
    "BUILTIN",
    "DEVICES",
    "ModelOptions",
    "RefineOptions",
    "ReplaceOptions",
    "SplitOptions",
    "describe",
    "from_mapping",
    "option",
    "to_mapping",
]

BLEND_SPACES = ("srgb", "linear")
#: What ships with the package.
BUILTIN = "builtin"
DEVICES = ("auto", "cpu", "cuda", "rocm", "mps", "coreml", "directml", "openvino")

_T = TypeVar("_T")


def option(
    default: Any,
    label: str,
    help: str,
    *,
    low: Optional[float] = None,
    high: Optional[float] = None,
    choices: Optional[Tuple[str, ...]] = None,
    unit: str = "",
) -> Any:
    """Declare an option: a dataclass field with what a person needs to know about it.

    Parameters
    ----------
    default : Any
        Value when nobody says otherwise.
    label : str
        Name in a dialog.
    help : str
        One sentence.
    low, high : float, optional
        Range, both ends included.
    choices : tuple of str, optional
        The allowed words.
    unit : str
        Unit of a number.
    """
    metadata = {"label": label, "help": help, "low": low, "high": high, "choices": choices, "unit": unit}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class SplitOptions:
    """How a photograph becomes layers."""

    max_objects: int = option(
        8, "Objects at most", "Keep at most this many objects, the surest first.", low=1, high=64
    )
    threshold: float = option(
        0.35, "Threshold", "Keep objects whose score is at least this.", low=0.0, high=1.0
    )
    edge_width: float = option(
        1.0,
        "Edge width",
        "Widen or narrow the soft band around each object.",
        low=0.25,
        high=4.0,
        unit="times",
    )
    blend_space: str = option(
        "srgb", "Blend space", "Space in which the target program blends layers.", choices=BLEND_SPACES
    )

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True)
class RefineOptions:
    """How scribbles change a matte."""

    reach: float = option(
        1.0,
        "Reach",
        "How far around each stroke edges are solved again.",
        low=0.25,
        high=8.0,
        unit="times",
    )

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True)
class ReplaceOptions:
    """How a new background is made."""

    scene: str = option(
        "auto", "Scene", "What to show behind the subject; auto picks one that fits the light."
    )
    prompt: str = option("", "Prompt", "Free text: scene, time of day, colours, blur, in documented words.")
    seed: int = option(
        0, "Seed", "Start of the noise; the same seed gives the same picture.", low=0, high=2**31 - 1
    )
    candidates: int = option(1, "Candidates", "How many backgrounds to make and rank.", low=1, high=16)
    steps: int = option(16, "Steps", "Denoising steps of the diffusion model.", low=2, high=100)
    guidance: float = option(
        2.0, "Light guidance", "How strongly the background obeys the light.", low=0.0, high=8.0
    )
    shadows: bool = option(True, "Shadows", "Add contact and cast shadows as layers of their own.")
    reflection: float = option(
        0.0, "Reflection", "Gloss of the ground: how clearly it mirrors the subject.", low=0.0, high=1.0
    )
    light_wrap: float = option(
        0.0,
        "Light wrap",
        "How much of the background's light spills over the subject's edge.",
        low=0.0,
        high=1.0,
    )

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True)
class ModelOptions:
    """Which models do the work, and where they run."""

    segmenter: str = option(BUILTIN, "Segmenter", "Model that finds objects: an id of `cyclorama models`.")
    matter: str = option(BUILTIN, "Matter", "Model that solves soft edges: an id of `cyclorama models`.")
    plate: str = option(BUILTIN, "Plate", "Model that paints behind objects: an id of `cyclorama models`.")
    inpainter: str = option(
        BUILTIN, "Inpainter", "Model that makes backgrounds: an id of `cyclorama models`."
    )
    device: str = option(
        "auto",
        "Device",
        "Where networks run; auto takes a graphics card that the installed runtime was made for.",
        choices=DEVICES,
    )

    def __post_init__(self) -> None:
        _check(self)


def describe(kind: Type[Any]) -> Tuple[Field, ...]:  # type: ignore[type-arg]
    """Return the declared fields of an options class, in order; their metadata holds label, range and help."""
    return fields(kind)


def to_mapping(options: Any) -> Dict[str, Any]:
    """Return options as a plain mapping, for a recipe or a message."""
    return asdict(options)


def from_mapping(kind: Type[_T], values: Mapping[str, Any]) -> _T:
    """Make options from a recipe or a message.

    Raises
    ------
    InputError
        If a name is unknown or a value is of the wrong type or out of range.
    """
    known = {entry.name for entry in fields(kind)}  # type: ignore[arg-type]
    unknown = sorted(set(values) - known)
    if unknown:
        raise InputError(f"Unknown option {unknown[0]!r}; known are {', '.join(sorted(known))}.")
    return kind(**values)


def _check(options: Any) -> None:
    for entry in fields(options):
        value = getattr(options, entry.name)
        wanted = type(entry.default)
        if wanted is float and isinstance(value, int) and not isinstance(value, bool):
            object.__setattr__(options, entry.name, float(value))
            value = float(value)
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise InputError(
                f"Option {entry.name!r} is {value!r}; a value of type {wanted.__name__} was wanted."
            )
        low, high, choices = (entry.metadata[key] for key in ("low", "high", "choices"))
        # Written so that NaN fails.
        if low is not None and not low <= value <= high:
            raise InputError(f"Option {entry.name!r} is {value}; {low} to {high} was wanted.")
        if choices is not None and value not in choices:
            raise InputError(f"Option {entry.name!r} is {value!r}; one of {', '.join(choices)} was wanted.")
