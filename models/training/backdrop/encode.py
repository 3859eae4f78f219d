"""Fit the patch codec and encode every scene once, upright and mirrored, each with subjects in front.

    python encode.py --scenes scratch/scenes --data ../shared/data --out scratch

writes codec.safetensors, latents.npz (for train.py) and pictures stay where they are (for decoder.py).
"""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

import numpy as np
from PIL import Image
from subjects import load_cutouts, place

from cyclorama.backdrop.codec import PATCH_PX, PatchCodec, patches
from cyclorama.backdrop.noise import cosine_basis
from cyclorama.backdrop.scenes import SCENE_NAMES, SCENES
from cyclorama.core.color import luminance
from cyclorama.runtime.tensors import save_tensors
from data import load_labels

CHANNELS = 24
PICTURE_PER_LATENT = 32
GRID = 16
FLATTEN = 0.9


def reduced(path: Path) -> np.ndarray:
    """A picture at a quarter of its size: sRGB [0, 1] (H / 4, W / 4, 3)."""
    picture = Image.open(path).convert("RGB")
    k = PICTURE_PER_LATENT // PATCH_PX
    small = picture.resize((picture.width // k, picture.height // k), Image.BOX)
    return np.asarray(small, np.float32) / 255


def fit_codec(pictures: list[np.ndarray]) -> PatchCodec:
    """Principal components; later ones are kept a little smaller, so that noise hides them first."""
    rows = np.concatenate(
        [patches(p[:, ::s]).reshape(-1, 3 * PATCH_PX**2) for p in pictures for s in (1, -1)]
    )
    mean = rows.mean(0)
    covariance = (rows - mean).T @ (rows - mean) / len(rows)
    values, vectors = np.linalg.eigh(covariance)
    order = np.argsort(values)[::-1][:CHANNELS]
    deviation = np.sqrt(values[order])
    scale = (deviation / deviation[0]) ** 0.2 / deviation
    print(f"components explain {values[order].sum() / values.sum():.4f} of the variance")
    return PatchCodec(
        vectors[:, order].T.astype(np.float32).copy(),
        mean.astype(np.float32),
        scale.astype(np.float32),
        np.ones((CHANNELS, GRID, GRID), np.float32),
    )


def with_spectrum(codec: PatchCodec, pictures: list[np.ndarray]) -> PatchCodec:
    """Measure the latents' amplitude at every frequency of the square grid, flattened a little."""
    square = [p for p in pictures if p.shape[:2] == (GRID * PATCH_PX, GRID * PATCH_PX)] or [
        np.resize(p, (GRID * PATCH_PX, GRID * PATCH_PX, 3)) for p in pictures
    ]
    basis = cosine_basis(GRID)
    power = np.mean([(basis @ codec.encode(p) @ basis.T) ** 2 for p in square], 0)
    amplitude = np.maximum(power, 1e-6) ** (0.5 * FLATTEN)
    amplitude = np.maximum(amplitude, amplitude.max((1, 2), keepdims=True) / 80)
    amplitude *= np.sqrt(power.mean((1, 2), keepdims=True) / (amplitude**2).mean((1, 2), keepdims=True))
    return dataclasses.replace(codec, spectrum=amplitude.astype(np.float32))


def usual_palettes(table: dict[str, np.ndarray], count: int = 24) -> np.ndarray:
    """Mean colours of pictures of every scene (scenes, count, 3), without the darkest and brightest."""
    rng, rows = np.random.default_rng(2), []
    for scene in range(len(SCENE_NAMES)):
        known = table["palette"][table["scene"] == scene]
        if len(known) == 0:
            known = np.array([SCENES[SCENE_NAMES[scene]].palette])
        known = known[np.argsort(luminance(known))]
        known = known[len(known) // 6 : len(known) - len(known) // 8]
        rows.append(known[rng.integers(len(known), size=count)])
    return np.stack(rows).astype(np.float32)


def usual_slopes(groups: dict[tuple[int, int], list], channels: int = 3) -> dict[str, np.ndarray]:
    """Regression of the first horizontal cosine of the latents on the light's sideways component, by scene."""
    amplitude, side, scene = [], [], []
    for (h, w), rows in groups.items():
        pattern = cosine_basis(h)[0][:, None] * cosine_basis(w)[1][None] / np.sqrt(h * w)
        for label, z, *_ in rows:
            amplitude.append(np.einsum("kij,ij->k", z[:channels].astype(np.float32), pattern))
            side.append(label["direction"][0])
            scene.append(label["scene"])
    amplitude, side, scene = np.array(amplitude), np.array(side), np.array(scene)
    slope = np.zeros((len(SCENE_NAMES), channels), np.float32)
    explained = np.zeros(len(SCENE_NAMES), np.float32)
    for k in set(scene.tolist()):
        a, x = amplitude[scene == k], side[scene == k][:, None]
        slope[k] = (a * x).sum(0) / max(float((x * x).sum()), 1e-6)
        explained[k] = np.clip(1 - (a - slope[k] * x)[:, 0].var() / max(float(a[:, 0].var()), 1e-9), 0, 1)
    return {"slope": slope, "explained": explained}


def mirror(label: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    out = {**label, **{k: label[k] * np.float32([-1, 1, 1]) for k in ("direction", "up")}}
    out["center"] = np.float32([label["size"][1] / label["size"][0] - label["center"][0], label["center"][1]])
    return out


def one_scene(rng, codec, pixels, label, cutouts, subjects):
    """Latents of the scene and of its subjects, for both senses."""
    for sense, lab in ((1, label), (-1, mirror(label))):
        row = None if np.isnan(lab["contact_row"]) else float(lab["contact_row"])
        light = {k: lab[k] for k in ("direction", "softness", "key", "ambient")}
        placed = [place(rng, cutouts, pixels.shape[:2], row, **light) for _ in range(subjects)]
        z = codec.encode(pixels[:, ::sense]).astype(np.float16)
        h, w = z.shape[1:]
        alpha = [(a.reshape(h, PATCH_PX, w, PATCH_PX).mean((1, 3)) * 255).astype(np.uint8) for _, a in placed]
        encoded = [codec.encode(canvas).clip(-6, 6).astype(np.float16) for canvas, _ in placed]
        yield lab, z, np.stack(encoded), np.stack(alpha)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scenes", type=Path, required=True)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--subjects", type=int, default=2)
    parser.add_argument("--codec", type=Path, help="keep this codec instead of fitting one")
    args = parser.parse_args()
    rng = np.random.default_rng(1)
    table, cutouts = load_labels(args.scenes), load_cutouts(args.data, 500)
    print(f"{len(table['index'])} scenes, {len(cutouts)} cut-outs", flush=True)
    pictures = [reduced(args.scenes / f"{index:06d}.jpg") for index in table["index"]]
    codec = PatchCodec.load(args.codec) if args.codec else with_spectrum(fit_codec(pictures), pictures)
    args.out.mkdir(parents=True, exist_ok=True)
    groups: dict[tuple[int, int], list] = {}
    for i, pixels in enumerate(pictures):
        label = {k: v[i] for k, v in table.items()}
        for row in one_scene(rng, codec, pixels, label, cutouts, args.subjects):
            groups.setdefault(row[1].shape[1:], []).append(row)
        if i % 500 == 0:
            print(f"{i} of {len(pictures)}", flush=True)
    known = {"palettes": usual_palettes(table), **usual_slopes(groups)}
    arrays = {name: np.ascontiguousarray(a) for name, a in {**dataclasses.asdict(codec), **known}.items()}
    save_tensors(arrays, args.out / "codec.safetensors")
    out = {}
    for (h, w), rows in groups.items():
        name = f"{h}x{w}"
        out[f"{name}/z"] = np.stack([r[1] for r in rows])
        out[f"{name}/subject"] = np.stack([r[2] for r in rows])
        out[f"{name}/alpha"] = np.stack([r[3] for r in rows])
        out[f"{name}/empty"] = codec.encode(np.full((h * PATCH_PX, w * PATCH_PX, 3), 0.5, np.float32))
        for key in rows[0][0]:
            out[f"{name}/{key}"] = np.stack([r[0][key] for r in rows])
    np.savez(args.out / "latents.npz", **out)


if __name__ == "__main__":
    main()
