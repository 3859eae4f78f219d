"""Path-traced pictures for the judge, which no painter of the sketches has drawn.

    python traced.py --out scratch/judge/traced --count 2400

Needs Blender as a module (`pip install bpy`, Python 3.11, GPL) in an environment of its own, with this package on
PYTHONPATH; nothing of it is used by the product or its tests. Writes ``traced.npz`` as ``pictures.py`` writes its own.
A run that was stopped goes on. About 1 s a picture on one core.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix, Vector
from places import OUTDOORS, PLACES

from cyclorama.core.color import linear_to_srgb, luminance
from cyclorama.core.resampling import resize

__all__ = ["Shot", "build", "render"]

SIDE_PX, LONG_PX, SAMPLES, SHARD = 64, 96, 20, 100
FIRST_SEED = 70_000_000
#: Ours is x right, y up, z back; Blender's is x right, y away, z up.
_TO_BLENDER = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], np.float64)


@dataclass(frozen=True)
class Shot:
    """A place, its camera and its light. Directions are to the light in camera axes; lengths in picture heights."""

    place: str
    size: tuple[int, int]
    focal: float
    pitch: float
    roll: float
    eye: tuple[float, float]
    direction: np.ndarray
    softness: float
    key: np.ndarray
    ambient: np.ndarray
    blur: float

    @property
    def horizon(self) -> float:
        """Row / height in the middle of the picture."""
        return 0.5 + self.focal * math.tan(self.pitch)

    def axes(self) -> np.ndarray:
        """Camera to world, ours (3, 3)."""
        cp, sp, cr, sr = math.cos(self.pitch), math.sin(self.pitch), math.cos(self.roll), math.sin(self.roll)
        tilt = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
        return tilt @ np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])


def black_body(mired: float) -> np.ndarray:
    """Linear sRGB of luminance 1, near enough: red and blue trade places along the locus."""
    ratio = math.exp(0.0072 * (mired - 154))
    rgb = np.array([ratio**0.55, 1, ratio**-0.45])
    return rgb / luminance(rgb)


def draw(rng: np.random.Generator) -> Shot:
    """A place at random, lit from anywhere but from under the ground."""
    place = str(rng.choice(list(PLACES)))
    aspect = math.exp(rng.uniform(-0.45, 0.45))
    size = (round(LONG_PX / max(aspect, 1)), round(LONG_PX * min(aspect, 1)))
    focal = math.exp(rng.uniform(math.log(0.9), math.log(3.0)))
    pitch = rng.normal(-0.22 if place == "table" else -0.03, 0.08)
    foot = rng.uniform(0.72, 1.25)
    distance = rng.uniform(0.7, 1.6) if place == "table" else rng.uniform(2, 5)
    down = math.atan((foot - 0.5) / focal) - pitch
    eye = distance * math.tan(max(down, math.radians(3)))
    azimuth, elevation = rng.uniform(-math.pi, math.pi), math.asin(rng.uniform(0.05, 0.95))
    flat = math.cos(elevation)
    world = np.array([math.sin(azimuth) * flat, math.sin(elevation), math.cos(azimuth) * flat])
    key = black_body(rng.uniform(105, 400)) ** rng.uniform(0.4, 1)
    if place in ("stage", "night") and rng.random() < 0.5:
        key = rng.uniform(0.1, 1, 3)
    ambient = black_body(rng.uniform(105, 250)) * math.exp(rng.uniform(math.log(0.05), math.log(0.6)))
    if place in ("stage", "night"):
        ambient = ambient * 0.25
    shot = Shot(place, size, focal, pitch, float(np.clip(rng.normal(0, 0.015), -0.05, 0.05)), (distance, eye),
                world, rng.uniform(0.01, 0.05) if place in OUTDOORS and rng.random() < 0.7 else rng.uniform(0.05, 0.7),
                key / luminance(key), ambient, rng.uniform(0.003, 0.045))  # fmt: skip
    return Shot(**{**shot.__dict__, "direction": shot.axes().T @ world})


def _aim(thing, toward: np.ndarray) -> None:
    thing.rotation_euler = Vector(toward).to_track_quat("Z", "Y").to_euler()


def light_up(rng: np.random.Generator, shot: Shot) -> None:
    """Put up the lamp or the sun, each worth 1 on what faces it, and the light from everywhere."""
    toward = _TO_BLENDER @ shot.axes() @ shot.direction
    strength, tint = float(shot.key.max()), shot.key / shot.key.max()
    if shot.place in OUTDOORS:
        lamp = bpy.data.objects.new("sun", bpy.data.lights.new("sun", "SUN"))
        lamp.data.energy, lamp.data.angle = strength * math.pi, 2 * shot.softness
    else:
        lamp = bpy.data.objects.new("lamp", bpy.data.lights.new("lamp", "AREA"))
        far = _lamp_distance(rng, shot, toward)
        lamp.data.shape, lamp.data.size = "DISK", 2 * far * math.tan(shot.softness)
        lamp.data.energy = strength * math.pi * math.pi * far * far
        lamp.location = toward * far + _subject(shot)
        lamp.visible_camera = False
    lamp.data.color = tint
    _aim(lamp, toward)
    bpy.context.scene.collection.objects.link(lamp)
    sky(rng, shot, toward)


def _subject(shot: Shot) -> np.ndarray:
    """The middle of what would stand there."""
    return np.array([0, 0, 0.15 if shot.place == "table" else 0.9])


def _lamp_distance(rng: np.random.Generator, shot: Shot, toward: np.ndarray) -> float:
    """Not behind the wall at the back, nor outside the side walls."""
    far = rng.uniform(1.2, 4.0) * (0.5 if shot.place == "table" else 1)
    return float(min(far, 0.7 / max(toward[1], 1e-3), 2.0 / max(abs(toward[0]), 1e-3)))


def in_shadow(shot: Shot) -> bool:
    """Whether something stands between the subject's place and its light: then the label would lie."""
    toward = _TO_BLENDER @ shot.axes() @ shot.direction
    reach = 1e4 if shot.place in OUTDOORS else 0.7
    graph = bpy.context.evaluated_depsgraph_get()
    start = Vector(_subject(shot))
    return bool(bpy.context.scene.ray_cast(graph, start, Vector(toward), distance=reach)[0])


