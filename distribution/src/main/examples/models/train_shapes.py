"""Trains shapes.onnx, the small detector that Levada's tests, benchmarks and examples use.

It finds circles, squares and triangles in synthetic pictures. Nothing is downloaded: the pictures are drawn on the fly. The
ONNX file has the form in which Ultralytics exports YOLOv8 and YOLO11: input "images" [batch, 3, 320, 320], RGB from 0 to 1;
output "output0" [batch, 4 + classes, anchors] with centre, size (in input pixels) and a score for each class; class names,
input size and stride in the metadata.

    python3 train_shapes.py --out shapes.onnx      a few minutes on one GPU

It needs torch, numpy, onnx and onnxruntime (pip install torch numpy onnx onnxruntime).
"""

import argparse
import copy
import json
import math
import time

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn as nn
import torch.nn.functional as F

SIZE = 320
CLASSES = ["circle", "square", "triangle"]
STRIDES = (8, 16, 32)
MOST = 7  # shapes in a picture


# ---- pictures -------------------------------------------------------------------------------------------------------


def place(rng, count):
    """Places shapes that overlap little; numpy, so that a seed gives the same scene everywhere.

    Returns arrays [count, MOST]: kind (-1 for none), and [count, MOST, 4]: centre x, centre y, radius, angle.
    """
    kinds = np.full((count, MOST), -1, np.int64)
    where = np.zeros((count, MOST, 4), np.float32)
    for i in range(count):
        placed = []
        for _ in range(rng.integers(0, MOST + 1)):
            radius = math.exp(rng.uniform(math.log(11), math.log(75)))
            x, y = rng.uniform(radius, SIZE - radius, 2)
            if all(math.hypot(x - p[0], y - p[1]) > 0.9 * (radius + p[2]) for p in placed):
                kinds[i, len(placed)] = rng.integers(0, len(CLASSES))
                where[i, len(placed)] = (x, y, radius, rng.uniform(0, 2 * math.pi))
                placed.append((x, y, radius))
    return kinds, where


def boxes_of(kinds, where):
    """Tight boxes [..., 4] (left, top, right, bottom) of what is drawn."""
    x, y, r, a = (where[..., i] for i in range(4))
    quarter = math.pi / 2
    square = np.stack([a + i * quarter for i in range(4)], -1)
    triangle = np.stack([a + i * 2 * math.pi / 3 for i in range(3)] + [a], -1)
    angles = np.where((kinds == 1)[..., None], square, triangle)
    px, py = np.cos(angles) * r[..., None], np.sin(angles) * r[..., None]
    corners = np.stack([x + px.min(-1), y + py.min(-1), x + px.max(-1), y + py.max(-1)], -1)
    circle = np.stack([x - r, y - r, x + r, y + r], -1)
    return np.where((kinds == 0)[..., None], circle, corners).astype(np.float32)


def inside(kind, where, xs, ys):
    """How far inside the shape each pixel is, in pixels (negative: outside). All shapes have their corners at the radius."""
    x, y, r, a = (where[:, i].view(-1, 1, 1) for i in range(4))
    kind = kind.view(-1, 1, 1)
    dx, dy = xs - x, ys - y
    circle = r - torch.sqrt(dx * dx + dy * dy)
    across, along = dx * torch.cos(a) + dy * torch.sin(a), dy * torch.cos(a) - dx * torch.sin(a)
    square = r * math.sqrt(0.5) - (across.abs() + along.abs()) * math.sqrt(0.5)
    half, s = 0.5 * r, math.sqrt(0.75)
    # the three edges of an equilateral triangle with a corner at angle a: normals at a + 60, a - 60 and a + 180 degrees
    triangle = half - torch.maximum(-across, torch.maximum(0.5 * across + s * along, 0.5 * across - s * along))
    return torch.where(kind == 0, circle, torch.where(kind == 1, square, triangle))


def background(count, device, gen):
    picture = torch.rand(count, 3, 1, 1, device=device, generator=gen) * 0.9
    for cells, most in ((2, 0.4), (5, 0.35), (17, 0.25), (60, 0.15)):
        noise = torch.rand(count, 3, cells, cells, device=device, generator=gen) - 0.5
        grey = noise.mean(1, keepdim=True).expand_as(noise)
        noise = torch.where(torch.rand(count, 1, 1, 1, device=device, generator=gen) < 0.5, grey * 1.7, noise)
        amount = torch.rand(count, 1, 1, 1, device=device, generator=gen) * most
        picture = picture + amount * F.interpolate(noise, (SIZE, SIZE), mode="bilinear", align_corners=False)
    return picture


