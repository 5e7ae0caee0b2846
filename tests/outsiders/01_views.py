# ruff: noqa: E501  (a version is written as its author wrote it)
"""Wrong versions of lesson 1's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "flip_in_place",
        "horizontal_flip",
        """
def horizontal_flip(x: Tensor, p: float = 0.5, generator: Generator | None = None) -> Tensor:
    heads = coin(x.shape[0], p, generator)
    for b in range(x.shape[0]):
        if heads[b]:
            x[b] = torch.flip(x[b], dims=[2])
    return x
""",
        "The caller's batch is overwritten: no clone before the flip.",
    ),
    (
        "flip_tails",
        "horizontal_flip",
        """
def horizontal_flip(x: Tensor, p: float = 0.5, generator: Generator | None = None) -> Tensor:
    toss = torch.rand(len(x), generator=generator).to(x.device)
    flip_me = (toss > p).view(-1, 1, 1, 1)
    return torch.where(flip_me, x.flip(-1), x)
""",
        "The comparison is the wrong way round: images are flipped with probability 1 - p.",
    ),
    (
        "flip_channel_coins",
        "horizontal_flip",
        """
def horizontal_flip(x: Tensor, p: float = 0.5, generator: Generator | None = None) -> Tensor:
    B, C = x.shape[:2]
    heads = coin(B * C, p, generator).view(B, C, 1, 1).to(x.device)
    mirrored = x.flip(3)
    return torch.where(heads, mirrored, x)
""",
        "Every colour channel has its own coin, so an image can be flipped in red only.",
    ),
    (
        "box_last_position",
        "crop_boxes",
        """
def crop_boxes(B: int, height: int, width: int, scale, ratio, generator=None) -> Tensor:
    areas = height * width * uniform((B, 10), scale[0], scale[1], generator)
    ratios = torch.exp(uniform((B, 10), math.log(ratio[0]), math.log(ratio[1]), generator))
    ws = torch.sqrt(areas * ratios).round().clamp(min=1)
    hs = torch.sqrt(areas / ratios).round().clamp(min=1)
    result = []
    for b in range(B):
        w = min(width, round(height * ratio[1]))
        h = min(height, round(width / ratio[0]))
        for attempt in range(10):
            if ws[b, attempt] <= width and hs[b, attempt] <= height:
                w = int(ws[b, attempt])
                h = int(hs[b, attempt])
                break
        top = int(torch.rand(1, generator=generator).item() * (height - h))
        left = int(torch.rand(1, generator=generator).item() * (width - w))
        result.append([top, left, h, w])
    return torch.tensor(result, dtype=torch.int64).reshape(B, 4)
""",
        "There are height - h + 1 positions, not height - h: no box ever touches the lower or the right edge unless it fills it.",
    ),
    (
        "box_ratio_upside_down",
        "crop_boxes",
        """
def crop_boxes(B: int, height: int, width: int, scale, ratio, generator=None) -> Tensor:
    target = uniform((B, 10), *scale, generator) * (height * width)
    r = uniform((B, 10), math.log(ratio[0]), math.log(ratio[1]), generator).exp()
    h = (target * r).sqrt().round().clamp(min=1)
    w = (target / r).sqrt().round().clamp(min=1)
    ok = (h <= height) & (w <= width)
    pick = ok.float().argmax(1)
    idx = torch.arange(B)
    none = ~ok.any(1)
    w, h = w[idx, pick], h[idx, pick]
    w[none] = float(min(width, round(height * ratio[1])))
    h[none] = float(min(height, round(width / ratio[0])))
    top = torch.floor(torch.rand(B, generator=generator) * (height - h + 1))
    left = torch.floor(torch.rand(B, generator=generator) * (width - w + 1))
    return torch.stack((top, left, h, w), dim=1).to(torch.int64)
""",
        "The ratio is used as height / width instead of width / height.",
    ),
    (
        "box_area_once",
        "crop_boxes",
        """
def crop_boxes(B: int, height: int, width: int, scale, ratio, generator=None) -> Tensor:
    boxes = torch.zeros(B, 4, dtype=torch.long)
    low, high = math.log(ratio[0]), math.log(ratio[1])
    for b in range(B):
        area = uniform(1, scale[0], scale[1], generator).item() * height * width
        found = False
        for _ in range(10):
            aspect = math.exp(uniform(1, low, high, generator).item())
            w = max(1, round(math.sqrt(area * aspect)))
            h = max(1, round(math.sqrt(area / aspect)))
            if w <= width and h <= height:
                found = True
                break
        if not found:
            w = min(width, round(height * ratio[1]))
            h = min(height, round(width / ratio[0]))
        top = torch.randint(0, height - h + 1, (1,), generator=generator).item()
        left = torch.randint(0, width - w + 1, (1,), generator=generator).item()
        boxes[b] = torch.tensor([top, left, h, w])
    return boxes
""",
        "A box that does not fit is drawn again with a new ratio only; the area is not drawn anew.",
    ),
    (
        "box_clipped",
        "crop_boxes",
        """
def crop_boxes(B: int, height: int, width: int, scale, ratio, generator=None) -> Tensor:
    area = uniform(B, scale[0], scale[1], generator) * height * width
    aspect = uniform(B, math.log(ratio[0]), math.log(ratio[1]), generator).exp()
    # a box cannot be larger than the image
    w = (area * aspect).sqrt().round().clamp(1, width)
    h = (area / aspect).sqrt().round().clamp(1, height)
    top = (torch.rand(B, generator=generator) * (height - h + 1)).floor()
    left = (torch.rand(B, generator=generator) * (width - w + 1)).floor()
    return torch.stack([top, left, h, w], 1).long()
""",
        "A box that does not fit is clipped to the image instead of being drawn again.",
    ),
    (
        "box_resort_whole",
        "crop_boxes",
        """
def crop_boxes(B: int, height: int, width: int, scale, ratio, generator=None) -> Tensor:
    w = torch.full((B,), float(width))
    h = torch.full((B,), float(height))
    waiting = torch.ones(B, dtype=torch.bool)
    for _ in range(10):
        area = uniform(B, *scale, generator) * height * width
        aspect = torch.exp(uniform(B, math.log(ratio[0]), math.log(ratio[1]), generator))
        w_new = (area * aspect).sqrt().round().clamp(min=1)
        h_new = (area / aspect).sqrt().round().clamp(min=1)
        take = waiting & (w_new <= width) & (h_new <= height)
        w = torch.where(take, w_new, w)
        h = torch.where(take, h_new, h)
        waiting = waiting & ~take
    top = (uniform(B, 0, 1, generator) * (height - h + 1)).floor()
    left = (uniform(B, 0, 1, generator) * (width - w + 1)).floor()
    return torch.stack([top, left, h, w], dim=1).long()
""",
        "The last resort is the whole image, also if its ratio is not allowed.",
    ),
    (
        "box_truncated",
        "crop_boxes",
        """
def crop_boxes(B: int, height: int, width: int, scale, ratio, generator=None) -> Tensor:
    a = uniform((B, 10), *scale, generator) * height * width
    r = torch.exp(uniform((B, 10), math.log(ratio[0]), math.log(ratio[1]), generator))
    w = torch.sqrt(a * r).int().clamp(min=1)
    h = torch.sqrt(a / r).int().clamp(min=1)
    good = (w <= width) & (h <= height)
    n = good.int().argmax(dim=1)
    rows = torch.arange(B)
    any_good = good.any(dim=1)
    w = torch.where(any_good, w[rows, n], min(width, round(height * ratio[1])))
    h = torch.where(any_good, h[rows, n], min(height, round(width / ratio[0])))
    top = (torch.rand(B, generator=generator) * (height - h + 1)).int()
    left = (torch.rand(B, generator=generator) * (width - w + 1)).int()
    return torch.stack([top, left, h, w], 1).long()
""",
        "The sides are cut off to whole pixels instead of rounded, so boxes are too small.",
    ),
    (
        "resize_aliased",
        "crop_and_resize",
        """
def crop_and_resize(x: Tensor, boxes: Tensor, size: int) -> Tensor:
    views = []
    for image, (top, left, height, width) in zip(x, boxes.tolist()):
        part = image[:, top : top + height, left : left + width]
        part = F.interpolate(part[None], size=(size, size), mode="bilinear", align_corners=False)
        views.append(part)
    return torch.cat(views)
""",
        "F.interpolate without antialias=True: pixels are skipped when the box shrinks.",
    ),
    (
        "resize_float32_result",
        "crop_and_resize",
        """
def crop_and_resize(x: Tensor, boxes: Tensor, size: int) -> Tensor:
    out = torch.empty(len(x), x.shape[1], size, size)
    for b in range(len(x)):
        t, l, h, w = (int(v) for v in boxes[b])
        patch = x[b : b + 1, :, t : t + h, l : l + w]
        out[b] = F.interpolate(
            patch, size=(size, size), mode="bilinear", align_corners=False, antialias=True
        )[0]
    return out
""",
        "The result is allocated in the default dtype on the default device, not with x's.",
    ),
    (
        "resize_left_top",
        "crop_and_resize",
        """
def crop_and_resize(x: Tensor, boxes: Tensor, size: int) -> Tensor:
    left, top, width, height = boxes.to(x).unbind(1)
    R = resize_weights(top, height, x.shape[2], size)
    C = resize_weights(left, width, x.shape[3], size)
    return R[:, None] @ x @ C[:, None].transpose(2, 3)
""",
        "The columns of boxes are read as left, top, width, height.",
    ),
    (
        "crop_batch_coin",
        "random_resized_crop",
        """
def random_resized_crop(
    x: Tensor, size: int, scale=(0.08, 1.0), ratio=(3 / 4, 4 / 3), generator=None, p: float = 1.0
) -> Tensor:
    B, _, H, W = x.shape
    if torch.rand(1, generator=generator).item() < p:
        boxes = crop_boxes(B, H, W, scale, ratio, generator)
    else:
        boxes = whole_image(x)
    return crop_and_resize(x, boxes, size)
""",
        "One coin decides whether the whole batch is cropped.",
    ),
    (
        "crop_width_height",
        "random_resized_crop",
        """
def random_resized_crop(
    x: Tensor, size: int, scale=(0.08, 1.0), ratio=(3 / 4, 4 / 3), generator=None, p: float = 1.0
) -> Tensor:
    B, _, W, H = x.shape
    boxes = crop_boxes(B, H, W, scale, ratio, generator).clone()
    keep = ~coin(B, p, generator)
    boxes[keep] = whole_image(x)[keep]
    return crop_and_resize(x, boxes, size)
""",
        "Height and width are exchanged: boxes of an image that is not square leave the image.",
    ),
    (
        "gray_bgr",
        "to_gray",
        """
def to_gray(x: Tensor) -> Tensor:
    b, g, r = x[:, 0:1], x[:, 1:2], x[:, 2:3]
    return 0.2989 * r + 0.587 * g + 0.114 * b
""",
        "The channels are read as blue, green, red.",
    ),
    (
        "grayscale_global_generator",
        "grayscale",
        """
def grayscale(x: Tensor, p: float = 0.2, generator: Generator | None = None) -> Tensor:
    lucky = (torch.rand(len(x)) < p).to(x.device)
    gray = to_gray(x).repeat(1, 3, 1, 1)
    return torch.where(lucky[:, None, None, None], gray, x)
""",
        "The coins do not come from the generator, so its seed does not fix them.",
    ),
    (
        "brightness_in_place",
        "adjust_brightness",
        """
def adjust_brightness(x: Tensor, factor: Tensor) -> Tensor:
    x *= factor.view(-1, 1, 1, 1)
    return x.clamp(0, 1)
""",
        "*= changes the caller's images.",
    ),
    (
        "contrast_batch_mean",
        "adjust_contrast",
        """
def adjust_contrast(x: Tensor, factor: Tensor) -> Tensor:
    flat = to_gray(x).mean() * torch.ones_like(x)
    return blend(x, flat, factor)
""",
        "The mean runs over the whole batch instead of each image.",
    ),
    (
        "contrast_channel_mean",
        "adjust_contrast",
        """
def adjust_contrast(x: Tensor, factor: Tensor) -> Tensor:
    f = factor[:, None, None, None]
    m = x.mean(dim=(2, 3), keepdim=True)
    return (m + f * (x - m)).clamp(0, 1)
""",
        "Each channel has its own mean, so the flat image is not grey.",
    ),
    (
        "saturation_lerp_turned",
        "adjust_saturation",
        """
def adjust_saturation(x: Tensor, factor: Tensor) -> Tensor:
    grey = to_gray(x).expand(-1, 3, -1, -1)
    mixed = torch.lerp(x, grey, factor.reshape(-1, 1, 1, 1))
    return mixed.clamp(0.0, 1.0)
""",
        "The ends of lerp are exchanged: factor 1 gives grey and factor 0 the image.",
    ),
    (
        "jitter_four_coins",
        "color_jitter",
        """