def sky(rng: np.random.Generator, shot: Shot, toward: np.ndarray) -> None:
    """Even light from everywhere; out of doors brighter on the sun's side, with clouds."""
    world = bpy.data.worlds.new("sky")
    bpy.context.scene.world = world
    world.use_nodes = True
    nodes, links = world.node_tree.nodes, world.node_tree.links
    background = nodes["Background"].inputs
    background["Color"].default_value = (*(shot.ambient / shot.ambient.max()), 1)
    background["Strength"].default_value = float(shot.ambient.max())
    if shot.place not in OUTDOORS:
        return
    place, dot, shape, mix = (
        nodes.new(f"ShaderNode{n}") for n in ("TexCoord", "VectorMath", "MapRange", "MixRGB")
    )
    dot.operation = "DOT_PRODUCT"
    dot.inputs[1].default_value = tuple(toward)
    links.new(place.outputs["Generated"], dot.inputs[0])
    shape.inputs["From Min"].default_value, shape.inputs["From Max"].default_value = (
        rng.uniform(-0.2, 0.6),
        1.0,
    )
    links.new(dot.outputs["Value"], shape.inputs["Value"])
    base, glow = shot.ambient, shot.ambient * 0.5 + shot.key * rng.uniform(0.3, 2.0)
    mix.inputs[1].default_value, mix.inputs[2].default_value = (*base, 1), (*glow, 1)
    links.new(shape.outputs[0], mix.inputs[0])
    last = mix.outputs[0]
    if rng.random() < 0.6:
        noise, soft, cloud = (nodes.new(f"ShaderNode{n}") for n in ("TexNoise", "MapRange", "MixRGB"))
        noise.inputs["Scale"].default_value = rng.uniform(1.5, 6)
        soft.inputs["From Min"].default_value, soft.inputs["From Max"].default_value = 0.45, 0.75
        links.new(place.outputs["Generated"], noise.inputs["Vector"])
        links.new(noise.outputs[0], soft.inputs["Value"])
        cloud.inputs[2].default_value = (*(0.6 * float(luminance(shot.ambient)) + 0.3 * shot.key), 1)
        links.new(soft.outputs[0], cloud.inputs[0])
        links.new(last, cloud.inputs[1])
        last = cloud.outputs[0]
    links.new(last, background["Color"])
    background["Strength"].default_value = 1.0


