"""Lesson 1: correct ways to write the views, from one image at a time to the whole batch."""

import math

import numpy as np
import torch
import torch.nn.functional as F

from lessons.course.ways import way

LUMA = (0.2989, 0.587, 0.114)


def throw(p, generator=None):
    """The toss of one coin, true with probability p."""
    return torch.rand((), generator=generator).item() < p


def draw(low, high, generator=None):
    """One uniform random number from [low, high)."""
    return low + (high - low) * torch.rand((), generator=generator).item()


def per_image(factor):
    return factor.reshape(-1, 1, 1, 1)


# horizontal_flip


@way("horizontal_flip", "loops")
def flip_in_loops(x, p=0.5, generator=None):
    """Copy the columns one by one, image by image."""
    y = x.clone()
    W = x.shape[3]
    for b in range(len(x)):
        if throw(p, generator):
            for j in range(W):
                y[b, :, :, j] = x[b, :, :, W - 1 - j]
    return y


@way("horizontal_flip", "where")
def flip_by_where(x, p=0.5, generator=None):
    """Make both versions of every image, and choose one."""
    heads = torch.rand(len(x), 1, 1, 1, generator=generator) < p
    return torch.where(heads.to(x.device), x.flip(-1), x)


@way("horizontal_flip", "gather")
def flip_by_gather(x, p=0.5, generator=None):
    """Gather the columns by an index for each image; torch.bernoulli tosses the coins."""
    heads = torch.bernoulli(torch.full((len(x),), float(p)), generator=generator).long()[:, None]
    column = torch.arange(x.shape[3])
    columns = heads * column.flip(0) + (1 - heads) * column
    return x.gather(3, columns[:, None, None].expand_as(x).to(x.device))


@way("horizontal_flip", "numpy")
def flip_in_numpy(x, p=0.5, generator=None):
    heads = (torch.rand(len(x), generator=generator) < p).numpy()
    y = x.numpy().copy()
    y[heads] = y[heads][..., ::-1]
    return torch.from_numpy(y)


# crop_boxes


@way("crop_boxes", "loops")
def boxes_in_loops(B, height, width, scale, ratio, generator=None):
    """Try ten times for each box, as torchvision does."""
    boxes = []
    for _ in range(B):
        h = max(1, min(height, round(width / ratio[0])))
        w = max(1, min(width, round(height * ratio[1])))
        for _ in range(10):
            area = draw(*scale, generator) * height * width
            aspect = math.exp(draw(math.log(ratio[0]), math.log(ratio[1]), generator))
            wide, tall = (max(1, round(math.sqrt(a))) for a in (area * aspect, area / aspect))
            if wide <= width and tall <= height:
                h, w = tall, wide
                break
        top = torch.randint(height - h + 1, (), generator=generator).item()
        left = torch.randint(width - w + 1, (), generator=generator).item()
        boxes.append([top, left, h, w])
    return torch.tensor(boxes)


@way("crop_boxes", "redraw the misfits")
def boxes_by_rounds(B, height, width, scale, ratio, generator=None):
    """Start with the largest box; in ten rounds, redraw those that have no other box yet."""
    h = torch.full((B,), max(1, min(height, round(width / ratio[0]))))
    w = torch.full((B,), max(1, min(width, round(height * ratio[1]))))
    waiting = torch.arange(B)
    for _ in range(10):
        n = len(waiting)
        u, v = torch.rand(2, n, generator=generator, dtype=torch.float64)
        area = (scale[0] + (scale[1] - scale[0]) * u) * height * width
        aspect = ratio[0] * (ratio[1] / ratio[0]) ** v
        tall = (area / aspect).sqrt().round().clamp(min=1).long()
        wide = (area * aspect).sqrt().round().clamp(min=1).long()
        good = (tall <= height) & (wide <= width)
        h[waiting[good]], w[waiting[good]] = tall[good], wide[good]
        waiting = waiting[~good]
    u, v = torch.rand(2, B, generator=generator, dtype=torch.float64)
    return torch.stack([(u * (height - h + 1)).long(), (v * (width - w + 1)).long(), h, w], dim=1)