def color_jitter(
    x: Tensor,
    brightness: float,
    contrast: float,
    saturation: float,
    hue: float,
    p: float = 0.8,
    generator: Generator | None = None,
) -> Tensor:
    n = len(x)
    b = uniform(n, max(0, 1 - brightness), 1 + brightness, generator)
    c = uniform(n, max(0, 1 - contrast), 1 + contrast, generator)
    s = uniform(n, max(0, 1 - saturation), 1 + saturation, generator)
    h = uniform(n, -hue, hue, generator)
    changes = [
        (adjust_brightness, b, coin(n, p, generator)),
        (adjust_contrast, c, coin(n, p, generator)),
        (adjust_saturation, s, coin(n, p, generator)),
        (adjust_hue, h, coin(n, p, generator)),
    ]
    order = torch.argsort(torch.rand(n, 4, generator=generator), dim=1)
    for t in range(4):
        for k in range(4):
            fn, amount, heads = changes[k]
            x = change_some(x, heads & (order[:, t] == k), fn, amount)
    return x
""",
        "Each of the four changes throws its own coin; an image must get all four or none.",
    ),
    (
        "jitter_one_order",
        "color_jitter",
        """
def color_jitter(
    x: Tensor,
    brightness: float,
    contrast: float,
    saturation: float,
    hue: float,
    p: float = 0.8,
    generator: Generator | None = None,
) -> Tensor:
    B = x.shape[0]
    chosen = coin(B, p, generator)
    functions = [adjust_brightness, adjust_contrast, adjust_saturation, adjust_hue]
    amounts = [uniform(B, max(0, 1 - v), 1 + v, generator) for v in (brightness, contrast, saturation)]
    amounts.append(uniform(B, -hue, hue, generator))
    for k in torch.randperm(4, generator=generator).tolist():
        x = change_some(x, chosen, functions[k], amounts[k])
    return x.clone()
""",
        "One order is drawn for the whole batch instead of one for each image.",
    ),
    (
        "jitter_negative_factor",
        "color_jitter",
        """
def color_jitter(
    x: Tensor,
    brightness: float,
    contrast: float,
    saturation: float,
    hue: float,
    p: float = 0.8,
    generator: Generator | None = None,
) -> Tensor:
    B = len(x)
    hit = coin(B, p, generator)
    ops = (adjust_brightness, adjust_contrast, adjust_saturation, adjust_hue)
    amounts = []
    for strength in (brightness, contrast, saturation):
        amounts.append(uniform(B, 1 - strength, 1 + strength, generator))
    amounts.append(uniform(B, -hue, hue, generator))
    order = torch.rand(B, 4, generator=generator).argsort(dim=1)
    out = x.clone()
    for i in range(B):
        if not hit[i]:
            continue
        image = x[i : i + 1]
        for k in order[i].tolist():
            image = ops[k](image, amounts[k][i : i + 1].to(x))
        out[i] = image[0]
    return out
""",
        "A strength above 1 draws factors below 0: max(0, ...) is missing.",
    ),
    (
        "blur_one_width",
        "gaussian_blur",
        """
def gaussian_blur(x: Tensor, p: float = 0.5, sigma=(0.1, 2.0), generator=None) -> Tensor:
    do_blur = coin(len(x), p, generator)
    s = uniform(1, sigma[0], sigma[1], generator)
    return change_some(x, do_blur, lambda some: blur(some, s.to(some).expand(len(some))))
""",
        "One width is drawn for the whole batch.",
    ),
    (
        "views_same_box",
        "two_views",
        """
def two_views(
    x: Tensor, recipe: Recipe, generator: Generator | None = None
) -> tuple[Tensor, Tensor]:
    boxes = None
    if recipe.crop:
        boxes = crop_boxes(
            len(x), x.shape[2], x.shape[3], recipe.crop_scale, recipe.crop_ratio, generator
        )
    first = one_view(x, recipe, generator, boxes)
    second = one_view(x, recipe, generator, boxes)
    return first, second
""",
        "Both views show the same box: the crop is drawn once and shared.",
    ),
    (
        "flip_negative_columns",
        "horizontal_flip",
        """
def horizontal_flip(x: Tensor, p: float = 0.5, generator: Generator | None = None) -> Tensor:
    B, _, _, W = x.shape
    heads = coin(B, p, generator)
    column = torch.arange(W)
    # count the columns from the right where the coin shows heads
    column = torch.where(heads[:, None], -column, column) % W
    index = column.to(x.device)[:, None, None, :].expand_as(x)
    return x.gather(3, index)
""",
        "Counting from the right starts at -1, not at -0, so column 0 of a flipped image stays and the rest is shifted by one.",
    ),
    (
        "boxes_cumsum_without_fits",
        "crop_boxes",
        """
def crop_boxes(B: int, height: int, width: int, scale, ratio, generator=None) -> Tensor:
    share = uniform((B, 10), scale[0], scale[1], generator)
    aspect = torch.exp(uniform((B, 10), math.log(ratio[0]), math.log(ratio[1]), generator))
    pixels = share * height * width
    w = torch.sqrt(pixels * aspect).round().clamp(min=1)
    h = torch.sqrt(pixels / aspect).round().clamp(min=1)
    fits = (w <= width) & (h <= height)
    first = fits.cumsum(1) == 1  # a one at the first that fits
    w, h = (w * first).sum(1), (h * first).sum(1)
    none = ~fits.any(1)
    w[none] = min(width, round(height * ratio[1]))
    h[none] = min(height, round(width / ratio[0]))
    top = (torch.rand(B, generator=generator) * (height - h + 1)).floor()
    left = (torch.rand(B, generator=generator) * (width - w + 1)).floor()
    return torch.stack((top, left, h, w), dim=1).long()
""",
        "cumsum == 1 stays true for the unfitting candidates after the first fitting one (no & fits), so their sides are added to the box.",
    ),
    (
        "boxes_last_position_never",
        "crop_boxes",
        """
def crop_boxes(B: int, height: int, width: int, scale, ratio, generator=None) -> Tensor:
    boxes = []
    for _ in range(B):
        for _ in range(10):
            area = height * width * float(uniform(1, scale[0], scale[1], generator))
            r = math.exp(float(uniform(1, math.log(ratio[0]), math.log(ratio[1]), generator)))
            w = max(1, round(math.sqrt(area * r)))
            h = max(1, round(math.sqrt(area / r)))
            if w <= width and h <= height:
                break
        else:
            w = min(width, round(height * ratio[1]))
            h = min(height, round(width / ratio[0]))
        top = int(torch.randint(max(height - h, 1), (1,), generator=generator))
        left = int(torch.randint(max(width - w, 1), (1,), generator=generator))
        boxes.append([top, left, h, w])
    return torch.tensor(boxes, dtype=torch.long).view(B, 4)
""",
        "There are height - h + 1 positions; randint(max(height - h, 1)) never draws the last one.",
    ),
    (
        "boxes_one_ratio_for_ten_draws",
        "crop_boxes",
        """
def crop_boxes(B: int, height: int, width: int, scale, ratio, generator=None) -> Tensor:
    low, high = math.log(ratio[0]), math.log(ratio[1])
    aspect = uniform((B, 1), low, high, generator).exp()
    area = uniform((B, 10), *scale, generator) * (height * width)
    w = (area * aspect).sqrt().round().clamp_(min=1)
    h = (area / aspect).sqrt().round().clamp_(min=1)
    ok = (w <= width) & (h <= height)
    out = torch.empty(B, 4, dtype=torch.int64)
    for b in range(B):
        candidates = ok[b].nonzero()[:, 0]
        if len(candidates):
            bw, bh = int(w[b, candidates[0]]), int(h[b, candidates[0]])
        else:
            bw, bh = min(width, round(height * ratio[1])), min(height, round(width / ratio[0]))
        top = torch.randint(height - bh + 1, (), generator=generator)
        left = torch.randint(width - bw + 1, (), generator=generator)
        out[b] = torch.tensor([int(top), int(left), bh, bw])
    return out
""",
        "A box that does not fit gets a new area but keeps its ratio; the docstring asks for a new area and a new ratio.",
    ),
    (
        "crop_grid_sample",
        "crop_and_resize",
        """
def crop_and_resize(x: Tensor, boxes: Tensor, size: int) -> Tensor:
    B, C, H, W = x.shape
    top, left, h, w = boxes.to(x).unbind(1)
    # grid_sample measures from -1 to 1
    theta = x.new_zeros(B, 2, 3)
    theta[:, 0, 0] = w / W
    theta[:, 1, 1] = h / H
    theta[:, 0, 2] = (2 * left + w) / W - 1
    theta[:, 1, 2] = (2 * top + h) / H - 1
    grid = F.affine_grid(theta, (B, C, size, size), align_corners=False)
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="border", align_corners=False)
""",
        "grid_sample has no anti-aliasing when it shrinks, and it mixes in pixels from outside the box at its edges.",
    ),
    (
        "crop_whole_box_in_output_pixels",
        "random_resized_crop",
        """
def random_resized_crop(
    x: Tensor, size: int, scale=(0.08, 1.0), ratio=(3 / 4, 4 / 3), generator=None, p: float = 1.0
) -> Tensor:
    B, _, H, W = x.shape
    boxes = crop_boxes(B, H, W, scale, ratio, generator)
    leave = ~coin(B, p, generator)
    boxes[leave] = torch.tensor([0, 0, size, size])
    return crop_and_resize(x, boxes, size)
""",
        "The box of an uncropped image is size x size source pixels instead of the whole H x W image.",
    ),
    (
        "gray_sum_broadcasts",
        "to_gray",
        """
def to_gray(x: Tensor) -> Tensor:
    gray = torch.zeros_like(x[:, :1])  # (B, 1, H, W)
    for c, weight in enumerate(LUMA):
        gray = gray + weight * x[:, c]
    return gray
""",
        "x[:, c] has shape (B, H, W), so adding it to (B, 1, H, W) broadcasts to (B, B, H, W).",
    ),
    (
        "grayscale_slice_is_no_copy",
        "grayscale",
        """
def grayscale(x: Tensor, p: float = 0.2, generator: Generator | None = None) -> Tensor:
    out = x[:]  # a copy, so that the batch of the caller stays as it is
    for b, heads in enumerate(coin(len(x), p, generator)):
        if heads:
            out[b] = to_gray(x[b : b + 1])[0]
    return out
""",
        "x[:] is a view of a tensor, not a copy as for a list, so the caller's images are made grey too.",
    ),
    (
        "brightness_factor_at_most_one",
        "adjust_brightness",
        """
def adjust_brightness(x: Tensor, factor: Tensor) -> Tensor:
    share = factor.view(-1, 1, 1, 1).clamp(0, 1)
    black = torch.zeros_like(x)
    return torch.lerp(black, x, share)
""",
        "The factor is clipped to [0, 1] instead of the result, so factors above 1 do not brighten.",
    ),
    (
        "contrast_mean_over_three_channels",
        "adjust_contrast",
        """
def adjust_contrast(x: Tensor, factor: Tensor) -> Tensor:
    luma = x.new_tensor(LUMA)
    mean = torch.einsum("bchw,c->b", x, luma) / x[0].numel()
    mean, factor = (t[:, None, None, None] for t in (mean, factor))
    return (mean + factor * (x - mean)).clamp(0, 1)
""",
        "The luma-weighted sum is divided by 3 H W instead of H W, so the grey is a third of the mean brightness.",
    ),
    (
        "saturation_gray_of_half_changed",
        "adjust_saturation",
        """
def adjust_saturation(x: Tensor, factor: Tensor) -> Tensor:
    f = factor[:, None, None]
    out = x.clone()
    for c in range(3):
        out[:, c] = f * out[:, c] + (1 - f) * to_gray(out)[:, 0]
    return out.clamp_(0, 1)
""",
        "The grey version is computed again from the half-changed image for green and blue, instead of once from x.",
    ),
    (
        "jitter_abs_for_max",
        "color_jitter",
        """
def color_jitter(
    x: Tensor,
    brightness: float,
    contrast: float,
    saturation: float,
    hue: float,
    p: float = 0.8,
    generator: Generator | None = None,
) -> Tensor:
    B = len(x)
    chosen = coin(B, p, generator)

    def factors(strength):
        return uniform(B, abs(1 - strength), 1 + strength, generator)

    changes = [adjust_brightness, adjust_contrast, adjust_saturation, adjust_hue]
    amounts = [factors(s) for s in (brightness, contrast, saturation)]
    amounts.append(uniform(B, -hue, hue, generator))
    order = torch.rand(B, 4, generator=generator).argsort(dim=1)
    for t in range(4):
        for k in range(4):
            x = change_some(x, chosen & (order[:, t] == k), changes[k], amounts[k])
    return x
""",
        "The lower bound is |1 - strength| instead of max(0, 1 - strength), wrong for strengths above 1.",
    ),
    (
        "jitter_order_from_python",
        "color_jitter",
        """
