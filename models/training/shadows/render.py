"""Path-trace shadows of known things under known light: `python render.py --out DIR --seeds 0 52`.

Needs Blender as a module (`pip install bpy`, Python 3.11, GPL), in an environment of its own: nothing of it is used by
the product or its tests, which read the small pictures that this script writes.

For each seed ``NNN-alpha.png`` (what the camera sees of the thing) and ``NNN-shadow.png`` (share of the key light
that the ground loses, also behind the thing), 8 bit grey, and all cameras and lights in ``setups.json``. With
--scenes, for the gallery, ``NNN-truth.png`` (the place with the thing, under key light and sky), ``NNN-plate.png``
(the empty place) and ``NNN-thing.png`` (the thing alone, with alpha) instead.
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix, Vector
from things import KINDS, build

from cyclorama.core.perspective import Perspective, camera_rays, world_from_camera

SIZE = (168, 224)
_SUN = 3.0
_WHITE = 0.8
#: Linear colours: a faint sky, which leaves 4 % of the light in full shadow; for the gallery the lamp and the floor.
SKY, SUN_COLOR, FLOOR = (0.0509, 0.0509, 0.0509), (1.0, 0.9, 0.76), (0.42, 0.38, 0.34, 1.0)
#: Ours is x right, y up, z back; Blender's is x right, y away, z up.
_TO_BLENDER = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], np.float64)


def setup(seed: int) -> dict[str, object]:
    """Draw camera and light; the thing is one unit high and stands around the origin."""
    rng = np.random.default_rng([20, seed])
    height, width = SIZE
    elevation = math.radians(rng.uniform(20, 72))
    azimuth = rng.uniform(-math.pi, math.pi)
    flat = math.cos(elevation)
    light = [math.sin(azimuth) * flat, math.sin(elevation), math.cos(azimuth) * flat]
    focal = width / (2 * math.tan(math.radians(rng.uniform(24, 60)) / 2))
    distance = focal / height / rng.uniform(0.3, 0.55)
    # The camera looks down at the foot by 8 to 35 degrees, as it does for people and for things on tables.
    eye = distance * math.tan(math.radians(rng.uniform(8, 35)))
    aim = rng.uniform(0.25, 0.55)
    return {
        "seed": seed,
        "kind": list(KINDS)[seed % len(KINDS)],
        "focal_px": focal,
        "pitch_rad": math.atan2(aim - eye, distance),
        "roll_rad": math.radians(rng.normal(0, 1.2)),
        "camera": [rng.uniform(-0.35, 0.35) * distance * width / focal * 0.5, eye, distance],
        "light_world": light,
        "softness_rad": float(rng.choice([0.005, 0.03, 0.1, 0.2, 0.35])),
    }


def perspective(drawn: dict, size: tuple[int, int] = SIZE) -> Perspective:
    """Camera of a setup on a canvas of a given size."""
    height, width = SIZE
    middle = (width / 2, height / 2)
    own = Perspective(SIZE, drawn["focal_px"], middle, drawn["pitch_rad"], drawn["roll_rad"], 1.0)
    return own.scaled(size)


def stage(drawn: dict) -> tuple[bpy.types.Object, list[bpy.types.Object], bpy.types.Object]:
    """Empty the scene; put up ground, thing, sun and camera; return ground, the thing's parts, sun."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.render.threads_mode, scene.render.threads = "FIXED", 1
    scene.cycles.use_denoising, scene.cycles.denoiser = True, "OPENIMAGEDENOISE"
    scene.world = bpy.data.worlds.new("sky")
    shine(SKY)
    bpy.ops.mesh.primitive_plane_add(size=400)
    ground = bpy.context.object
    ground.data.materials.append(paint("ground", (_WHITE, _WHITE, _WHITE)))
    thing = build(drawn["kind"], np.random.default_rng([21, drawn["seed"]]))
    sun = bpy.data.objects.new("sun", bpy.data.lights.new("sun", "SUN"))
    sun.data.energy, sun.data.angle = _SUN, 2 * drawn["softness_rad"]
    toward = _TO_BLENDER @ drawn["light_world"]
    sun.rotation_euler = direction_matrix(toward).to_euler()
    scene.collection.objects.link(sun)
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.data.sensor_width, camera.data.sensor_fit = 36.0, "HORIZONTAL"
    camera.data.lens = 36.0 * drawn["focal_px"] / SIZE[1]
    pose = np.eye(4)
    pose[:3, :3] = _TO_BLENDER @ world_from_camera(perspective(drawn)).astype(np.float64)
    pose[:3, 3] = _TO_BLENDER @ np.array(drawn["camera"])
    camera.matrix_world = Matrix(pose.tolist())
    scene.collection.objects.link(camera)
    scene.camera = camera
    return ground, thing, sun


def shine(color: tuple[float, float, float]) -> None:
    """Make the sky shine evenly."""
    world = bpy.context.scene.world
    world.use_nodes = True
    background = world.node_tree.nodes["Background"].inputs
    background["Color"].default_value, background["Strength"].default_value = (*color, 1), 1.0