def lines(picture, gen, most=4):
    """Strokes that are no shape."""
    count, device = picture.shape[0], picture.device
    grid = torch.arange(SIZE, device=device) + 0.5
    for _ in range(most):
        r = torch.rand(count, 8, device=device, generator=gen)
        angle = r[:, 0].view(-1, 1, 1) * math.pi
        across = (grid.view(1, 1, -1) - SIZE * r[:, 1].view(-1, 1, 1)) * torch.cos(angle) + (
            grid.view(1, -1, 1) - SIZE * r[:, 2].view(-1, 1, 1)
        ) * torch.sin(angle)
        width = 0.5 + 3 * r[:, 3].view(-1, 1, 1)
        cover = ((width - across.abs()).clamp(0, 1) * (r[:, 4] < 0.3).view(-1, 1, 1)).unsqueeze(1)
        picture = picture + cover * (r[:, 5:8].view(-1, 3, 1, 1) - picture)
    return picture


def draw(kinds, where, device, gen):
    """Pictures [n, 3, SIZE, SIZE] in 8 bit steps from 0 to 1 of the placed shapes over noisy backgrounds."""
    count = kinds.shape[0]
    picture = lines(background(count, device, gen), gen)
    grid = torch.arange(SIZE, device=device) + 0.5
    xs, ys = grid.view(1, 1, -1), grid.view(1, -1, 1)
    for i in range(MOST):
        cover = (inside(kinds[:, i], where[:, i], xs, ys) + 0.5).clamp(0, 1)
        cover = (cover * (kinds[:, i] >= 0).view(-1, 1, 1)).unsqueeze(1)
        # a colour that stands out from what it lies on
        under = (picture * cover).sum((2, 3)) / cover.sum((2, 3)).clamp(min=1)
        colour = torch.rand(count, 3, device=device, generator=gen)
        near = (colour - under).abs().amax(1, keepdim=True) < 0.25
        colour = torch.where(near, torch.where(under > 0.5, under - 0.4, under + 0.4), colour)
        picture = picture + cover * (colour.view(-1, 3, 1, 1) - picture)
    # what cameras and codecs do: blur, coarse colour, noise, contrast
    r = torch.rand(count, 4, 1, 1, 1, device=device, generator=gen)
    picture = torch.where(r[:, 0] < 0.3, F.avg_pool2d(picture, 3, 1, 1), picture)
    grey = picture.mean(1, keepdim=True)
    colour = F.interpolate(F.avg_pool2d(picture - grey, 2), scale_factor=2.0, mode="bilinear", align_corners=False)
    picture = torch.where(r[:, 1] < 0.6, grey + colour, picture)
    picture = picture + torch.randn(picture.shape, device=device, generator=gen) * 0.06 * r[:, 2] ** 2
    picture = 0.5 + (picture - 0.5) * (0.6 + 0.5 * r[:, 3])
    return (picture.clamp(0, 1) * 255).round() / 255


# ---- network --------------------------------------------------------------------------------------------------------