@way("crop_boxes", "numpy, backwards")
def boxes_in_numpy(B, height, width, scale, ratio, generator=None):
    """Draw everything at once, and write the candidates from the last to the first."""
    u = torch.rand(B, 22, generator=generator, dtype=torch.float64).numpy()
    h = np.full(B, max(1, min(height, round(width / ratio[0]))))
    w = np.full(B, max(1, min(width, round(height * ratio[1]))))
    low, high = np.log(ratio)
    for k in reversed(range(10)):
        area = np.interp(u[:, k], [0, 1], scale) * height * width
        log_aspect = np.interp(u[:, 10 + k], [0, 1], [low, high])
        wide = np.maximum(1, np.rint(np.sqrt(area) * np.exp(log_aspect / 2))).astype(int)
        tall = np.maximum(1, np.rint(np.sqrt(area) * np.exp(-log_aspect / 2))).astype(int)
        good = (wide <= width) & (tall <= height)
        h, w = np.where(good, tall, h), np.where(good, wide, w)
    top, left = (u[:, 20] * (height - h + 1)).astype(int), (u[:, 21] * (width - w + 1)).astype(int)
    return torch.from_numpy(np.stack([top, left, h, w], 1))


# crop_and_resize


def line(start, length, source, size):
    """Compute the weights of one line, number by number."""
    step = length / size
    rows = []
    for i in range(size):
        point = start + (i + 0.5) * step
        row = [max(0.0, 1 - abs(j + 0.5 - point) / max(1.0, step)) for j in range(source)]
        row = [w if start <= j < start + length else 0.0 for j, w in enumerate(row)]
        rows.append([w / sum(row) for w in row])
    return rows


@way("crop_and_resize", "loops")
def resize_in_loops(x, boxes, size):
    """Each pixel of the result is a sum over rows of sums over columns."""
    y = x.new_zeros(len(x), 3, size, size)
    H, W = x.shape[2:]
    for b, (top, left, height, width) in enumerate(boxes.tolist()):
        rows, columns = (
            torch.tensor(line(top, height, H, size)).to(x),
            torch.tensor(line(left, width, W, size)).to(x),
        )
        for i in range(size):
            across = rows[i] @ x[b]  # one line of the result, in the image's columns, (3, W)
            for j in range(size):
                y[b, :, i, j] = across @ columns[j]
    return y


@way("crop_and_resize", "interpolate")
def resize_by_interpolate(x, boxes, size):
    """Use torch's own resizing on each image's box."""
    return torch.cat(
        [
            F.interpolate(
                x[b : b + 1, :, t : t + h, le : le + w],
                (size, size),
                mode="bilinear",
                antialias=True,
            )
            for b, (t, le, h, w) in enumerate(boxes.tolist())
        ]
    )


@way("crop_and_resize", "cut, then two products")
def resize_by_products(x, boxes, size):
    """Cut the box out first, so that no pixel outside it needs a weight."""
    out = []
    for image, (t, le, h, w) in zip(x.double(), boxes.tolist(), strict=True):
        part = image[:, t : t + h, le : le + w]
        rows, columns = (
            x.new_tensor(line(0, n, n, size), dtype=torch.float64) for n in part.shape[1:]
        )
        out.append(rows @ part @ columns.T)
    return torch.stack(out).to(x)


# random_resized_crop


@way("random_resized_crop", "loops")
def crop_in_loops(x, size, scale=(0.08, 1.0), ratio=(3 / 4, 4 / 3), generator=None, p=1.0):
    """For each image, toss a coin, draw a box and resize."""
    H, W = x.shape[2:]
    out = []
    for image in x:
        box = torch.tensor([[0, 0, H, W]])
        if throw(p, generator):
            box = boxes_in_loops(1, H, W, scale, ratio, generator)
        out.append(resize_by_interpolate(image[None], box, size))
    return torch.cat(out)


@way("random_resized_crop", "boxes for heads only")
def crop_of_heads(x, size, scale=(0.08, 1.0), ratio=(3 / 4, 4 / 3), generator=None, p=1.0):
    """Toss the coins first, and draw boxes only for the images with heads."""
    B, _, H, W = x.shape
    heads = torch.rand(B, generator=generator) < p
    boxes = torch.tensor([0, 0, H, W]).repeat(B, 1)
    boxes[heads] = boxes_by_rounds(int(heads.sum()), H, W, scale, ratio, generator)
    return resize_by_interpolate(x, boxes, size)