def direction_matrix(toward: np.ndarray):
    """Rotation that makes a sun shine from a direction."""
    return Vector(toward).to_track_quat("Z", "Y").to_matrix()


def paint(name: str, color: tuple[float, float, float]) -> bpy.types.Material:
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    shader = material.node_tree.nodes["Principled BSDF"]
    shader.inputs["Base Color"].default_value = (*color, 1)
    shader.inputs["Roughness"].default_value = 0.6
    shader.inputs["Specular IOR Level"].default_value = 0.0
    return material


def picture(path: Path, size: tuple[int, int], samples: int, raw: bool, transparent: bool) -> None:
    """Render to a PNG file; raw keeps linear values."""
    scene = bpy.context.scene
    scene.render.resolution_y, scene.render.resolution_x = size
    scene.cycles.samples = samples
    scene.render.film_transparent = transparent
    scene.view_settings.view_transform = "Raw" if raw else "Standard"
    settings = scene.render.image_settings
    settings.file_format, settings.color_mode, settings.color_depth = (
        "PNG",
        "RGBA" if transparent else "RGB",
        "8",
    )
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)


def pixels(path: Path) -> np.ndarray:
    """Read a PNG as float (h, w, 4), top row first, values as stored."""
    image = bpy.data.images.load(str(path))
    image.colorspace_settings.name = "Non-Color"
    width, height = image.size
    out = np.array(image.pixels[:], np.float32).reshape(height, width, 4)[::-1].copy()
    bpy.data.images.remove(image)
    return out


def write_gray(path: Path, values: np.ndarray) -> None:
    """Write (h, w) in [0, 1] as an 8-bit grey PNG."""
    image = bpy.data.images.new("gray", values.shape[1], values.shape[0])
    image.colorspace_settings.name = "Non-Color"
    level = np.clip(values, 0, 1)[::-1, :, None]
    image.pixels = np.concatenate([np.repeat(level, 3, 2), np.ones_like(level)], 2).ravel().tolist()
    settings = bpy.context.scene.render.image_settings
    settings.file_format, settings.color_mode, settings.color_depth = "PNG", "BW", "8"
    bpy.context.scene.view_settings.view_transform = "Raw"
    image.save_render(str(path))
    bpy.data.images.remove(image)


def render_truth(drawn: dict, out: Path) -> None:
    """Write coverage and shadow of one setup."""
    name, scratch = f"{drawn['seed']:03d}", out / "scratch.png"
    ground, thing, sun = stage(drawn)
    ground.hide_render = True
    picture(scratch, SIZE, 24, True, True)
    write_gray(out / f"{name}-alpha.png", pixels(scratch)[..., 3])
    ground.hide_render = False
    black = paint("black", (0, 0, 0))
    for part in thing:
        part.visible_camera = False
        part.data.materials.clear()
        part.data.materials.append(black)
    # On plain level ground a sun gives one brightness everywhere; scaled so that it is just below white.
    full = _SUN * drawn["light_world"][1] * _WHITE / math.pi
    sun.data.energy *= 0.9 / full
    picture(scratch, SIZE, 64, True, False)
    lit = pixels(scratch)[..., :3].mean(2)
    camera = perspective(drawn)
    ground_seen = (camera_rays(camera, SIZE) @ world_from_camera(camera).T)[..., 1] < -0.03
    write_gray(out / f"{name}-shadow.png", np.where(ground_seen, 1 - lit / 0.9, 0))
    scratch.unlink()


def render_scene(drawn: dict, out: Path) -> None:
    """Write the place with and without the thing, and the thing alone, as photographs."""
    name = f"{drawn['seed']:03d}"
    ground, thing, sun = stage(drawn)
    size = (2 * SIZE[0], 2 * SIZE[1])
    ground.data.materials[0].node_tree.nodes["Principled BSDF"].inputs["Base Color"].default_value = FLOOR
    sun.data.color = SUN_COLOR
    picture(out / f"{name}-truth.png", size, 96, False, False)
    for part in thing:
        part.hide_render = True
    picture(out / f"{name}-plate.png", size, 48, False, False)
    for part in thing:
        part.hide_render = False
    ground.visible_camera = False
    picture(out / f"{name}-thing.png", size, 96, False, True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--seeds", type=int, nargs="+", default=(0, 52), help="first and end; each with --scenes"
    )
    parser.add_argument(
        "--scenes", action="store_true", help="photographs for the gallery instead of shadows"
    )
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    setups = []
    for seed in given.seeds if given.scenes else range(*given.seeds):
        drawn = setup(seed)
        setups.append(drawn)
        if given.scenes:
            render_scene(drawn, given.out)
        elif not (given.out / f"{seed:03d}-shadow.png").exists():
            render_truth(drawn, given.out)
    text = json.dumps({"size": SIZE, "setups": setups}, indent=1)
    (given.out / "setups.json").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