class Conv(nn.Sequential):
    def __init__(self, a, b, k=3, s=1):
        super().__init__(nn.Conv2d(a, b, k, s, k // 2, bias=False), nn.BatchNorm2d(b), nn.ReLU(inplace=True))


class Residual(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.body = nn.Sequential(Conv(c, c), Conv(c, c))

    def forward(self, x):
        return x + self.body(x)


class Shapes(nn.Module):
    def __init__(self, classes=len(CLASSES)):
        super().__init__()
        self.stem = nn.Sequential(Conv(3, 16, 3, 2), Conv(16, 24, 3, 2), Residual(24))
        self.s8 = nn.Sequential(Conv(24, 40, 3, 2), Residual(40))
        self.s16 = nn.Sequential(Conv(40, 56, 3, 2), Residual(56))
        self.s32 = nn.Sequential(Conv(56, 72, 3, 2), Residual(72))
        self.lateral = nn.ModuleList([nn.Conv2d(c, 48, 1) for c in (40, 56, 72)])
        self.smooth = nn.ModuleList([Conv(48, 48) for _ in STRIDES])
        self.heads = nn.ModuleList([nn.Sequential(Conv(48, 48), nn.Conv2d(48, 4 + classes, 1)) for _ in STRIDES])
        for head in self.heads:
            head[-1].bias.data[4:] = -4.6
            head[-1].bias.data[:4] = 1.0
        centres, strides = [], []
        for s in STRIDES:
            n = SIZE // s
            y, x = torch.meshgrid(torch.arange(n), torch.arange(n), indexing="ij")
            centres.append(torch.stack([x, y], 0).reshape(2, -1) * float(s) + s / 2)
            strides.append(torch.full((n * n,), float(s)))
        self.register_buffer("centres", torch.cat(centres, 1))
        self.register_buffer("scale", torch.cat(strides))

    def raw(self, x):
        """Distances to left, top, right, bottom in pixels [n, 4, anchors] and class logits [n, classes, anchors]."""
        c3 = self.s8(self.stem(x))
        c4 = self.s16(c3)
        c5 = self.s32(c4)
        p5 = self.lateral[2](c5)
        p4 = self.lateral[1](c4) + F.interpolate(p5, scale_factor=2.0, mode="nearest")
        p3 = self.lateral[0](c3) + F.interpolate(p4, scale_factor=2.0, mode="nearest")
        out = [h(s(p)).flatten(2) for h, s, p in zip(self.heads, self.smooth, (p3, p4, p5))]
        out = torch.cat(out, 2)
        return F.relu(out[:, :4]) * self.scale, out[:, 4:]

    def forward(self, x):
        d, logits = self.raw(x)
        low, high = self.centres - d[:, :2], self.centres + d[:, 2:]
        return torch.cat([(low + high) / 2, high - low, logits.sigmoid()], 1)


def targets(model, kinds, boxes):
    """Anchors near an object's centre, on the level of its size, are to find it."""
    cx, cy = model.centres
    n = kinds.shape[0]
    label = torch.full((n, cx.numel()), -1, dtype=torch.long, device=cx.device)
    box = torch.zeros(n, cx.numel(), 4, device=cx.device)
    ignore = torch.zeros(n, cx.numel(), dtype=torch.bool, device=cx.device)
    for i in range(MOST):
        b = boxes[:, i]
        side = (b[:, 2:] - b[:, :2]).amax(1)
        level = torch.where(side < 48, 8.0, torch.where(side < 96, 16.0, 32.0)).view(-1, 1)
        dx = (cx - (b[:, 0] + b[:, 2]).view(-1, 1) / 2).abs()
        dy = (cy - (b[:, 1] + b[:, 3]).view(-1, 1) / 2).abs()
        there = (kinds[:, i] >= 0).view(-1, 1)
        hit = there & (model.scale == level) & (dx < level) & (dy < level)
        near = there & (dx < side.view(-1, 1) / 4) & (dy < side.view(-1, 1) / 4)
        label = torch.where(hit, kinds[:, i].view(-1, 1), label)
        box = torch.where(hit.unsqueeze(-1), b.unsqueeze(1), box)
        ignore |= near
    return label, box, ignore & (label < 0)


def giou(a, b):
    low, high = torch.maximum(a[..., :2], b[..., :2]), torch.minimum(a[..., 2:], b[..., 2:])
    inter = (high - low).clamp(min=0).prod(-1)
    union = (a[..., 2:] - a[..., :2]).prod(-1) + (b[..., 2:] - b[..., :2]).prod(-1) - inter
    hull = (torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])).prod(-1)
    iou = inter / union.clamp(min=1e-6)
    return iou, iou - (hull - union) / hull.clamp(min=1e-6)


def loss_of(model, pictures, kinds, boxes, amp):
    with torch.autocast(pictures.device.type, torch.bfloat16, enabled=amp):
        d, logits = model.raw(pictures)
    d, logits = d.float(), logits.float()
    label, box, ignore = targets(model, kinds, boxes)
    positive = label >= 0
    count = positive.sum().clamp(min=1)
    low, high = model.centres - d[:, :2], model.centres + d[:, 2:]
    found = torch.cat([low, high], 1).transpose(1, 2)
    iou, g = giou(found, box)
    box_loss = ((1 - g) * positive).sum() / count
    wanted = F.one_hot(label.clamp(min=0), len(CLASSES)).float() * positive.unsqueeze(-1)
    logits = logits.transpose(1, 2)
    p = logits.sigmoid()
    focal = F.binary_cross_entropy_with_logits(logits, wanted, reduction="none") * (wanted - p).abs() ** 2
    class_loss = 4 * (focal.sum(-1) * ~ignore).sum() / count
    return 2 * box_loss + class_loss


@torch.no_grad()
def follow(slow, model, keep):
    for a, b in zip(slow.state_dict().values(), model.state_dict().values()):
        if a.is_floating_point():
            a.lerp_(b, 1 - keep)


# ---- judging --------------------------------------------------------------------------------------------------------


def detect(out, score=0.35, overlap=0.5):
    """Class-wise non-maximum suppression of one picture's output [4 + classes, anchors]."""
    best = out[4:].max(0)
    kinds = out[4:].argmax(0)
    order = np.argsort(-best)
    found = []
    for i in order[best[order] >= score]:
        cx, cy, w, h = out[:4, i]
        box = np.array([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2])
        if all(k != kinds[i] or iou_of(b, box) < overlap for k, b, _ in found):
            found.append((kinds[i], box, best[i]))
    return found


def iou_of(a, b):
    w = min(a[2], b[2]) - max(a[0], b[0])
    h = min(a[3], b[3]) - max(a[1], b[1])
    inter = max(w, 0) * max(h, 0)
    return inter / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - inter)