@way("random_resized_crop", "two versions")
def crop_two_versions(x, size, scale=(0.08, 1.0), ratio=(3 / 4, 4 / 3), generator=None, p=1.0):
    """Make a cropped and a whole version of every image, and choose one."""
    B, _, H, W = x.shape
    cropped = resize_by_interpolate(x, boxes_in_numpy(B, H, W, scale, ratio, generator), size)
    whole = F.interpolate(x, (size, size), mode="bilinear", antialias=True)
    heads = torch.rand(B, 1, 1, 1, generator=generator) < p
    return torch.where(heads.to(x.device), cropped, whole)


# to_gray


@way("to_gray", "loops")
def gray_in_loops(x):
    """Add the channels one by one."""
    y = torch.zeros_like(x[:, :1])
    for c in range(3):
        y[:, 0] += LUMA[c] * x[:, c]
    return y


@way("to_gray", "einsum")
def gray_by_einsum(x):
    return torch.einsum("bchw,c->bhw", x, x.new_tensor(LUMA)).unsqueeze(1)


@way("to_gray", "convolution")
def gray_by_convolution(x):
    return F.conv2d(x, x.new_tensor(LUMA).reshape(1, 3, 1, 1))


@way("to_gray", "weights and sum, by way of float64")
def gray_by_sum(x):
    weights = x.new_tensor(LUMA, dtype=torch.float64).reshape(1, 3, 1, 1)
    return (x.double() * weights).sum(1, keepdim=True).to(x)


# grayscale


@way("grayscale", "loops")
def grayscale_in_loops(x, p=0.2, generator=None):
    y = x.clone()
    for b in range(len(x)):
        if throw(p, generator):
            y[b, :] = gray_in_loops(x[b : b + 1])[0]
    return y


@way("grayscale", "where")
def grayscale_by_where(x, p=0.2, generator=None):
    heads = torch.rand(len(x), generator=generator) < p
    return torch.where(per_image(heads).to(x.device), gray_by_einsum(x), x)


@way("grayscale", "blend with 0 or 1")
def grayscale_by_blend(x, p=0.2, generator=None):
    keep = (torch.rand(len(x), 1, 1, 1, generator=generator) >= p).to(x)
    return keep * x + (1 - keep) * gray_by_convolution(x).repeat(1, 3, 1, 1)


# adjust_brightness, adjust_contrast, adjust_saturation


@way("adjust_brightness", "loops")
def brightness_in_loops(x, factor):
    y = torch.zeros_like(x)
    for b, f in enumerate(factor.tolist()):
        y[b] = (f * x[b]).clamp(0, 1)
    return y


@way("adjust_brightness", "einsum and minimum")
def brightness_by_einsum(x, factor):
    return torch.einsum("bchw,b->bchw", x, factor).minimum(torch.ones(()))


@way("adjust_brightness", "numpy")
def brightness_in_numpy(x, factor):
    return torch.from_numpy(np.clip((x.numpy().T * factor.numpy()).T, 0, 1))


@way("adjust_contrast", "loops")
def contrast_in_loops(x, factor):
    y = torch.zeros_like(x)
    for b, f in enumerate(factor.tolist()):
        mean = gray_in_loops(x[b : b + 1]).mean()
        y[b] = (f * x[b] + (1 - f) * mean).clamp(0, 1)
    return y


@way("adjust_contrast", "distance from the mean")
def contrast_by_distance(x, factor):
    """Use mean + factor (x - mean), with the mean brightness from the means of the channels."""
    mean = per_image(x.mean((2, 3)) @ x.new_tensor(LUMA))
    return (mean + per_image(factor) * (x - mean)).clip(0, 1)


@way("adjust_contrast", "lerp")
def contrast_by_lerp(x, factor):
    mean = gray_by_einsum(x).flatten(1).mean(1)
    return torch.lerp(per_image(mean).expand_as(x), x, per_image(factor).to(x)).clamp_(0, 1)


@way("adjust_saturation", "loops")
def saturation_in_loops(x, factor):
    y = torch.zeros_like(x)
    for b, f in enumerate(factor.tolist()):
        gray = gray_in_loops(x[b : b + 1])[0]
        y[b] = (f * x[b] + (1 - f) * gray).clamp(0, 1)
    return y


