"""What the segmenter is asked for: centers, boxes, masks, mask quality, and the teacher's foreground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from model import STRIDES, SegmenterNet, draw_masks, locations
from torch import Tensor
from torch.nn import functional

from data import VOID, Sample

LEVEL_SIZES = (
    (0, 72),
    (52, 160),
    (112, 1e9),
)  # square root of the box area, in pixels, that each stride answers for
SAMPLED_LOCATIONS = 56


@dataclass(frozen=True)
class Batch:
    """Pictures (N, 3, S, S) in [0, 1]; masks, one (n_i, S, S) tensor for each; void, salience and weights (N, S, S)."""

    pictures: Tensor
    masks: list[Tensor]
    void: Tensor
    salience: Tensor
    salience_weight: Tensor
    negative: Tensor


def batch_of(samples: Sequence[Sample]) -> Batch:
    """Stack samples into tensors."""

    def stack(name: str) -> Tensor:
        return torch.from_numpy(np.stack([getattr(s, name) for s in samples])).float() / 255

    pictures = stack("pixels").permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)
    masks, void = [], []
    for s in samples:
        instances = torch.from_numpy(s.instances)
        numbers = [k for k in instances.unique().tolist() if k not in (0, VOID)]
        masks.append((instances[None] == torch.tensor(numbers, dtype=torch.uint8)[:, None, None]).float())
        void.append(instances == VOID)
    return Batch(
        pictures,
        masks,
        torch.stack(void).float(),
        stack("salience"),
        stack("salience_weight"),
        stack("negative"),
    )


@dataclass(frozen=True)
class Targets:
    """For n objects and L locations: what is positive, how much each counts, where masks may be asked."""

    objectness: Tensor  # (L,) 0 or 1
    weight: Tensor  # (L,)
    owner: Tensor  # (L,) index of the object at a center, else -1
    inside: Tensor  # (n, L) bool: locations from which the object's mask may be asked
    boxes: Tensor  # (n, 4) left, top, right, bottom


def assign(masks: Tensor, negative: Tensor, centers: Tensor, strides: Tensor) -> Targets:
    """Give each object the locations around its middle, on the levels that suit its size."""
    size, count = negative.shape[-1], len(masks)
    weight = torch.cat([functional.avg_pool2d(negative[None, None], s).flatten() for s in STRIDES])
    objectness, owner = torch.zeros(len(centers)), torch.full((len(centers),), -1)
    if count == 0:
        return Targets(
            objectness, weight, owner, torch.zeros(0, len(centers), dtype=torch.bool), torch.zeros(0, 4)
        )
    pooled = functional.avg_pool2d(masks[:, None], 8)
    cover = torch.cat(
        [
            pooled.flatten(1),
            functional.avg_pool2d(pooled, 2).flatten(1),
            functional.avg_pool2d(pooled, 4).flatten(1),
        ],
        1,
    )
    edge = torch.arange(size)
    columns, rows = masks.amax(1) > 0, masks.amax(2) > 0
    left, top = (torch.where(m, edge, size).amin(1) for m in (columns, rows))
    right, bottom = (torch.where(m, edge, -1).amax(1) + 1 for m in (columns, rows))
    boxes = torch.stack((left, top, right, bottom), 1).float()
    extent = torch.sqrt((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]))
    middle = _middles(pooled[:, 0])
    low, high = (torch.tensor([LEVEL_SIZES[STRIDES.index(int(s))][i] for s in STRIDES]) for i in (0, 1))
    level = torch.log2(strides / 8).long()
    fits = (extent[:, None] >= low[level]) & (extent[:, None] < high[level])
    distance = (centers[None] - middle[:, None]).abs().amax(-1) / strides
    near = fits & (distance < 1.2) & (cover > 0.4)
    nearest = torch.where(fits, distance - 2 * cover.clamp(max=0.5), 1e9).argmin(1)
    near[torch.arange(count), nearest] = True
    for k in torch.argsort(-extent).tolist():  # the smallest object at a location owns it
        weight[fits[k] & (distance[k] < 2.2) & (cover[k] > 0.4)] = 0
        owner[near[k]] = k
    objectness[owner >= 0], weight[owner >= 0] = 1, 1
    return Targets(objectness, weight, owner, (fits & (cover > 0.6)) | near, boxes)


def _middles(pooled: Tensor) -> Tensor:
    """A point x, y well inside each mask, near its centroid; `pooled` is (n, h, w) at stride 8."""
    count, h, w = pooled.shape
    y, x = (torch.arange(n).float() for n in (h, w))
    mass = pooled.sum((1, 2)).clamp(min=1e-6)
    cx, cy = (pooled.sum(1) * x).sum(1) / mass, (pooled.sum(2) * y).sum(1) / mass
    thick = functional.avg_pool2d(pooled[:, None], 5, 1, 2)[:, 0] * pooled
    away = (
        torch.sqrt((x - cx[:, None])[:, None] ** 2 + (y - cy[:, None])[:, :, None] ** 2 + 1e-9)
        / mass.sqrt()[:, None, None]
    )
    best = (thick - 0.35 * away.clamp(max=3) * thick.amax((1, 2), keepdim=True)).flatten(1).argmax(1)
    inside = torch.stack((best % w, best // w), 1).float()
    exact = torch.stack((cx, cy), 1)
    solid = (
        pooled[torch.arange(count), cy.round().long().clamp(0, h - 1), cx.round().long().clamp(0, w - 1)]
        > 0.7
    )
    return (torch.where(solid[:, None], exact, inside) + 0.5) * 8


def total_loss(net: SegmenterNet, batch: Batch) -> dict[str, Tensor]:
    """All terms and their weighted sum under "total"."""
    with torch.autocast("cpu", torch.bfloat16):
        where, what, shared, foreground = net(batch.pictures)
    where, what, shared = where.float(), what.float(), shared.float()
    centers, strides = locations(*batch.pictures.shape[2:])
    targets = [assign(m, n, centers, strides) for m, n in zip(batch.masks, batch.negative, strict=False)]
    truth, weight = (torch.stack([getattr(t, name) for t in targets]) for name in ("objectness", "weight"))
    focal = _focal(where[..., 0], truth) * weight
    losses = {
        "objectness": focal.sum() / truth.sum().clamp(min=1),
        "foreground": _foreground_loss(foreground.float()[:, 0], batch),
    }
    picked = _pick(targets)
    if len(picked):
        losses |= _object_losses(picked, targets, batch, where, what, shared, centers, strides)
    factors = {"objectness": 2.0, "foreground": 2.0, "mask": 2.0, "edge": 1.0, "box": 0.5, "quality": 0.25}
    return losses | {"total": sum(factors.get(k, 1.0) * v for k, v in losses.items())}


def _focal(logit: Tensor, truth: Tensor) -> Tensor:
    p = torch.sigmoid(logit)
    wrong = torch.where(truth > 0.5, 1 - p, p)
    factor = torch.where(truth > 0.5, 0.3, 0.7) * wrong**2
    return factor * functional.binary_cross_entropy_with_logits(logit, truth, reduction="none")


def _foreground_loss(logit: Tensor, batch: Batch) -> Tensor:
    truth, weight = (
        functional.avg_pool2d(m[:, None], 2)[:, 0] for m in (batch.salience, batch.salience_weight)
    )
    cross = (functional.binary_cross_entropy_with_logits(logit, truth, reduction="none") * weight).sum(
        (1, 2)
    ) / weight.sum((1, 2)).clamp(min=1)
    p = torch.sigmoid(logit) * weight
    overlap = ((p * truth).sum((1, 2)) + 50) / ((p + truth * weight - p * truth).sum((1, 2)) + 50)
    return (cross + 0.5 * (1 - overlap)).mean()


def _pick(targets: Sequence[Targets]) -> Tensor:
    """Rows (picture, object, location): for each object two middles and two other places inside, up to the limit."""
    rows = []
    for n, t in enumerate(targets):
        for k in range(len(t.boxes)):
            middles, inside = (t.owner == k).nonzero()[:, 0], t.inside[k].nonzero()[:, 0]
            chosen = torch.cat([c[torch.randperm(len(c))[:2]] for c in (middles, inside)])
            rows += [(n, k, int(i)) for i in chosen]
    order = torch.randperm(len(rows))[:SAMPLED_LOCATIONS]
    return torch.tensor(rows, dtype=torch.long).view(-1, 3)[order]


def _object_losses(
    picked: Tensor,
    targets: Sequence[Targets],
    batch: Batch,
    where: Tensor,
    what: Tensor,
    shared: Tensor,
    centers: Tensor,
    strides: Tensor,
) -> dict[str, Tensor]:
    n, k, i = picked.unbind(1)
    truth = torch.stack([batch.masks[a][b] for a, b in zip(n.tolist(), k.tolist(), strict=False)])
    boxes = torch.stack([targets[a].boxes[b] for a, b in zip(n.tolist(), k.tolist(), strict=False)])
    logits = draw_masks(what[n, i], shared[n], centers[i], strides[i])
    logits = functional.interpolate(logits[:, None], scale_factor=2.0, mode="bilinear", align_corners=False)[
        :, 0
    ]
    truth = functional.avg_pool2d(truth[:, None], 2)[:, 0]
    known = (functional.avg_pool2d(batch.void[:, None], 2)[:, 0] < 0.5).float()[n]
    p = torch.sigmoid(logits) * known
    dice = 1 - (2 * (p * truth).sum((1, 2)) + 1) / (
        (p * p).sum((1, 2)) + (truth * truth * known).sum((1, 2)) + 1
    )
    near = _within(boxes, truth.shape[-1]) * known
    cross = functional.binary_cross_entropy_with_logits(logits, truth, reduction="none") * near
    distances = torch.exp(where[n, i, 2:].clamp(max=5)) * strides[i][:, None]
    sign = torch.tensor([-1.0, -1.0, 1.0, 1.0])
    predicted = centers[i].repeat(1, 2) + sign * distances
    with torch.no_grad():
        hit = ((logits > 0) * known, (truth > 0.5) * known)
        iou = (hit[0] * hit[1]).sum((1, 2)) / torch.maximum(*hit).sum((1, 2)).clamp(min=1)
    return {
        "mask": dice.mean(),
        "edge": (cross.sum((1, 2)) / near.sum((1, 2)).clamp(min=1)).mean(),
        "box": (1 - _generalized_iou(predicted, boxes)).mean(),
        "quality": functional.binary_cross_entropy_with_logits(where[n, i, 1], iou),
    }


def _within(boxes: Tensor, size: int) -> Tensor:
    """1 inside each box enlarged by a fifth, 0 outside, at half resolution."""
    at = torch.arange(size) * 2.0 + 1
    margin = 4 + 0.1 * (boxes[:, 2:] - boxes[:, :2])
    x = (at >= (boxes[:, :1] - margin[:, :1])) & (at < (boxes[:, 2:3] + margin[:, :1]))
    y = (at >= (boxes[:, 1:2] - margin[:, 1:])) & (at < (boxes[:, 3:] + margin[:, 1:]))
    return (y[:, :, None] & x[:, None, :]).float()


def _generalized_iou(a: Tensor, b: Tensor) -> Tensor:
    low, high = torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:])
    overlap = (high - low).clamp(min=0).prod(1)
    union = (a[:, 2:] - a[:, :2]).prod(1) + (b[:, 2:] - b[:, :2]).prod(1) - overlap
    hull = (torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])).prod(1)
    return overlap / union.clamp(min=1) - (hull - union) / hull.clamp(min=1)