def judge(outputs, kinds, boxes):
    """Precision and recall with boxes that overlap by half or more and have the right class."""
    hits = said = real = 0
    for out, k, b in zip(outputs, kinds, boxes):
        left = [j for j in range(MOST) if k[j] >= 0]
        real += len(left)
        for kind, box, _ in detect(out):
            said += 1
            match = max(left, key=lambda j: iou_of(box, b[j]) * (k[j] == kind), default=None)
            if match is not None and k[match] == kind and iou_of(box, b[match]) >= 0.5:
                hits += 1
                left.remove(match)
    return hits / max(said, 1), hits / max(real, 1)


def held_out(count, device, seed=7):
    """Pictures and truth that training never sees: the same for the same seed."""
    kinds, where = place(np.random.default_rng(seed), count)
    gen = torch.Generator(device).manual_seed(seed)
    pictures = draw(torch.tensor(kinds, device=device), torch.tensor(where, device=device), device, gen)
    return pictures, kinds, boxes_of(kinds, where)


# ---- export ---------------------------------------------------------------------------------------------------------


def export(model, path):
    model = model.float().cpu().eval()
    torch.onnx.export(
        model,
        (torch.zeros(2, 3, SIZE, SIZE),),
        path,
        opset_version=17,
        input_names=["images"],
        output_names=["output0"],
        dynamic_axes={"images": {0: "batch"}, "output0": {0: "batch"}},
        do_constant_folding=True,
        dynamo=False,
    )
    graph = onnx.load(path)
    facts = {
        "description": "Levada shapes: circles, squares and triangles in synthetic pictures",
        "author": "the Levada authors",
        "license": "Apache-2.0",
        "task": "detect",
        "stride": str(max(STRIDES)),
        "batch": "1",
        "imgsz": str([SIZE, SIZE]),
        "names": str(dict(enumerate(CLASSES))),
    }
    onnx.helper.set_model_props(graph, facts)
    onnx.checker.check_model(graph)
    onnx.save(graph, path)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--out", default="shapes.onnx")
    options.add_argument("--seconds", type=float, default=180, help="time to train")
    options.add_argument("--batch", type=int, default=128)
    options.add_argument("--seed", type=int, default=1)
    options = options.parse_args()

    device = "cuda" if torch.cuda.is_available() else "cpu"
    amp = device == "cuda"
    torch.manual_seed(options.seed)
    rng = np.random.default_rng(options.seed + 1000)
    gen = torch.Generator(device).manual_seed(options.seed)
    model = Shapes().to(device)
    print(sum(p.numel() for p in model.parameters()), "parameters")
    slow = copy.deepcopy(model)  # a moving average of the weights, which finds better than the last ones
    best = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=1e-3)
    kinds, where = place(rng, 20000 if device == "cuda" else 500)
    boxes = boxes_of(kinds, where)
    kinds, where, boxes = (torch.tensor(a, device=device) for a in (kinds, where, boxes))

    begin, step, shown = time.time(), 0, 0.0
    while (done := (time.time() - begin) / options.seconds) < 1:
        rate = 2e-3 * min(1, (step + 1) / 200) * (0.5 + 0.5 * math.cos(math.pi * done))
        for group in best.param_groups:
            group["lr"] = rate + 1e-6
        pick = torch.randint(0, kinds.shape[0], (options.batch,), device=device, generator=gen)
        # mirrored scenes, so that the placed ones go further
        w, b = where[pick].clone(), boxes[pick].clone()
        if step % 2:
            w[..., 0], w[..., 3] = SIZE - w[..., 0], math.pi - w[..., 3]
            b[..., 0], b[..., 2] = SIZE - boxes[pick][..., 2], SIZE - boxes[pick][..., 0]
        with torch.no_grad():
            pictures = draw(kinds[pick], w, device, gen)
        loss = loss_of(model, pictures, kinds[pick], b, amp)
        best.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 10.0)
        best.step()
        follow(slow, model, min(0.998, step / (step + 10)))
        step += 1
        if time.time() - shown > 10:
            shown = time.time()
            print(f"step {step} {time.time() - begin:.0f} s loss {loss.item():.3f}", flush=True)

    export(slow, options.out)

    pictures, kinds, boxes = held_out(500, "cpu")
    session = onnxruntime.InferenceSession(options.out, providers=["CPUExecutionProvider"])
    outputs = np.concatenate([session.run(None, {"images": part.numpy()})[0] for part in pictures.split(50)])
    precision, recall = judge(outputs, kinds, boxes)
    print(json.dumps({"steps": step, "precision": round(precision, 4), "recall": round(recall, 4)}))


if __name__ == "__main__":
    main()