@way("adjust_saturation", "distance from grey")
def saturation_by_distance(x, factor):
    gray = gray_by_convolution(x)
    return (gray + per_image(factor) * (x - gray)).clip(0, 1)


@way("adjust_saturation", "one matrix for each image")
def saturation_by_matrix(x, factor):
    """Apply a colour matrix to each image: factor I + (1 - factor) 1 luma^T."""
    eye, luma = torch.eye(3).to(x), torch.tensor(LUMA).to(x).expand(3, 3)
    f = factor.to(x).reshape(-1, 1, 1)
    return torch.einsum("bdc,bchw->bdhw", f * eye + (1 - f) * luma, x).clamp(0, 1)


# color_jitter


def turned(x, shift):
    """Images with shifted hue, by the textbook formula for HSV."""
    V, C = x.amax(1), x.amax(1) - x.amin(1)
    r, g, b = x.unbind(1)
    safe = C.clamp(min=1e-12)
    h = torch.where(r == V, ((g - b) / safe) % 6, (b - r) / safe + 2)
    h = torch.where((b == V) & (r != V) & (g != V), (r - g) / safe + 4, h)
    h = h + 6 * shift.reshape(-1, 1, 1)
    k = torch.stack([(n + h) % 6 for n in (5, 3, 1)], 1)
    return V[:, None] - C[:, None] * torch.minimum(k, 4 - k).clamp(0, 1)


CHANGES = [brightness_by_einsum, contrast_by_distance, saturation_by_distance, turned]


def ranges(brightness, contrast, saturation, hue):
    return [(max(0.0, 1 - s), 1 + s) for s in (brightness, contrast, saturation)] + [(-hue, hue)]


@way("color_jitter", "loops")
def jitter_in_loops(x, brightness, contrast, saturation, hue, p=0.8, generator=None):
    """For each image, toss a coin, draw an order, and draw an amount for each change."""
    law = ranges(brightness, contrast, saturation, hue)
    out = []
    for image in x.split(1):
        if throw(p, generator):
            for k in torch.randperm(4, generator=generator).tolist():
                amount = x.new_tensor([draw(*law[k], generator)])
                image = CHANGES[k](image, amount)
        out.append(image)
    return torch.cat(out)


@way("color_jitter", "all four, then a choice")
def jitter_by_choice(x, brightness, contrast, saturation, hue, p=0.8, generator=None):
    """In each round, apply all four changes to the whole batch and choose one per image."""
    B = len(x)
    order = torch.stack([torch.randperm(4, generator=generator) for _ in range(B)])
    amounts = []
    for low, high in ranges(brightness, contrast, saturation, hue):
        amounts.append((low + (high - low) * torch.rand(B, generator=generator)).to(x))
    y = x
    for turn in range(4):
        four = torch.stack([change(y, a) for change, a in zip(CHANGES, amounts, strict=True)])
        y = four[order[:, turn], torch.arange(B)]
    heads = torch.rand(B, 1, 1, 1, generator=generator) < p
    return torch.where(heads.to(x.device), y, x)


@way("color_jitter", "grouped by order")
def jitter_by_groups(x, brightness, contrast, saturation, hue, p=0.8, generator=None):
    """Process all images that share one of the 24 orders together."""
    from itertools import permutations

    B = len(x)
    low, high = torch.tensor(ranges(brightness, contrast, saturation, hue)).T
    amounts = low + (high - low) * torch.rand(B, 4, generator=generator)
    which = torch.randint(24, (B,), generator=generator)
    which[torch.rand(B, generator=generator) >= p] = -1
    y = x.clone()
    for number, order in enumerate(permutations(range(4))):
        rows = (which == number).nonzero()[:, 0]
        some = x[rows]
        for k in order:
            some = CHANGES[k](some, amounts[rows, k].to(x))
        y[rows] = some
    return y


# gaussian_blur


def bell(reach, sigma):
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    return weights / weights.sum()