def color_jitter(
    x: Tensor,
    brightness: float,
    contrast: float,
    saturation: float,
    hue: float,
    p: float = 0.8,
    generator: Generator | None = None,
) -> Tensor:
    import random

    B = len(x)
    chosen = coin(B, p, generator)
    changes = [
        (adjust_brightness, uniform(B, max(0.0, 1 - brightness), 1 + brightness, generator).to(x)),
        (adjust_contrast, uniform(B, max(0.0, 1 - contrast), 1 + contrast, generator).to(x)),
        (adjust_saturation, uniform(B, max(0.0, 1 - saturation), 1 + saturation, generator).to(x)),
        (adjust_hue, uniform(B, -hue, hue, generator).to(x)),
    ]
    out = x.clone()
    for b in chosen.nonzero()[:, 0].tolist():
        random.shuffle(changes)
        for change, amount in changes:
            out[b : b + 1] = change(out[b : b + 1], amount[b : b + 1])
    return out
""",
        "The order comes from Python's global random, not from the generator, so a seed does not repeat the views.",
    ),
    (
        "blur_sigma_not_squared",
        "gaussian_blur",
        """
def gaussian_blur(x: Tensor, p: float = 0.5, sigma=(0.1, 2.0), generator=None) -> Tensor:
    chosen = coin(len(x), p, generator)
    widths = uniform(len(x), sigma[0], sigma[1], generator).to(x)
    reach = max(1, x.shape[2] // 20)
    offsets = torch.arange(-reach, reach + 1).to(x)
    out = x.clone()
    for b in range(len(x)):
        if not chosen[b]:
            continue
        bell = torch.exp(-(offsets**2) / (2 * widths[b]))
        bell = bell / bell.sum()
        kernel = torch.outer(bell, bell).expand(3, 1, -1, -1)
        padded = F.pad(x[b : b + 1], (reach, reach, reach, reach), mode="reflect")
        out[b : b + 1] = F.conv2d(padded, kernel, groups=3)
    return out
""",
        "The exponent divides by 2 sigma instead of 2 sigma squared, so sigma acts as a variance.",
    ),
    (
        "two_views_interleaved",
        "two_views",
        """
def two_views(
    x: Tensor, recipe: Recipe, generator: Generator | None = None
) -> tuple[Tensor, Tensor]:
    both = one_view(x.repeat_interleave(2, dim=0), recipe, generator)
    x1, x2 = both.chunk(2)
    return x1, x2
""",
        "repeat_interleave puts the two copies of an image next to each other, but chunk takes halves: row b does not show image b.",
    ),
    (
        "flip_in_place_again",
        "horizontal_flip",
        """
def horizontal_flip(x, p=0.5, generator=None):
    heads = torch.rand(x.shape[0], generator=generator) < p
    heads = heads.to(x.device)
    x[heads] = torch.flip(x[heads], dims=[-1])
    return x
""",
        "The chosen images are flipped inside the caller's tensor, so the original batch is changed as well.",
    ),
    (
        "boxes_clamped_not_redrawn",
        "crop_boxes",
        """
def crop_boxes(B, height, width, scale, ratio, generator=None):
    area = uniform(B, scale[0], scale[1], generator) * (height * width)
    log_r = uniform(B, math.log(ratio[0]), math.log(ratio[1]), generator)
    r = torch.exp(log_r)
    w = torch.round(torch.sqrt(area * r))
    h = torch.round(torch.sqrt(area / r))
    # a box must fit into the image
    w = torch.clamp(w, 1, width)
    h = torch.clamp(h, 1, height)
    top = torch.floor(torch.rand(B, generator=generator) * (height - h + 1))
    left = torch.floor(torch.rand(B, generator=generator) * (width - w + 1))
    return torch.stack((top, left, h, w), dim=1).long()
""",
        "A box that does not fit is cut to the image's size instead of being drawn again, so area and ratio come out wrong.",
    ),
    (
        "boxes_fallback_centred",
        "crop_boxes",
        """
def crop_boxes(B, height, width, scale, ratio, generator=None):
    def draw(low, high):
        return low + (high - low) * torch.rand(1, generator=generator).item()

    boxes = []
    for _ in range(B):
        for _ in range(10):
            target_area = height * width * draw(*scale)
            aspect_ratio = math.exp(draw(math.log(ratio[0]), math.log(ratio[1])))
            w = max(1, int(round(math.sqrt(target_area * aspect_ratio))))
            h = max(1, int(round(math.sqrt(target_area / aspect_ratio))))
            if w <= width and h <= height:
                i = torch.randint(0, height - h + 1, (1,), generator=generator).item()
                j = torch.randint(0, width - w + 1, (1,), generator=generator).item()
                break
        else:
            # fall back to a central crop
            in_ratio = width / height
            if in_ratio < min(ratio):
                w = width
                h = int(round(w / min(ratio)))
            elif in_ratio > max(ratio):
                h = height
                w = int(round(h * max(ratio)))
            else:
                w, h = width, height
            i = (height - h) // 2
            j = (width - w) // 2
        boxes.append([i, j, h, w])
    return torch.tensor(boxes, dtype=torch.int64).reshape(B, 4)
""",
        "As in torchvision, the last resort is put at the centre, not anywhere inside the image with equal probability.",
    ),
    (
        "crop_result_float32",
        "crop_and_resize",
        """
def crop_and_resize(x, boxes, size):
    out = torch.zeros(len(x), x.shape[1], size, size, device=x.device)
    for b, (top, left, height, width) in enumerate(boxes.tolist()):
        part = x[b : b + 1, :, top : top + height, left : left + width]
        out[b] = F.interpolate(
            part, size=(size, size), mode="bilinear", align_corners=False, antialias=True
        )[0]
    return out
""",
        "The result is allocated in torch's default dtype, so float64 images come back as float32.",
    ),
    (
        "uncropped_box_has_size_of_result",
        "random_resized_crop",
        """
def random_resized_crop(x, size, scale=(0.08, 1.0), ratio=(3 / 4, 4 / 3), generator=None, p=1.0):
    B, _, H, W = x.shape
    boxes = crop_boxes(B, H, W, scale, ratio, generator)
    keep_whole = ~coin(B, p, generator)
    boxes[keep_whole] = torch.tensor([0, 0, size, size])
    return crop_and_resize(x, boxes, size)
""",
        "The box of an uncropped image has the size of the result instead of the image's, so it is cut at the top left (or reaches outside).",
    ),
    (
        "gray_overwrites_red",
        "to_gray",
        """
def to_gray(x):
    gray = x[:, 0:1]
    gray *= LUMA[0]
    for c in (1, 2):
        gray += LUMA[c] * x[:, c : c + 1]
    return gray
""",
        "The sum is accumulated in a slice of x, so the red channel of the input is overwritten and the result shares its memory.",
    ),
    (
        "gray_is_plain_mean",
        "grayscale",
        """
def grayscale(x, p=0.2, generator=None):
    drop = coin(x.size(0), p, generator).view(-1, 1, 1, 1).to(x.device)
    gray = x.mean(dim=1, keepdim=True).expand_as(x)
    return torch.where(drop, gray, x)
""",
        "Grey is the plain mean of the three channels instead of the weighted brightness.",
    ),
    (
        "brightness_added",
        "adjust_brightness",
        """
def adjust_brightness(x, factor):
    delta = factor.reshape(-1, 1, 1, 1) - 1.0
    return torch.clamp(x + delta, min=0.0, max=1.0)
""",
        "The brightness is shifted by factor - 1, as in the TensorFlow listing, instead of being multiplied by the factor.",
    ),
    (
        "contrast_mean_per_channel",
        "adjust_contrast",
        """
def adjust_contrast(x, factor):
    mean = x.mean(dim=(2, 3), keepdim=True)
    f = factor.view(-1, 1, 1, 1)
    return ((x - mean) * f + mean).clamp(0.0, 1.0)
""",
        "Each channel is blended with its own mean (as tf.image does) instead of the one mean of the grey version.",
    ),
    (
        "saturation_not_clipped",
        "adjust_saturation",
        """
def adjust_saturation(x, factor):
    grey = to_gray(x).repeat(1, 3, 1, 1)
    f = factor[:, None, None, None]
    return grey + f * (x - grey)
""",
        "The result is not clipped, so factors above 1 give values outside [0, 1].",
    ),
    (
        "jitter_order_with_repeats",
        "color_jitter",
        """
def color_jitter(x, brightness, contrast, saturation, hue, p=0.8, generator=None):
    B = x.shape[0]
    apply = coin(B, p, generator)
    b = uniform(B, max(0, 1 - brightness), 1 + brightness, generator)
    c = uniform(B, max(0, 1 - contrast), 1 + contrast, generator)
    s = uniform(B, max(0, 1 - saturation), 1 + saturation, generator)
    h = uniform(B, -hue, hue, generator)
    functions = [adjust_brightness, adjust_contrast, adjust_saturation, adjust_hue]
    amounts = [b, c, s, h]
    order = torch.randint(0, 4, (B, 4), generator=generator)
    out = x
    for t in range(4):
        now = order[:, t].clone()
        for k in range(4):
            out = change_some(out, apply & (now == k), functions[k], amounts[k])
    return out
""",
        "The order is four independent draws, not a permutation: some changes are made twice or more and others never.",
    ),
    (
        "jitter_negative_factors",
        "color_jitter",
        """
def color_jitter(x, brightness, contrast, saturation, hue, p=0.8, generator=None):
    B = len(x)
    chosen = coin(B, p, generator)
    changes = []
    for function, strength in (
        (adjust_brightness, brightness),
        (adjust_contrast, contrast),
        (adjust_saturation, saturation),
    ):
        changes.append((function, uniform(B, 1 - strength, 1 + strength, generator)))
    changes.append((adjust_hue, uniform(B, -hue, hue, generator)))
    order = torch.stack([torch.randperm(4, generator=generator) for _ in range(B)]) if B else None
    x = x.clone()
    for b in range(B):
        if not chosen[b]:
            continue
        image = x[b : b + 1]
        for k in order[b].tolist():
            function, amount = changes[k]
            image = function(image, amount[b : b + 1].to(x))
        x[b : b + 1] = image
    return x
""",
        "The lower end of the factors is 1 - strength without the max with 0, so strengths above 1 draw negative factors.",
    ),
    (
        "blur_width_from_the_coin",
        "gaussian_blur",
        """
def gaussian_blur(x, p=0.5, sigma=(0.1, 2.0), generator=None):
    u = torch.rand(len(x), generator=generator)
    low, high = sigma
    widths = low + u * (high - low)
    return change_some(x, u < p, blur, widths)
""",
        "One random number decides both whether and how much to blur, so with p = 0.5 only the lower half of the widths occurs.",
    ),
    (
        "views_interleaved",
        "two_views",
        """
def two_views(x, recipe, generator=None):
    both = one_view(torch.cat([x, x]), recipe, generator)
    x1, x2 = both[0::2], both[1::2]
    return x1, x2
""",
        "The doubled batch is split by even and odd rows instead of halves, so row b of x1 and x2 shows neither image b nor the same image.",
    ),
    (
        "boxes_ratio_outside_retry",
        "crop_boxes",
        """
def crop_boxes(B, height, width, scale, ratio, generator=None):
    lo, hi = math.log(ratio[0]), math.log(ratio[1])
    found = []
    for _ in range(B):
        r = math.exp(uniform((1,), lo, hi, generator).item())
        for _attempt in range(10):
            target = height * width * uniform((1,), scale[0], scale[1], generator).item()
            bw = max(1, round(math.sqrt(target * r)))
            bh = max(1, round(math.sqrt(target / r)))
            if bw <= width and bh <= height:
                break
        else:
            bw = min(width, round(height * ratio[1]))
            bh = min(height, round(width / ratio[0]))
        y0 = torch.randint(height - bh + 1, (1,), generator=generator).item()
        x0 = torch.randint(width - bw + 1, (1,), generator=generator).item()
        found.append([y0, x0, bh, bw])
    return torch.tensor(found, dtype=torch.int64).reshape(B, 4)
""",
        "The ratio is drawn once per image, before the retries, so a box that does not fit is redrawn with a new area but the old ratio.",
    ),
    (
        "contrast_no_negative_weight",
        "adjust_contrast",
        """
def adjust_contrast(x, factor):
    luma = torch.einsum("bchw,c->bhw", x, x.new_tensor(LUMA))
    level = luma.flatten(1).mean(dim=1)
    keep = factor.reshape(-1, 1, 1, 1)
    rest = (1 - factor).clamp(min=0) * level
    return torch.clip(keep * x + rest.reshape(-1, 1, 1, 1), 0.0, 1.0)
""",
        "The weight 1 - factor of the grey level is cut off at 0, so every factor above 1 only brightens the image instead of raising its contrast.",
    ),
    (
        "blur_width_range",
        "gaussian_blur",
        """
def gaussian_blur(x, p=0.5, sigma=(0.1, 2.0), generator=None):
    n = x.size(0)
    heads = torch.rand(n, generator=generator) < p
    lo, hi = sigma
    s = lo + hi * torch.rand(n, generator=generator)
    y = x.clone()
    if heads.any():
        where = heads.nonzero().flatten().to(x.device)
        y[where] = blur(x[where], s[heads].to(x))
    return y
""",
        "The widths are lo + hi * u instead of lo + (hi - lo) * u, so they are uniform from lo to lo + hi and exceed the upper limit.",
    ),
    (
        "jitter_coin_per_change",
        "color_jitter",
        """
def color_jitter(x, brightness, contrast, saturation, hue, p=0.8, generator=None):
    n = x.size(0)
    ops = [adjust_brightness, adjust_contrast, adjust_saturation, adjust_hue]
    amounts = []
    for s in (brightness, contrast, saturation):
        amounts.append(uniform(n, max(0.0, 1.0 - s), 1.0 + s, generator))
    amounts.append(uniform(n, -hue, hue, generator))
    plan = torch.rand(n, 4, generator=generator).sort(dim=1).indices
    y = x
    for place in range(4):
        for k in range(4):
            pick = (plan[:, place] == k) & coin(n, p, generator)
            y = change_some(y, pick, ops[k], amounts[k])
    return y
""",
        "A new coin is tossed for each of the four changes, so an image gets some of them with probability p each instead of all four or none.",
    ),
    (
        "jitter_replacement_negative",
        "color_jitter",
        """
def color_jitter(x, brightness, contrast, saturation, hue, p=0.8, generator=None):
    ops = (adjust_brightness, adjust_contrast, adjust_saturation, adjust_hue)
    ranges = (
        (1 - brightness, 1 + brightness),
        (1 - contrast, 1 + contrast),
        (1 - saturation, 1 + saturation),
        (-hue, hue),
    )
    result = x.clone()
    active = coin(len(x), p, generator)
    for b in range(len(x)):
        if not active[b]:
            continue
        picture = x[b : b + 1]
        for k in torch.randint(0, 4, (4,), generator=generator).tolist():
            value = uniform((1,), *ranges[k], generator).to(x)
            picture = ops[k](picture, value)
        result[b] = picture[0]
    return result
""",
        "The order is four draws with replacement, so some changes are applied twice and others never, and the lower limit of a factor is not kept at 0 for strengths above 1.",
    ),
    (
        "boxes_tall_ratio_centred",
        "crop_boxes",
        """
def crop_boxes(B, height, width, scale, ratio, generator=None):
    frac = uniform((B, 10), scale[0], scale[1], generator)
    logr = uniform((B, 10), math.log(ratio[0]), math.log(ratio[1]), generator)
    a, r = frac * (height * width), torch.exp(logr)
    hs = torch.sqrt(a * r).round().clamp(min=1).long()
    ws = torch.sqrt(a / r).round().clamp(min=1).long()
    out = torch.empty(B, 4, dtype=torch.long)
    for b in range(B):
        good = [t for t in range(10) if hs[b, t] <= height and ws[b, t] <= width]
        if good:
            h, w = int(hs[b, good[0]]), int(ws[b, good[0]])
            i = int(torch.randint(0, height - h + 1, (1,), generator=generator))
            j = int(torch.randint(0, width - w + 1, (1,), generator=generator))
        else:
            h = min(height, round(width / ratio[0]))
            w = min(width, round(height * ratio[1]))
            i, j = (height - h) // 2, (width - w) // 2
        out[b] = torch.tensor([i, j, h, w])
    return out
""",
        "The ratio is taken as height / width, and the last resort is placed at the centre as in torchvision instead of anywhere.",
    ),
    (
        "rrc_one_coin_swapped_sides",
        "random_resized_crop",
        """
def random_resized_crop(x, size, scale=(0.08, 1.0), ratio=(3 / 4, 4 / 3), generator=None, p=1.0):
    n, _, rows, cols = x.shape
    if torch.rand(1, generator=generator).item() >= p:
        return crop_and_resize(x, whole_image(x), size)
    return crop_and_resize(x, crop_boxes(n, cols, rows, scale, ratio, generator), size)
""",
        "One coin decides for the whole batch whether it is cropped, and the width is passed as the height of the image and the height as its width.",
    ),
    (
        "saturation_mean_grey_half_clip",
        "adjust_saturation",
        """
def adjust_saturation(x, factor):
    f = factor.view(-1, 1, 1, 1).expand_as(x)
    grey = x.mean(dim=1, keepdim=True).expand_as(x)
    return torch.lerp(grey, x, f).clamp(max=1.0)
""",
        "The grey version is the plain mean of the three channels instead of the weighted brightness, and values below 0 are not clipped.",
    ),
    (
        "resize_without_antialias",
        "crop_and_resize",
        """
def crop_and_resize(x, boxes, size):
    out = x.new_empty(x.shape[0], x.shape[1], size, size)
    for n, (t, l, h, w) in enumerate(boxes.long().tolist()):
        patch = x[n : n + 1, :, t : t + h, l : l + w]
        out[n] = F.interpolate(patch, size=(size, size), mode="bilinear", align_corners=False)[0]
    return out
""",
        "It interpolates between the nearest pixels without anti-aliasing, which is right only where the box is not shrunk.",
    ),
    (
        "flip_fliplr_of_one_image",
        "horizontal_flip",
        """
def horizontal_flip(x, p=0.5, generator=None):
    out = x.clone()
    for i in torch.nonzero(coin(x.shape[0], p, generator)).flatten().tolist():
        out[i] = torch.fliplr(x[i])
    return out
""",
        "torch.fliplr reverses the second dimension, which for one image (3, H, W) holds the rows, so images are turned upside down instead of left to right.",
    ),
    (
        "gray_pil_weights",
        "to_gray",
        """
def to_gray(x):
    kernel = torch.tensor([0.299, 0.587, 0.114], dtype=x.dtype, device=x.device)
    return F.conv2d(x, kernel.view(1, 3, 1, 1))
""",
        "It uses the weight 0.299 for red, as Pillow and OpenCV do, instead of 0.2989.",
    ),
    (
        "brightness_in_place_again",
        "adjust_brightness",
        """
def adjust_brightness(x, factor):
    x.mul_(factor.reshape(-1, 1, 1, 1))
    return x.clamp_(0.0, 1.0)
""",
        "It overwrites the images of the caller and returns the same tensor.",
    ),
    (
        "gray_exact_count",
        "grayscale",
        """
def grayscale(x, p=0.2, generator=None):
    n = len(x)
    k = int(round(p * n))
    lucky = torch.randperm(n, generator=generator)[:k]
    mask = torch.zeros(n, dtype=torch.bool)
    mask[lucky] = True
    return change_some(x, mask, lambda part: to_gray(part).repeat(1, 3, 1, 1))
""",
        "Exactly round(p B) images of the batch become grey instead of each by its own coin, so a batch of one is never grey at p = 0.2.",
    ),
    (
        "views_reseeded_second",
        "two_views",
        """
def two_views(x, recipe, generator=None):
    if generator is None:
        return one_view(x, recipe), one_view(x, recipe)
    other = torch.Generator().manual_seed(generator.initial_seed() + 1)
    first = one_view(x, recipe, generator)
    second = one_view(x, recipe, other)
    return first, second
""",
        "The second view's generator is seeded anew at each call, so every batch gets the same draws for its second views.",
    ),
    (
        "flip_own_generator",
        "horizontal_flip",
        """
def horizontal_flip(x: Tensor, p: float = 0.5, generator: Generator | None = None) -> Tensor:
    # always have a generator, so that the draws below need no special case
    generator = generator or torch.Generator()
    mirrored = coin(len(x), p, generator)
    return change_some(x, mirrored, lambda some: some.flip(3))
""",
        "Without a generator it makes a new one at every call, which always has torch's fixed default seed: every batch, both views and every run then get the same coins, and torch.manual_seed has no effect.",
    ),
    (
        "boxes_reseed_global",
        "crop_boxes",
        """
def crop_boxes(B: int, height: int, width: int, scale, ratio, generator=None) -> Tensor:
    if generator is not None:  # let every draw below follow the given generator
        torch.manual_seed(int(torch.randint(2**31, (1,), generator=generator)))
    area = uniform((B, 10), *scale) * height * width
    aspect = uniform((B, 10), math.log(ratio[0]), math.log(ratio[1])).exp()
    w = (area * aspect).sqrt().round().clamp(min=1)
    h = (area / aspect).sqrt().round().clamp(min=1)
    fits = (w <= width) & (h <= height)
    first = fits.int().argmax(1, keepdim=True)
    widest = min(width, round(height * ratio[1]))
    tallest = min(height, round(width / ratio[0]))
    w = torch.where(fits.any(1), w.gather(1, first)[:, 0], widest)
    h = torch.where(fits.any(1), h.gather(1, first)[:, 0], tallest)
    top = (uniform(B, 0, 1) * (height - h + 1)).floor()
    left = (uniform(B, 0, 1) * (width - w + 1)).floor()
    return torch.stack([top, left, h, w], 1).long()
""",
        "With a given generator it reseeds and uses torch's global generator: the boxes are right and repeat with the seed, but all other randomness of the program (dropout, initial weights, shuffles) is reset by every crop and tied to it.",
    ),
    (
        "boxes_area_drawn_once",
        "crop_boxes",
        """
def crop_boxes(B: int, height: int, width: int, scale, ratio, generator=None) -> Tensor:
    area = uniform((B, 1), *scale, generator) * height * width
    aspect = uniform((B, 10), math.log(ratio[0]), math.log(ratio[1]), generator).exp()
    w = (area * aspect).sqrt().round().clamp(min=1)  # (B, 10)
    h = (area / aspect).sqrt().round().clamp(min=1)
    fits = (w <= width) & (h <= height)
    first = fits.int().argmax(1, keepdim=True)
    widest = min(width, round(height * ratio[1]))
    tallest = min(height, round(width / ratio[0]))
    w = torch.where(fits.any(1), w.gather(1, first)[:, 0], widest)
    h = torch.where(fits.any(1), h.gather(1, first)[:, 0], tallest)
    top = (uniform(B, 0, 1, generator) * (height - h + 1)).floor()
    left = (uniform(B, 0, 1, generator) * (width - w + 1)).floor()
    return torch.stack([top, left, h, w], 1).long()
""",
        "A box that does not fit gets a new ratio but keeps its area: where boxes are refused (square images, areas near 1, or wide photographs) large crops are too common, and some images end at the last resort that a new area would have spared.",
    ),
    (
        "resize_by_outer_products",
        "crop_and_resize",
        """
def crop_and_resize(x: Tensor, boxes: Tensor, size: int) -> Tensor:
    top, left, height, width = boxes.to(x).unbind(1)
    rows = resize_weights(top, height, x.shape[2], size)  # (B, size, H)
    columns = resize_weights(left, width, x.shape[3], size)  # (B, size, W)
    x = (rows[:, None, :, :, None] * x[:, :, None]).sum(3)  # (B, 3, size, W)
    return (x[:, :, :, None] * columns[:, None, None]).sum(4)
""",
        "It builds all products, (B, 3, size, H, W), before it sums: a batch of 256 photographs of 500 x 500 pixels at size 224 asks for 172 GB and the run dies, though pictures of 32 x 32 are fine.",
    ),
    (
        "crop_coin_global",
        "random_resized_crop",
        """
def random_resized_crop(
    x: Tensor, size: int, scale=(0.08, 1.0), ratio=(3 / 4, 4 / 3), generator=None, p: float = 1.0
) -> Tensor:
    boxes = crop_boxes(len(x), x.shape[2], x.shape[3], scale, ratio, generator)
    if p < 1:
        whole = ~coin(len(x), p)
        boxes[whole] = whole_image(x)[whole]
    return crop_and_resize(x, boxes, size)
""",
        "With p below 1 the coins come from torch's global generator instead of the given one: the same seed gives other views, so a resumed run with a recipe of crop=0.5 does not repeat (p = 1, the default, is right).",
    ),
    (
        "luma_on_cpu",
        "to_gray",
        """
def to_gray(x: Tensor) -> Tensor:
    luma = torch.tensor(LUMA, dtype=x.dtype, device="cpu")[:, None, None]
    return (luma * x).sum(1, keepdim=True)
""",
        "The three weights are always made on the CPU, so images on a GPU (or on the meta device) crash with tensors on two devices.",
    ),
    (
        "brightness_reused_buffer",
        "adjust_brightness",
        """
def adjust_brightness(x: Tensor, factor: Tensor, buffers={}) -> Tensor:
    key = (x.shape, x.dtype, x.device)
    if key not in buffers:  # do not allocate a new batch at every call
        buffers[key] = torch.empty_like(x)
    return torch.mul(x, factor[:, None, None, None], out=buffers[key]).clamp_(0, 1)
""",
        "The result lives in one buffer for each shape: a second call with images of that shape overwrites the first call's result, so two views of a batch become the same tensor.",
    ),
    (
        "jitter_order_with_ties",
        "color_jitter",
        """
def color_jitter(
    x: Tensor,
    brightness: float,
    contrast: float,
    saturation: float,
    hue: float,
    p: float = 0.8,
    generator: Generator | None = None,
) -> Tensor:
    B = len(x)
    chosen = coin(B, p, generator)
    steps = [
        (adjust_brightness, uniform(B, max(0, 1 - brightness), 1 + brightness, generator)),
        (adjust_contrast, uniform(B, max(0, 1 - contrast), 1 + contrast, generator)),
        (adjust_saturation, uniform(B, max(0, 1 - saturation), 1 + saturation, generator)),
        (adjust_hue, uniform(B, -hue, hue, generator)),
    ]
    order = torch.randint(4, (B, 4), generator=generator).argsort(1)
    x = x.clone()
    for turn in range(4):
        for k, (adjust, amount) in enumerate(steps):
            change_some_(x, chosen & (order[:, turn] == k), adjust, amount)
    return x
""",
        "The order is the argsort of four whole numbers from 0 to 3, which often tie: the 24 orders are not equally likely (brightness-contrast-saturation-hue has 35/256 = 14% instead of 4%), so brightness comes too early and hue too late.",
    ),
    (
        "blur_squeezed_rows",
        "gaussian_blur",
        """
def gaussian_blur(x: Tensor, p: float = 0.5, sigma=(0.1, 2.0), generator=None) -> Tensor:
    chosen = coin(len(x), p, generator)
    width = uniform(len(x), *sigma, generator)
    rows = chosen.nonzero().squeeze()
    out = x.clone()
    if rows.numel() > 0:
        own = width[rows].to(x)
        rows = rows.to(x.device)
        out[rows] = blur(x[rows], own)
    return out
""",
        "squeeze also drops the dimension of the rows when exactly one image is chosen: a batch of one image, or a small batch where one coin shows heads, crashes in blur in the middle of training.",
    ),
    (
        "views_inference_mode",
        "two_views",
        """
@torch.inference_mode()
def two_views(
    x: Tensor, recipe: Recipe, generator: Generator | None = None
) -> tuple[Tensor, Tensor]:
    x1 = one_view(x, recipe, generator)
    x2 = one_view(x, recipe, generator)
    return x1, x2
""",
        "The views are inference tensors: looking at them is fine, but the first convolution of an encoder that trains raises that inference tensors cannot be saved for backward.",
    ),
    (
        "gray_mean_inverted",
        "grayscale",
        """
def grayscale(x: Tensor, p: float = 0.2, generator: Generator | None = None) -> Tensor:
    heads = torch.rand(x.shape[0], generator=generator)
    drop = (heads >= p).to(x.device)
    average = x.mean(dim=1, keepdim=True).repeat(1, 3, 1, 1)
    return torch.where(drop.view(-1, 1, 1, 1), average, x)
""",
        "Two slips: the grey is the plain mean of the channels instead of the luma weights, and the coin is inverted, so an image goes grey with probability 1 - p.",
    ),
    (
        "jitter_one_order_hue_positive",
        "color_jitter",
        """
def color_jitter(
    x: Tensor,
    brightness: float,
    contrast: float,
    saturation: float,
    hue: float,
    p: float = 0.8,
    generator: Generator | None = None,
) -> Tensor:
    n = x.shape[0]
    touched = coin(n, p, generator)
    b = uniform(n, max(0.0, 1 - brightness), 1 + brightness, generator)
    c = uniform(n, max(0.0, 1 - contrast), 1 + contrast, generator)
    s = uniform(n, max(0.0, 1 - saturation), 1 + saturation, generator)
    t = hue * torch.rand(n, generator=generator)
    ops = [(adjust_brightness, b), (adjust_contrast, c), (adjust_saturation, s), (adjust_hue, t)]
    y = x
    for k in torch.randperm(4, generator=generator).tolist():
        fn, amount = ops[k]
        y = change_some(y, touched, fn, amount)
    return y
""",
        "Two slips: one order is drawn for the whole batch, and the hue shift is drawn from [0, hue] instead of [-hue, hue].",
    ),
    (
        "contrast_per_channel_unclipped",
        "adjust_contrast",
        """
def adjust_contrast(x: Tensor, factor: Tensor) -> Tensor:
    f = factor.reshape(-1, 1, 1, 1)
    centre = x.mean(dim=(2, 3), keepdim=True)
    return centre + f * (x - centre)
""",
        "Two slips: the centre is the mean of each channel instead of the mean of the grey version, and the result is not clipped to [0, 1].",
    ),
    (
        "crop_axes_swapped_ratio_lost",
        "random_resized_crop",
        """
def random_resized_crop(
    x: Tensor, size: int, scale=(0.08, 1.0), ratio=(3 / 4, 4 / 3), generator=None, p: float = 1.0
) -> Tensor:
    n, _, rows, cols = x.shape
    picked = crop_boxes(n, cols, rows, scale, (3 / 4, 4 / 3), generator)
    keep = coin(n, p, generator).view(n, 1)
    return crop_and_resize(x, torch.where(keep, picked, whole_image(x)), size)
""",
        "Two slips: height and width are exchanged in the call of crop_boxes, and the caller's ratio is ignored in favour of (3/4, 4/3).",
    ),
    (
        "flip_in_place_2",
        "horizontal_flip",
        """
def horizontal_flip(x: Tensor, p: float = 0.5, generator: Generator | None = None) -> Tensor:
    heads = coin(len(x), p, generator)
    for i in range(len(x)):
        if heads[i]:
            x[i] = torch.flip(x[i], dims=(2,))
    return x
""",
        "The caller's batch itself is flipped and returned, so the data set is changed, and with a recipe without crop both views are one tensor.",
    ),
    (
        "resize_without_antialias_2",
        "crop_and_resize",
        """
def crop_and_resize(x: Tensor, boxes: Tensor, size: int) -> Tensor:
    out = x.new_empty(len(x), x.shape[1], size, size)
    for i, (t, l, h, w) in enumerate(boxes.tolist()):
        t, l, h, w = int(t), int(l), int(h), int(w)
        patch = x[i : i + 1, :, t : t + h, l : l + w]
        out[i] = F.interpolate(patch, size=(size, size), mode="bilinear", align_corners=False)[0]
    return out
""",
        "There is no anti-aliasing: right whenever a box is enlarged (32 x 32 images with size 32), but when a box is shrunk, as for large images with a small size, most source pixels are skipped and the view aliases.",
    ),
    (
        "blur_width_global_generator",
        "gaussian_blur",
        """
def gaussian_blur(x: Tensor, p: float = 0.5, sigma=(0.1, 2.0), generator=None) -> Tensor:
    n = x.shape[0]
    low, high = sigma
    heads = coin(n, p, generator)
    widths = torch.empty(n).uniform_(low, high)
    return change_some(x, heads, blur, widths)
""",
        "The widths come from torch's global generator instead of the given one, so the same seed does not give the same views, and the global random state is used up.",
    ),
    (
        "second_view_reseeded",
        "two_views",
        """
def two_views(
    x: Tensor, recipe: Recipe, generator: Generator | None = None
) -> tuple[Tensor, Tensor]:
    if generator is None:
        return one_view(x, recipe), one_view(x, recipe)
    other = torch.Generator().manual_seed(generator.initial_seed() + 1)
    first = one_view(x, recipe, generator)
    second = one_view(x, recipe, other)
    return first, second
""",
        "The second view's generator is seeded anew in every call, so with a given generator the second view of row b has the same crop, flip and colours in every batch of the training.",
    ),
    (
        "gray_weights_on_cpu",
        "to_gray",
        """
def to_gray(x: Tensor) -> Tensor:
    luma = torch.tensor(LUMA, dtype=x.dtype)
    weighted = x * luma[None, :, None, None]
    return weighted.sum(dim=1, keepdim=True)
""",
        "The weights are made on the CPU whatever x's device, so images on a GPU raise a RuntimeError.",
    ),
    (
        "last_resort_whole_image",
        "crop_boxes",
        """
def crop_boxes(B: int, height: int, width: int, scale, ratio, generator=None) -> Tensor:
    lo, hi = math.log(ratio[0]), math.log(ratio[1])
    share = scale[0] + (scale[1] - scale[0]) * torch.rand(B, 10, generator=generator)
    r = torch.exp(lo + (hi - lo) * torch.rand(B, 10, generator=generator))
    pixels = share * (height * width)
    ws = torch.sqrt(pixels * r).round().clamp_min(1).long()
    hs = torch.sqrt(pixels / r).round().clamp_min(1).long()
    w = torch.full((B,), width)
    h = torch.full((B,), height)
    for k in reversed(range(10)):
        ok = (ws[:, k] <= width) & (hs[:, k] <= height)
        w = torch.where(ok, ws[:, k], w)
        h = torch.where(ok, hs[:, k], h)
    top = torch.floor(torch.rand(B, generator=generator) * (height - h + 1)).long()
    left = torch.floor(torch.rand(B, generator=generator) * (width - w + 1)).long()
    return torch.stack((top, left, h, w), dim=1)
""",
        "The last resort is the whole image whatever its shape: right for square images, but for a wide or tall image, such as 32 x 128 with large shares, the box has a ratio outside the allowed range.",
    ),
    (
        "contrast_plain_mean",
        "adjust_contrast",
        """
def adjust_contrast(x, factor):
    level = x.mean(dim=(1, 2, 3), keepdim=True)  # one number for each image
    f = factor.reshape(-1, 1, 1, 1)
    return torch.clamp(level + f * (x - level), 0.0, 1.0)
""",
        "Usual. The flat grey is the plain mean of all values of R, G and B with equal weights; it must be the mean of the grey version (0.2989 R + 0.587 G + 0.114 B).",
    ),
    (
        "gray_coin_reversed",
        "grayscale",
        """
def grayscale(x, p=0.2, generator=None):
    heads = torch.rand(x.shape[0], generator=generator) > p
    return change_some(x, heads, lambda some: to_gray(some).repeat(1, 3, 1, 1))
""",
        "Usual. The coin is reversed (rand > p), so an image is made grey with probability 1 - p; it must be rand < p.",
    ),
    (
        "box_as_x_y_w_h",
        "crop_and_resize",
        """
def crop_and_resize(x, boxes, size):
    H, W = x.shape[-2:]
    left, top, width, height = boxes.to(x).unbind(dim=1)
    rows = resize_weights(top, height, H, size)  # (B, size, H)
    columns = resize_weights(left, width, W, size)  # (B, size, W)
    tall = torch.einsum("bih,bchw->bciw", rows, x)
    return torch.einsum("bciw,bjw->bcij", tall, columns)
""",
        "Usual. The box is unpacked as in OpenCV and PIL (x, y, width, height); here it is top, left, height, width.",
    ),
    (
        "position_rounded",
        "crop_boxes",
        """
def crop_boxes(B, height, width, scale, ratio, generator=None):
    area = height * width * uniform((B, 10), scale[0], scale[1], generator)
    aspect = uniform((B, 10), math.log(ratio[0]), math.log(ratio[1]), generator).exp()
    w = torch.sqrt(area * aspect).round().clamp(min=1)
    h = torch.sqrt(area / aspect).round().clamp(min=1)
    fits = (w <= width) & (h <= height)
    first = fits.int().argmax(dim=1, keepdim=True)
    w, h = w.gather(1, first)[:, 0], h.gather(1, first)[:, 0]
    # the largest box of an allowed ratio
    if width / height < ratio[0]:
        last_w, last_h = width, max(1, round(width / ratio[0]))
    elif width / height > ratio[1]:
        last_w, last_h = max(1, round(height * ratio[1])), height
    else:
        last_w, last_h = width, height
    found = fits.any(dim=1)
    w = torch.where(found, w, torch.full_like(w, last_w)).long()
    h = torch.where(found, h, torch.full_like(h, last_h)).long()
    top = (torch.rand(B, generator=generator) * (height - h)).round().long()
    left = (torch.rand(B, generator=generator) * (width - w)).round().long()
    return torch.stack([top, left, h, w], dim=1)
""",
        "Subtle. The position is round(u * (H - h)), so the first and the last position are half as likely as the others; it must be floor(u * (H - h + 1)), all positions equally likely.",
    ),
    (
        "factor_below_zero",
        "color_jitter",
        """
def color_jitter(x, brightness, contrast, saturation, hue, p=0.8, generator=None):
    B = len(x)
    changed = coin(B, p, generator)
    amounts = [
        uniform(B, 1 - brightness, 1 + brightness, generator),
        uniform(B, 1 - contrast, 1 + contrast, generator),
        uniform(B, 1 - saturation, 1 + saturation, generator),
        uniform(B, -hue, hue, generator),
    ]
    changes = [adjust_brightness, adjust_contrast, adjust_saturation, adjust_hue]
    order = torch.rand(B, 4, generator=generator).argsort(dim=1)
    for turn in order.T:
        for which in range(4):
            x = change_some(x, changed & (turn == which), changes[which], amounts[which])
    return x
""",
        "Subtle. Factors are drawn from [1 - strength, 1 + strength] without max(0, .), so a strength above 1 gives negative factors; the lower end must be max(0, 1 - strength).",
    ),
    (
        "coin_without_generator",
        "random_resized_crop",
        """
def random_resized_crop(
    x, size, scale=(0.08, 1.0), ratio=(3 / 4, 4 / 3), generator=None, p=1.0
):
    B, _, H, W = x.shape
    part = crop_boxes(B, H, W, scale, ratio, generator)
    cropped = coin(B, p)
    part = torch.where(cropped[:, None], part, whole_image(x))
    return crop_and_resize(x, part, size)
""",
        "In use. The coin comes from torch's global generator, so with p < 1 the same seed does not give the same views; it must be drawn from the given generator.",
    ),
    (
        "second_view_repeats",
        "two_views",
        """
def two_views(
    x: Tensor, recipe: Recipe, generator: Generator | None = None
) -> tuple[Tensor, Tensor]:
    first = torch.default_generator if generator is None else generator
    # a stream of its own for the second view, so that the two are independent
    second = Generator().manual_seed((first.initial_seed() + 1) % 2**63)
    return one_view(x, recipe, generator), one_view(x, recipe, second)
""",
        "initial_seed() never changes, so every call draws the same crops, flips and colours for x2, while x1 varies: over a training run row b of the second view always gets the same parameters. Contradicts 'generator: source of randomness' and 'every image draws its own parameters' / 'Two independent views of each image'.",
    ),
    (
        "jitter_in_place_if_all",
        "color_jitter",
        """
def color_jitter(
    x: Tensor,
    brightness: float,
    contrast: float,
    saturation: float,
    hue: float,
    p: float = 0.8,
    generator: Generator | None = None,
) -> Tensor:
    B = len(x)
    chosen = coin(B, p, generator)
    amounts = [
        uniform(B, max(0.0, 1 - s), 1 + s, generator) for s in (brightness, contrast, saturation)
    ]
    amounts.append(uniform(B, -hue, hue, generator))
    changes = (adjust_brightness, adjust_contrast, adjust_saturation, adjust_hue)
    order = torch.rand(B, len(changes), generator=generator).argsort(1)
    # if every image is rewritten, nothing of the old batch has to be copied
    out = x if bool(chosen.all()) else x.clone()
    for t in range(len(changes)):
        for number, (change, amount) in enumerate(zip(changes, amounts, strict=True)):
            out = change_some_(out, chosen & (order[:, t] == number), change, amount)
    return out
""",
        "Only if all images happen to be chosen (p = 1, or a small batch) the caller's x itself is changed, and the result is x; two_views then makes its second view from already jittered images. Contradicts the page's 'Make each from the original image', and the docstring, which returns images and does not say that x changes.",
    ),
    (
        "luma_cached_by_device",
        "to_gray",
        """
def to_gray(x: Tensor, _luma: dict = {}) -> Tensor:
    # the three weights are the same in every call: build them once on each device
    if x.device not in _luma:
        _luma[x.device] = x.new_tensor(LUMA).view(1, 3, 1, 1)
    return (x * _luma[x.device]).sum(dim=1, keepdim=True)
""",
        "The cache forgets the dtype: after a first call in float64, float32 images give float64 grey; after a first call in float32, float64 images get weights rounded to float32. Contradicts 'with x's dtype and device'.",
    ),
    (
        "last_resort_global_rng",
        "crop_boxes",
        """
def crop_boxes(B: int, height: int, width: int, scale, ratio, generator=None) -> Tensor:
    draws = 10
    area = height * width * uniform((B, draws), scale[0], scale[1], generator)
    aspect = uniform((B, draws), math.log(ratio[0]), math.log(ratio[1]), generator).exp()
    w = (area * aspect).sqrt().round().long().clamp(min=1)
    h = (area / aspect).sqrt().round().long().clamp(min=1)
    fits = (w <= width) & (h <= height)
    first = fits.int().argmax(1, keepdim=True)
    w, h = w.gather(1, first)[:, 0], h.gather(1, first)[:, 0]
    place = torch.rand(B, 2, generator=generator)
    stuck = ~fits.any(1)
    if stuck.any():
        # the largest box of an allowed ratio, at a place of its own
        own = width / height
        if own < ratio[0]:
            tall, wide = max(1, round(width / ratio[0])), width
        elif own > ratio[1]:
            tall, wide = height, max(1, round(height * ratio[1]))
        else:
            tall, wide = height, width
        h[stuck], w[stuck] = tall, wide
        place[stuck] = torch.rand(int(stuck.sum()), 2)
    top = (place[:, 0] * (height - h + 1)).long()
    left = (place[:, 1] * (width - w + 1)).long()
    return torch.stack([top, left, h, w], 1)
""",
        "Only boxes of the last resort are placed by torch's global generator: the same seeded generator then gives other boxes, and the global one is moved. Contradicts 'generator: source of randomness' and 'one seed gives the same views everywhere'.",
    ),
    (
        "brightness_added_2",
        "adjust_brightness",
        """
def adjust_brightness(x: Tensor, factor: Tensor) -> Tensor:
    # a brightness change of factor - 1, the same for every value of the image
    delta = factor - 1
    return (x + delta.view(-1, 1, 1, 1)).clamp(0, 1)
""",
        "Adds factor - 1 (the paper's TensorFlow listing) instead of multiplying. Against 'blended with black: ... 2 twice its brightness' and 'scale every value of an image by its factor'. Right at factor 1, and at factor 0 (all black), wrong for all other factors on values strictly inside (0, 1).",
    ),
    (
        "luma_bt709",
        "to_gray",
        """
def to_gray(x: Tensor) -> Tensor:
    # luminance of an sRGB pixel, as skimage.color.rgb2gray computes it
    weights = x.new_tensor([0.2126, 0.7152, 0.0722])
    return (x * weights[:, None, None]).sum(dim=1, keepdim=True)
""",
        "Rec. 709 weights (skimage) instead of '0.2989 R + 0.587 G + 0.114 B'. Shows on every coloured image; grey images differ only by 1e-4 (LUMA sums to 0.9999).",
    ),
    (
        "one_width_for_all",
        "gaussian_blur",
        """
def gaussian_blur(x: Tensor, p: float = 0.5, sigma=(0.1, 2.0), generator=None) -> Tensor:
    B = len(x)
    chosen = coin(B, p, generator)
    low, high = sigma
    width = uniform(1, low, high, generator).expand(B)
    return change_some(x, chosen, blur, width)
""",
        "One width for the whole batch, expanded to B. Against 'a width drawn uniformly' for each image, 'blur the chosen images, each with its own width', and the page: 'each image draws its own random numbers'. Shows on batches of two or more blurred images (e.g. copies of one image at p = 1 all come out equal).",
    ),
    (
        "resize_without_antialias_2_2",
        "crop_and_resize",
        """
def crop_and_resize(x: Tensor, boxes: Tensor, size: int) -> Tensor:
    views = []
    for image, (top, left, height, width) in zip(x, boxes.tolist()):
        part = image[None, :, top : top + height, left : left + width]
        views.append(F.interpolate(part, (size, size), mode="bilinear", align_corners=False))
    return torch.cat(views)
""",
        "F.interpolate without antialias=True: plain bilinear, which looks at two pixels even when the picture shrinks. Against 'bilinear, anti-aliased'. Right whenever the box is no larger than size in both directions; wrong when a side of the box is larger than size (7 7 0 0 gives 7 and 0 instead of 6 and 1).",
    ),
    (
        "only_the_ratio_again",
        "crop_boxes",
        """
def crop_boxes(B: int, height: int, width: int, scale, ratio, generator=None) -> Tensor:
    # one area for each image, ten ratios
    area = height * width * uniform((B, 1), scale[0], scale[1], generator)
    aspect = uniform((B, 10), math.log(ratio[0]), math.log(ratio[1]), generator).exp()
    w = (area * aspect).sqrt().round().clamp(min=1)
    h = (area / aspect).sqrt().round().clamp(min=1)
    # the last resort is an eleventh candidate, which always fits
    last_w = min(width, max(1, round(height * ratio[1])))
    last_h = min(height, max(1, round(width / ratio[0])))
    w = torch.cat((w, torch.full((B, 1), float(last_w))), 1)
    h = torch.cat((h, torch.full((B, 1), float(last_h))), 1)
    first = ((w <= width) & (h <= height)).int().argmax(1, keepdim=True)
    w, h = w.gather(1, first)[:, 0], h.gather(1, first)[:, 0]
    top = (torch.rand(B, generator=generator) * (height - h + 1)).floor()
    left = (torch.rand(B, generator=generator) * (width - w + 1)).floor()
    return torch.stack((top, left, h, w), 1).long()
""",
        "Draws the area once and only the ratio ten times. Against 'A box that does not fit is drawn again, with a new area and a new ratio' and 'draw ten candidate sizes for each image: area uniformly, ...'. Shows only where boxes do not fit: scales near 1 with ratios away from the image's own, e.g. scale (0.08, 1) and ratio (3/4, 4/3) on squares: too many large areas, and scale (0.95, 1) with ratio (0.5, 2): too many last resorts. Small scales are right.",
    ),
    (
        "negative_factors_clamped",
        "color_jitter",
        """
def color_jitter(
    x: Tensor,
    brightness: float,
    contrast: float,
    saturation: float,
    hue: float,
    p: float = 0.8,
    generator: Generator | None = None,
) -> Tensor:
    B = len(x)
    chosen = coin(B, p, generator)
    order = torch.rand((B, 4), generator=generator).argsort(1)
    changes = [
        (adjust_brightness, uniform(B, 1 - brightness, 1 + brightness, generator).clamp(min=0)),
        (adjust_contrast, uniform(B, 1 - contrast, 1 + contrast, generator).clamp(min=0)),
        (adjust_saturation, uniform(B, 1 - saturation, 1 + saturation, generator).clamp(min=0)),
        (adjust_hue, uniform(B, -hue, hue, generator)),
    ]
    for t in range(4):
        for k, (change, amount) in enumerate(changes):
            x = change_some(x, chosen & (order[:, t] == k), change, amount)
    return x
""",
        "Draws from [1 - strength, 1 + strength] and raises negative factors to 0, so a share of the images gets factor exactly 0 (black or flat grey). Against 'Factors are drawn uniformly from [max(0, 1 - strength), 1 + strength]'. Shows only for strengths above 1 (strength 2: a quarter of the images are black instead of none; the mean factor is 1.125 instead of 1.5).",
    ),
    (
        "views_must_overlap",
        "two_views",
        '''
def two_views(
    x: Tensor, recipe: Recipe, generator: Generator | None = None
) -> tuple[Tensor, Tensor]:
    B, _, H, W = x.shape
    if not recipe.crop:
        return one_view(x, recipe, generator), one_view(x, recipe, generator)

    def draw():
        boxes = crop_boxes(B, H, W, recipe.crop_scale, recipe.crop_ratio, generator)
        cropped = coin(B, recipe.crop, generator)
        return torch.where(cropped[:, None], boxes, whole_image(x))

    def overlap(a, b):
        """Share of the smaller box that lies inside the other one, shape (B,)."""
        start = torch.maximum(a[:, :2], b[:, :2])
        stop = torch.minimum(a[:, :2] + a[:, 2:], b[:, :2] + b[:, 2:])
        common = (stop - start).clamp(min=0).prod(1)
        return common / torch.minimum(a[:, 2:].prod(1), b[:, 2:].prod(1))

    # two views are a positive pair only if they show the same thing: draw the second box again
    # until half of the smaller one is seen in both, and in the end take the first box again
    boxes1 = draw()
    boxes2 = draw()
    for _ in range(20):
        apart = overlap(boxes1, boxes2) < 0.5
        if not apart.any():
            break
        boxes2 = torch.where(apart[:, None], draw(), boxes2)
    apart = overlap(boxes1, boxes2) < 0.5
    boxes2 = torch.where(apart[:, None], boxes1, boxes2)
    return (
        one_view(x, recipe, generator, boxes1),
        one_view(x, recipe, generator, boxes2),
    )
''',
        "Believes that the two crops of a positive pair must overlap, and rejects the second box until they do. Against 'Two independent views of each image' and 'apply the recipe twice, with independent draws': the second box depends on the first, and the second view's area and position no longer follow the recipe given the first. Each view and all shapes, ranges and dtypes look fine; shows with small crops (scale well below 1): the centres of the two boxes are correlated and disjoint boxes never occur. Right for recipes without crop.",
    ),
    (
        "flip_fair_coin",
        "horizontal_flip",
        """
def horizontal_flip(x, p=0.5, generator=None):
    # 0 or 1 for each image: leave it or mirror it
    heads = torch.randint(0, 2, (x.shape[0],), generator=generator).bool()
    mirrored = x.flip(dims=[-1])
    return torch.where(heads.view(-1, 1, 1, 1).to(x.device), mirrored, x)
""",
        "p is never used: the coin is always fair. Breaks 'flipped left to right with probability p'; right at the default p = 0.5 only, wrong for every other p (p = 1 leaves half of the images, p = 0 flips half).",
    ),
    (
        "jitter_each_round_from_the_original",
        "color_jitter",
        """
def color_jitter(x, brightness, contrast, saturation, hue, p=0.8, generator=None):
    B = len(x)
    chosen = coin(B, p, generator)
    order = torch.rand(B, 4, generator=generator).argsort(dim=1)
    steps = []
    for function, strength in (
        (adjust_brightness, brightness),
        (adjust_contrast, contrast),
        (adjust_saturation, saturation),
    ):
        steps.append((function, uniform(B, max(0, 1 - strength), 1 + strength, generator)))
    steps.append((adjust_hue, uniform(B, -hue, hue, generator)))

    out = x.clone()
    for t in range(4):
        for number, (function, amount) in enumerate(steps):
            now = (chosen & (order[:, t] == number)).nonzero()[:, 0]
            if len(now) > 0:
                there = now.to(x.device)
                out[there] = function(x[there], amount[now].to(x))
    return out
""",
        "Every round starts from the original x instead of the result so far (x[there] for out[there]), so only the change that comes last in an image's order is left. Breaks the docstring's 'Each image with its colours changed ... in its own order' and the page's 'Change brightness, contrast, saturation and hue' (in each of four rounds, one after the other). Right only if at most the last change does something.",
    ),
    (
        "boxes_to_float32",
        "crop_and_resize",
        """
def crop_and_resize(x, boxes, size):
    _, _, H, W = x.shape
    # the weights need real numbers, and the boxes are integers
    top, left, height, width = boxes.float().to(x.device).unbind(dim=1)
    rows = resize_weights(top, height, H, size)
    columns = resize_weights(left, width, W, size)
    return torch.einsum("bih,bchw,bjw->bcij", rows, x, columns)
""",
        "The weights are always float32 (.float() instead of x's dtype), so float64 images raise a RuntimeError in einsum. Breaks 'Images are float32 or float64' and 'with x's dtype'; float32 is right.",
    ),
    (
        "saturation_from_lightness",
        "adjust_saturation",
        """
def adjust_saturation(x, factor):
    # a pixel without saturation has only its lightness left, as in HSL
    strongest = x.max(dim=1, keepdim=True).values
    weakest = x.min(dim=1, keepdim=True).values
    grey = (strongest + weakest) / 2
    f = factor.reshape(-1, 1, 1, 1)
    return torch.clamp(grey + f * (x - grey), 0, 1)
""",
        "The other image is the lightness of HSL, (max + min) / 2, instead of the grey version. Breaks 'blended with its grey version' (0.2989 R + 0.587 G + 0.114 B, to_gray); right at factor 1 and on pixels that are grey already.",
    ),
    (
        "unchosen_get_the_smallest_width",
        "gaussian_blur",
        """
def gaussian_blur(x, p=0.5, sigma=(0.1, 2.0), generator=None):
    narrow, wide = sigma
    chosen = coin(len(x), p, generator)
    width = uniform(len(x), narrow, wide, generator)
    # the smallest width leaves an image as it is, so one call does for the whole batch
    width = torch.where(chosen, width, torch.full_like(width, narrow))
    return blur(x, width.to(x))
""",
        "Images whose coin shows tails are blurred with the lower end of `sigma` instead of not at all. With the default 0.1 that is the identity (the neighbours' weight is exp(-50)), but with sigma = (0.5, 2) or (1, 2) every image is blurred, also at p = 0, and a lower end of 0 gives NaN. Breaks 'blurred with probability p' and 'blur the chosen images'.",
    ),
    (
        "fit_tested_before_rounding",
        "crop_boxes",
        """
def crop_boxes(B, height, width, scale, ratio, generator=None):
    area = uniform((B, 10), scale[0], scale[1], generator) * (height * width)
    aspect = uniform((B, 10), math.log(ratio[0]), math.log(ratio[1]), generator).exp()
    w = torch.sqrt(area * aspect)
    h = torch.sqrt(area / aspect)
    fits = (h <= height) & (w <= width)
    first = fits.int().argmax(dim=1, keepdim=True)  # 0 if none fits
    h = h.gather(1, first)[:, 0].round().clamp(min=1).long()
    w = w.gather(1, first)[:, 0].round().clamp(min=1).long()

    # the largest box of an allowed ratio, where all ten were too large
    last_h, last_w = height, width
    if width / height < ratio[0]:
        last_h = max(1, round(width / ratio[0]))
    elif width / height > ratio[1]:
        last_w = max(1, round(height * ratio[1]))
    found = fits.any(dim=1)
    h = torch.where(found, h, last_h)
    w = torch.where(found, w, last_w)

    top = (torch.rand(B, generator=generator) * (height - h + 1)).long()
    left = (torch.rand(B, generator=generator) * (width - w + 1)).long()
    return torch.stack([top, left, h, w], dim=1)
""",
        "A candidate is tested before its sides are rounded, so one of 32.3 pixels is refused though as a box it has 32 and fits. Breaks 'Each side is rounded to whole pixels ... A box that does not fit is drawn again': boxes as wide or as tall as the image come about half as often as they should (3.5% instead of 6.7% on 32 x 32 with the default ranges; 58% instead of 70% with scale = (0.9, 1), last resorts included). All boxes are legal; small scales are right.",
    ),
    (
        "flip_in_place_12",
        "horizontal_flip",
        """
def horizontal_flip(x: Tensor, p: float = 0.5, generator: Generator | None = None) -> Tensor:
    # boolean mask, as in numpy
    flips = torch.rand(x.shape[0], generator=generator) < p
    flips = flips.to(x.device)
    x[flips] = x[flips][:, :, :, torch.arange(x.shape[3] - 1, -1, -1, device=x.device)]
    return x
""",
        "NumPy user: assigns through a mask into the argument, so the caller's batch is flipped too; with recipes without a crop the second view is no longer made from the original image (page, step 12: 'Make each from the original image')",
    ),
    (
        "blur_width_from_python_random",
        "gaussian_blur",
        """
def gaussian_blur(x: Tensor, p: float = 0.5, sigma=(0.1, 2.0), generator=None) -> Tensor:
    import random

    do_it = coin(len(x), p, generator)
    out = []
    for i in range(len(x)):
        img = x[i : i + 1]
        if do_it[i]:
            s = random.uniform(sigma[0], sigma[1])
            img = blur(img, torch.full((1,), s, dtype=x.dtype, device=x.device))
        out.append(img)
    return torch.cat(out) if out else x.clone()
""",
        "beginner with a loop: the coins come from the generator, the widths from Python's own random module; breaks 'generator: source of randomness' (and the page: one seed gives the same views)",
    ),
    (
        "contrast_mean_of_batch",
        "adjust_contrast",
        """
def adjust_contrast(x: Tensor, factor: Tensor) -> Tensor:
    mu = to_gray(x).mean()  # mean luminance
    deviation = x - mu
    f = factor.reshape(-1, 1, 1, 1)
    return torch.clip(mu + f * deviation, 0.0, 1.0)
""",
        "physicist: mean() without dimensions is one number for the whole batch; docstring: each image is blended with ITS mean brightness, 'one number for each image'",
    ),
    (
        "views_interleaved_then_halved",
        "two_views",
        """
def two_views(
    x: Tensor, recipe: Recipe, generator: Generator | None = None
) -> tuple[Tensor, Tensor]:
    n = x.size(0)
    # duplicate the batch so that a single call makes everything (faster on GPU)
    both = one_view(torch.repeat_interleave(x, 2, dim=0), recipe, generator)
    return both[:n], both[n:]
""",
        "hurried engineer: repeat_interleave gives the order a a b b, but the result is cut into halves, as for a b a b; breaks 'row b of each is a view of image b'",
    ),
    (
        "jitter_factor_clamped_not_drawn",
        "color_jitter",
        """
def color_jitter(
    x: Tensor,
    brightness: float,
    contrast: float,
    saturation: float,
    hue: float,
    p: float = 0.8,
    generator: Generator | None = None,
) -> Tensor:
    B = len(x)

    def factors(strength):
        amount = 2 * torch.rand(B, generator=generator) - 1  # in [-1, 1)
        return (1 + strength * amount).clamp(min=0)  # a factor is never negative

    active = coin(B, p, generator)
    jobs = [
        (adjust_brightness, factors(brightness)),
        (adjust_contrast, factors(contrast)),
        (adjust_saturation, factors(saturation)),
        (adjust_hue, hue * (2 * torch.rand(B, generator=generator) - 1)),
    ]
    order = torch.rand(B, 4, generator=generator).argsort(dim=1)
    for turn in range(4):
        for number, (job, values) in enumerate(jobs):
            x = change_some(x, active & (order[:, turn] == number), job, values)
    return x
""",
        "draws from [1 - s, 1 + s] and clamps at 0 afterwards: for strengths above 1 the range is right, but 0 gets a lump of probability (a quarter at strength 2); docstring: factors are drawn UNIFORMLY from [max(0, 1 - strength), 1 + strength]",
    ),
    (
        "boxes_keep_their_area",
        "crop_boxes",
        """
def crop_boxes(B: int, height: int, width: int, scale, ratio, generator=None) -> Tensor:
    area = height * width * uniform(B, scale[0], scale[1], generator)
    # last resort: largest box with an allowed ratio
    r_image = width / height
    if r_image < ratio[0]:
        w_last, h_last = width, max(1, round(width / ratio[0]))
    elif r_image > ratio[1]:
        w_last, h_last = max(1, round(height * ratio[1])), height
    else:
        w_last, h_last = width, height
    w = torch.full((B,), w_last, dtype=torch.int64)
    h = torch.full((B,), h_last, dtype=torch.int64)
    missing = torch.ones(B, dtype=torch.bool)
    for _ in range(10):
        r = torch.exp(uniform(B, math.log(ratio[0]), math.log(ratio[1]), generator))
        w_try = torch.sqrt(area * r).round().long().clamp(min=1)
        h_try = torch.sqrt(area / r).round().long().clamp(min=1)
        good = missing & (w_try <= width) & (h_try <= height)
        w[good] = w_try[good]
        h[good] = h_try[good]
        missing &= ~good
    top = (torch.rand(B, generator=generator) * (height - h + 1)).long()
    left = (torch.rand(B, generator=generator) * (width - w + 1)).long()
    return torch.stack([top, left, h, w], dim=1)
""",
        "the area is drawn once per image, only the ratio ten times; docstring: a box that does not fit is drawn again 'with a new area and a new ratio' (with scale (0.5, 1.5) every second box is then the last resort, instead of about none)",
    ),
    (
        "brightness_adds_an_amount",
        "adjust_brightness",
        """
def adjust_brightness(x, factor):
    delta = (factor - 1.0).reshape(-1, 1, 1, 1)   # factor 1 = no change
    return torch.clip(x + delta, 0.0, 1.0)
""",
        "adds factor - 1 as in the paper's listing instead of multiplying; 'factor 2 gives twice its brightness' is broken (it gives white).",
    ),
    (
        "contrast_around_each_channels_mean",
        "adjust_contrast",
        """
def adjust_contrast(x, factor):
    f = factor.reshape(len(x), 1, 1, 1)
    mu = x.mean(axis=(2, 3), keepdims=True)
    out = mu + f * (x - mu)
    return out.clip(0, 1)
""",
        "each channel is blended with its own mean, so factor 0 gives a flat colour; the docstring promises the mean brightness and flat grey.",
    ),
    (
        "jitter_order_from_python_random",
        "color_jitter",
        """
def color_jitter(x, brightness, contrast, saturation, hue, p=0.8, generator=None):
    import random

    n = len(x)
    take_part = coin(n, p, generator)
    b = uniform(n, max(0, 1 - brightness), 1 + brightness, generator).to(x)
    c = uniform(n, max(0, 1 - contrast), 1 + contrast, generator).to(x)
    s = uniform(n, max(0, 1 - saturation), 1 + saturation, generator).to(x)
    h = uniform(n, -hue, hue, generator).to(x)
    result = x.clone()
    for i in range(n):
        if not take_part[i]:
            continue
        jobs = [
            (adjust_brightness, b),
            (adjust_contrast, c),
            (adjust_saturation, s),
            (adjust_hue, h),
        ]
        random.shuffle(jobs)
        picture = x[i : i + 1]
        for job, amount in jobs:
            picture = job(picture, amount[i : i + 1])
        result[i] = picture[0]
    return result
""",
        "the order comes from Python's random, not from the torch generator; one seed no longer gives the same views.",
    ),
    (
        "grayscale_paints_over_the_batch",
        "grayscale",
        """
def grayscale(x, p=0.2, generator=None):
    tosses = coin(x.size(0), p, generator)
    for i in range(x.size(0)):
        if tosses[i]:
            gray = to_gray(x[i].unsqueeze(0)).squeeze(0)
            for channel in range(3):
                x[i, channel] = gray[0]
    return x
""",
        "writes into the caller's images; with a recipe without crops the second view is then made from an image that is already grey, and the page says to make each from the original image.",
    ),
    (
        "boxes_redrawn_for_the_whole_batch",
        "crop_boxes",
        """
def crop_boxes(B, height, width, scale, ratio, generator=None):
    log_low, log_high = math.log(ratio[0]), math.log(ratio[1])
    for _ in range(10):
        area = height * width * uniform(B, scale[0], scale[1], generator)
        aspect = uniform(B, log_low, log_high, generator).exp()
        w = (area * aspect).sqrt().round().long().clamp(min=1)
        h = (area / aspect).sqrt().round().long().clamp(min=1)
        fits = (w <= width) & (h <= height)
        if fits.all():
            break
    # last resort for whatever still does not fit
    best = min(max(width / height, ratio[0]), ratio[1])
    w = torch.where(fits, w, max(1, min(width, round(height * best))))
    h = torch.where(fits, h, max(1, min(height, round(width / best))))
    top = (torch.rand(B, generator=generator) * (height - h + 1)).long()
    left = (torch.rand(B, generator=generator) * (width - w + 1)).long()
    return torch.stack([top, left, h, w], dim=1)
""",
        "redraws all boxes as long as one of them does not fit, so boxes that fitted are thrown away and in a large batch the last resort comes after one failure, not ten; right for B = 1. Breaks 'a box that does not fit is drawn again, up to ten draws'.",
    ),
    (
        "blur_kernel_of_one_pixel_in_small_images",
        "gaussian_blur",
        """
def gaussian_blur(x, p=0.5, sigma=(0.1, 2.0), generator=None):
    B, C, H, W = x.shape
    kernel_size = H // 10
    if kernel_size % 2 == 0:
        kernel_size += 1  # must be odd
    radius = kernel_size // 2

    chosen = coin(B, p, generator).to(x.device)
    widths = uniform(B, sigma[0], sigma[1], generator).to(x)

    offsets = torch.arange(-radius, radius + 1, device=x.device, dtype=x.dtype)
    kernel = torch.exp(-(offsets**2) / (2 * widths[:, None] ** 2))
    kernel = kernel / kernel.sum(dim=1, keepdim=True)
    kernel = kernel.repeat_interleave(C, dim=0)  # one per image and channel

    flat = x.reshape(1, B * C, H, W)
    flat = F.pad(flat, (radius, radius, radius, radius), mode="reflect")
    flat = F.conv2d(flat, kernel[:, None, :, None], groups=B * C)
    flat = F.conv2d(flat, kernel[:, None, None, :], groups=B * C)
    blurred = flat.reshape(B, C, H, W)
    return torch.where(chosen[:, None, None, None], blurred, x)
""",
        "below 20 pixels of height the kernel has a single pixel and nothing is blurred; 'an odd number of pixels, at least 3' is broken (right at 32 x 32).",
    ),
    (
        "plain_interpolate",
        "crop_and_resize",
        """
def crop_and_resize(x: Tensor, boxes: Tensor, size: int) -> Tensor:
    results = []
    for i in range(len(x)):
        top, left, h, w = [int(v) for v in boxes[i]]
        part = x[i : i + 1, :, top : top + h, left : left + w]
        small = F.interpolate(part, size=(size, size), mode="bilinear", align_corners=False)
        results.append(small)
    return torch.cat(results)
""",
        "A beginner cuts with slices and calls F.interpolate without antialias=True: a box that shrinks skips source pixels. Breaks 'bilinear, anti-aliased' (page: 7 7 0 0 must become 6 1, this gives 7 0).",
    ),
    (
        "mean_of_each_channel",
        "adjust_contrast",
        """
def adjust_contrast(x: Tensor, factor: Tensor) -> Tensor:
    f = factor.view(-1, 1, 1, 1)
    x_mean = x.mean(dim=(2, 3), keepdim=True)
    fluctuation = x - x_mean
    return torch.clamp(x_mean + f * fluctuation, min=0.0, max=1.0)
""",
        "A physicist takes the mean of each colour channel over the pixels: three numbers an image, not one, so factor 0 gives a flat colour. Breaks 'factor 0 gives flat grey' and 'one number per image: the mean of its grey version'.",
    ),
    (
        "interleaved_then_halved",
        "two_views",
        """
def two_views(
    x: Tensor, recipe: Recipe, generator: Generator | None = None
) -> tuple[Tensor, Tensor]:
    # every image twice, so that one call makes all views
    doubled = x.repeat_interleave(2, dim=0)
    views = one_view(doubled, recipe, generator)
    x1, x2 = views.chunk(2, dim=0)
    return x1, x2
""",
        "A hurried engineer makes all 2B views in one call, but repeat_interleave gives 0 0 1 1 ... and the halves are images 0 .. B/2 and the rest. Breaks 'row b of each is a view of image b'.",
    ),
    (
        "flips_the_argument",
        "horizontal_flip",
        """
def horizontal_flip(x: Tensor, p: float = 0.5, generator: Generator | None = None) -> Tensor:
    B, C, H, W = x.shape
    heads = (torch.rand(B, generator=generator) < p).to(x.device)
    backwards = torch.arange(W - 1, -1, -1, device=x.device)  # torch has no [::-1]
    x[heads] = x[heads][:, :, :, backwards]
    return x
""",
        "A NumPy user assigns through a mask, which changes the caller's images and returns the same tensor. With the recipe 'flip', both views of two_views are then one tensor. Breaks 'Make each from the original image' and 'two independent views'.",
    ),
    (
        "factor_clamped_after_the_draw",
        "color_jitter",
        """
def color_jitter(
    x: Tensor,
    brightness: float,
    contrast: float,
    saturation: float,
    hue: float,
    p: float = 0.8,
    generator: Generator | None = None,
) -> Tensor:
    B = len(x)
    chosen = coin(B, p, generator)
    amounts = []
    for strength in (brightness, contrast, saturation):
        factor = uniform(B, 1 - strength, 1 + strength, generator)
        amounts.append(factor.clamp(min=0))  # never below 0
    amounts.append(uniform(B, -hue, hue, generator))
    changes = (adjust_brightness, adjust_contrast, adjust_saturation, adjust_hue)
    order = torch.rand(B, 4, generator=generator).argsort(dim=1)
    for turn in range(4):
        for number, change in enumerate(changes):
            now = chosen & (order[:, turn] == number)
            x = change_some(x, now, change, amounts[number])
    return x
""",
        "The lower bound is applied to the factor, not to the range. The same up to strength 1; with strength 1.5, one factor in six is exactly 0 (a black, flat or grey image). Breaks 'uniformly from [max(0, 1 - strength), 1 + strength]'.",
    ),
    (
        "corner_rounded_to_a_pixel",
        "crop_boxes",
        """
def crop_boxes(B: int, height: int, width: int, scale, ratio, generator=None) -> Tensor:
    draws = 10
    area = height * width * uniform((B, draws), scale[0], scale[1], generator)
    aspect = torch.exp(uniform((B, draws), math.log(ratio[0]), math.log(ratio[1]), generator))
    h = torch.sqrt(area / aspect).round().clamp(min=1)
    w = torch.sqrt(area * aspect).round().clamp(min=1)

    # an eleventh candidate that always fits: the largest box of an allowed ratio
    best = min(max(width / height, ratio[0]), ratio[1])
    h_max = max(1, round(min(height, width / best)))
    w_max = max(1, round(min(width, height * best)))
    h = torch.cat([h, torch.full((B, 1), float(h_max))], dim=1)
    w = torch.cat([w, torch.full((B, 1), float(w_max))], dim=1)

    fits = (h <= height) & (w <= width)
    first = fits.int().argmax(dim=1, keepdim=True)
    h, w = h.gather(1, first).squeeze(1), w.gather(1, first).squeeze(1)
    top = torch.round((height - h) * torch.rand(B, generator=generator))
    left = torch.round((width - w) * torch.rand(B, generator=generator))
    return torch.stack([top, left, h, w], dim=1).long()
""",
        "The corner is rounded to the nearest pixel, like the sides. Every position occurs, but the first and the last only half as often as those between. Breaks 'equally likely to be anywhere inside the image' (page: all 285 positions equally likely).",
    ),
    (
        "flip_with_python_random",
        "horizontal_flip",
        """
def horizontal_flip(x, p=0.5, generator=None):
    import random

    flipped = []
    for image in x:
        if random.random() < p:
            flipped.append(torch.flip(image, [2]))
        else:
            flipped.append(image)
    return torch.stack(flipped)
""",
        "beginner in Python: the coins come from Python's random module, and the generator is ignored; breaks 'generator: source of randomness' (None is torch's global one), so one seed does not give the same views",
    ),
    (
        "interpolate_without_antialias",
        "crop_and_resize",
        """
def crop_and_resize(x: Tensor, boxes: Tensor, size: int) -> Tensor:
    out = torch.empty(x.shape[0], x.shape[1], size, size, dtype=x.dtype, device=x.device)
    for b, (top, left, h, w) in enumerate(boxes.tolist()):
        patch = x[b : b + 1, :, top : top + h, left : left + w]
        out[b] = F.interpolate(patch, (size, size), mode="bilinear", align_corners=False)[0]
    return out
""",
        "hurried engineer: F.interpolate without antialias=True; right whenever the box grows, but a box that shrinks skips pixels; breaks 'bilinear, anti-aliased' (page: 7 7 0 0 becomes 6 1, not 7 0)",
    ),
    (
        "contrast_around_mean_of_channels",
        "adjust_contrast",
        """
def adjust_contrast(x: Tensor, factor: Tensor) -> Tensor:
    mu = x.mean(axis=(1, 2, 3), keepdims=True)
    f = factor.reshape(-1, 1, 1, 1)
    return (mu + f * (x - mu)).clip(0, 1)
""",
        "NumPy user: the mean over all values of the image, with red, green and blue counted equally, instead of the mean of the grey version; breaks 'its mean brightness' (page: the mean of step 5 over its pixels)",
    ),
    (
        "views_of_neighbours",
        "two_views",
        """
def two_views(
    x: Tensor, recipe: Recipe, generator: Generator | None = None
) -> tuple[Tensor, Tensor]:
    # one big batch is faster than two small ones
    doubled = torch.cat([x, x], dim=0)
    views = one_view(doubled, recipe, generator)
    return views[0::2], views[1::2]
""",
        "chat assistant: stacks the batch as (all, all) but takes it apart as if each image stood next to its copy; breaks 'row b of each is a view of image b' (row 0 of x2 shows image 1)",
    ),
    (
        "area_kept_when_drawn_again",
        "crop_boxes",
        """
def crop_boxes(B: int, height: int, width: int, scale, ratio, generator=None) -> Tensor:
    area = height * width * uniform(B, scale[0], scale[1], generator)
    log_low, log_high = math.log(ratio[0]), math.log(ratio[1])

    # the last resort, for the boxes that never fit
    if width / height > ratio[1]:
        h, w = height, max(1, round(height * ratio[1]))
    elif width / height < ratio[0]:
        h, w = max(1, round(width / ratio[0])), width
    else:
        h, w = height, width
    box_h = torch.full((B,), float(h))
    box_w = torch.full((B,), float(w))

    todo = torch.ones(B, dtype=torch.bool)
    for _ in range(10):
        aspect = uniform(B, log_low, log_high, generator).exp()
        w = (area * aspect).sqrt().round().clamp(min=1)
        h = (area / aspect).sqrt().round().clamp(min=1)
        fits = todo & (w <= width) & (h <= height)
        box_w[fits] = w[fits]
        box_h[fits] = h[fits]
        todo = todo & ~fits

    top = (torch.rand(B, generator=generator) * (height - box_h + 1)).floor()
    left = (torch.rand(B, generator=generator) * (width - box_w + 1)).floor()
    return torch.stack([top, left, box_h, box_w], dim=1).long()
""",
        "engineer: the area is drawn once before the ten tries, only the ratio is drawn again; right as long as the first box fits; breaks 'drawn again, with a new area and a new ratio' (large areas come out too often, and an area too large for every ratio always ends in the last resort)",
    ),
    (
        "factors_clamped_after_the_draw",
        "color_jitter",
        """
def color_jitter(
    x: Tensor,
    brightness: float,
    contrast: float,
    saturation: float,
    hue: float,
    p: float = 0.8,
    generator: Generator | None = None,
) -> Tensor:
    B = len(x)
    chosen = coin(B, p, generator)
    order = torch.rand((B, 4), generator=generator).argsort(dim=1)
    changes = [adjust_brightness, adjust_contrast, adjust_saturation, adjust_hue]
    amounts = []
    for strength in (brightness, contrast, saturation):
        # a factor must not be negative
        amounts.append(uniform(B, 1 - strength, 1 + strength, generator).clamp(min=0))
    amounts.append(uniform(B, -hue, hue, generator))
    for t in range(4):
        now = order[:, t]
        for k in range(4):
            x = change_some(x, chosen & (now == k), changes[k], amounts[k])
    return x
""",
        "careful student: cuts the factors off at 0 after the draw instead of starting the range at 0; the same for strengths up to 1; breaks 'uniformly from [max(0, 1 - strength), 1 + strength]' for strengths above 1 (with strength 2 a quarter of the factors is exactly 0)",
    ),
]