def look(shot: Shot) -> None:
    """Put up the camera, focused on the subject's place."""
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.data.sensor_fit, camera.data.sensor_height = "VERTICAL", 24.0
    camera.data.lens = 24.0 * shot.focal
    pose = np.eye(4)
    pose[:3, :3] = _TO_BLENDER @ shot.axes()
    distance, eye = shot.eye
    pose[:3, 3] = [0, -distance, eye]
    camera.matrix_world = Matrix(pose.tolist())
    # Blur of what is far away, radius over picture height, is focal * aperture radius / distance.
    camera.data.dof.use_dof, camera.data.dof.focus_distance = True, math.hypot(distance, eye)
    camera.data.dof.aperture_fstop = max(24e-3 * shot.focal / (2 * shot.blur / shot.focal * distance), 0.05)
    bpy.context.scene.collection.objects.link(camera)
    bpy.context.scene.camera = camera


def build(rng: np.random.Generator) -> Shot:
    """Put up a place whose light reaches the subject."""
    while True:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        shot = draw(rng)
        PLACES[shot.place](rng)
        if not in_shadow(shot):
            light_up(rng, shot)
            look(shot)
            return shot


def render(rng: np.random.Generator, shot: Shot, scratch: Path) -> np.ndarray:
    """Return the developed picture of what was built (64, 64, 3), uint8 sRGB, a little out of tune."""
    scene = bpy.context.scene
    scene.render.engine, scene.cycles.device, scene.cycles.samples = "CYCLES", "CPU", SAMPLES
    scene.render.threads_mode, scene.render.threads = "FIXED", 1
    scene.cycles.use_denoising, scene.cycles.denoiser = True, "OPENIMAGEDENOISE"
    scene.render.resolution_y, scene.render.resolution_x = shot.size
    scene.view_settings.view_transform = "Raw"
    scene.render.image_settings.file_format = "OPEN_EXR"
    scene.render.filepath = str(scratch)
    bpy.ops.render.render(write_still=True)
    picture = bpy.data.images.load(str(scratch))
    linear = np.array(picture.pixels[:], np.float32).reshape(*shot.size, 4)[::-1, :, :3]
    bpy.data.images.remove(picture)
    return developed(rng, linear)


def developed(rng: np.random.Generator, linear: np.ndarray) -> np.ndarray:
    """Expose, bend the tone curve, reduce, add noise."""
    level = float(np.percentile(luminance(linear), rng.uniform(60, 92)))
    bright = 1 - np.exp(-linear / max(level, 1e-5) * rng.uniform(0.25, 0.9))
    small = resize(
        np.ascontiguousarray(linear_to_srgb(bright.astype(np.float32))), (SIDE_PX, SIDE_PX), "area"
    )
    small = small ** np.float32(math.exp(rng.normal(0, 0.12))) + rng.normal(
        0, rng.uniform(0, 0.012), small.shape
    )
    return (np.clip(small, 0, 1) * 255 + 0.5).astype(np.uint8)


def labels(shot: Shot) -> dict[str, np.ndarray]:
    """As ``pictures.labels``."""
    total = shot.key + shot.ambient
    return {
        "direction": np.float32(shot.direction),
        "horizon": np.float32(shot.horizon),
        "tint": np.float32(np.log((total[0] + 1e-3) / (total[2] + 1e-3))),
        "contrast": np.float32(np.log(1 / max(float(luminance(shot.ambient)), 1e-3))),
        "scene": np.array(f"traced {shot.place}"),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=1000)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    shards = [given.out / f"traced-{start:06d}.npz" for start in range(0, given.count, SHARD)]
    with tempfile.TemporaryDirectory() as folder:
        for number, path in enumerate(shards):
            if not path.exists():
                write_shard(
                    path, number * SHARD, min(SHARD, given.count - number * SHARD), Path(folder) / "a.exr"
                )
    parts = [dict(np.load(path)) for path in shards]
    np.savez(
        given.out / "traced.npz", **{name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
    )


def write_shard(path: Path, first: int, count: int, scratch: Path) -> None:
    pictures, rows = [], []
    for index in range(first, first + count):
        rng = np.random.default_rng(FIRST_SEED + index)
        shot = build(rng)
        pictures.append(render(rng, shot, scratch))
        rows.append(labels(shot))
    table = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
    np.savez(path, pictures=np.stack(pictures), **table)


if __name__ == "__main__":
    main()