@way("gaussian_blur", "loops")
def blur_in_loops(x, p=0.5, sigma=(0.1, 2.0), generator=None):
    """For each image, add weighted copies of shifted lines; edges are reflected."""
    H, W = x.shape[2:]
    reach = max(1, H // 20)
    y = x.clone()
    for b in range(len(x)):
        if not throw(p, generator):
            continue
        weights = bell(reach, draw(*sigma, generator))
        for dim, n in [(1, H), (2, W)]:
            place = torch.arange(n, device=x.device)
            line = torch.zeros_like(y[b])
            for k, weight in zip(range(-reach, reach + 1), weights, strict=True):
                at = (place + k).abs()
                at = torch.where(at >= n, 2 * (n - 1) - at, at)
                line += float(weight) * y[b].index_select(dim, at)
            y[b] = line
    return y


@way("gaussian_blur", "convolution in groups")
def blur_by_convolution(x, p=0.5, sigma=(0.1, 2.0), generator=None):
    """Use one grouped convolution, in which each channel of each image is a group."""
    B, C, H, W = x.shape
    reach = max(1, H // 20)
    s = sigma[0] + (sigma[1] - sigma[0]) * torch.rand(B, 1, generator=generator)
    line = torch.exp(-((torch.arange(-reach, reach + 1) / s) ** 2) / 2)
    line = (line / line.sum(1, keepdim=True)).to(x)
    kernel = torch.einsum("bi,bj->bij", line, line).repeat_interleave(C, 0)[:, None]
    padded = F.pad(x, (reach,) * 4, mode="reflect").flatten(0, 1)[None]
    soft = F.conv2d(padded, kernel, groups=B * C).reshape(x.shape)
    heads = torch.rand(B, 1, 1, 1, generator=generator) < p
    return torch.where(heads.to(x.device), soft, x)


@way("gaussian_blur", "matrices")
def blur_by_matrices(x, p=0.5, sigma=(0.1, 2.0), generator=None):
    """Blur is linear: rows @ image @ columns^T, with identity matrices where there is no blur."""
    B, _, H, W = x.shape
    reach = max(1, H // 20)
    heads = torch.bernoulli(torch.full((B, 1, 1), float(p)), generator=generator).to(x)
    s = torch.empty(B, dtype=x.dtype).uniform_(*sigma, generator=generator)
    line = torch.exp(-0.5 * (torch.arange(-reach, reach + 1) / s[:, None]) ** 2)
    line = (line / line.sum(1, keepdim=True)).to(x)

    def matrix(n):
        eye = torch.eye(n).to(x)
        mirrored = F.pad(eye[None], (0, 0, reach, reach), mode="reflect")[0]  # (n + 2 reach, n)
        shifted = mirrored.unfold(0, n, 1).permute(0, 2, 1)  # (2 reach + 1, n, n)
        soft = torch.einsum("bk,kij->bij", line, shifted)
        return heads * soft + (1 - heads) * eye

    return torch.einsum("bhi,bciw,bvw->bchv", matrix(H), x, matrix(W))


# two_views: a solution may not import `one_view` from the learner's file, so it has its own


def view(x, recipe, generator):
    """One view, made by the functions above."""
    s = recipe.strength
    size = recipe.size or x.shape[2]
    box = (size, recipe.crop_scale, recipe.crop_ratio, generator, recipe.crop)
    x = crop_of_heads(x, *box) if recipe.crop or size != x.shape[2] else x
    x = flip_by_where(x, recipe.flip, generator)
    strengths = (0.8 * s, 0.8 * s, 0.8 * s, 0.2 * s)
    x = jitter_by_choice(x, *strengths, recipe.jitter, generator) if recipe.jitter else x
    x = grayscale_by_where(x, recipe.gray, generator)
    return blur_by_convolution(x, recipe.blur, generator=generator) if recipe.blur else x


@way("two_views", "loops")
def views_in_loops(x, recipe, generator=None):
    """Make the first and then the second view of each image."""
    pairs = [[view(image, recipe, generator) for _ in range(2)] for image in x.split(1)]
    return tuple(torch.cat(views) for views in zip(*pairs, strict=True))


@way("two_views", "second first")
def views_backwards(x, recipe, generator=None):
    x2 = view(x, recipe, generator)
    return view(x, recipe, generator), x2


@way("two_views", "one batch twice as large")
def views_of_doubled_batch(x, recipe, generator=None):
    """Put every image twice into one batch, in which each row has its own draws."""
    return view(torch.cat([x, x]), recipe, generator).chunk(2)
