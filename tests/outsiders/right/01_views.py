# ruff: noqa: E501  (a version is written as its author wrote it)
"""Right versions of lesson 1's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "flip_gather",
        "horizontal_flip",
        """
def horizontal_flip(x: Tensor, p: float = 0.5, generator: Generator | None = None) -> Tensor:
    B, C, H, W = x.shape
    heads = torch.bernoulli(torch.full((B,), float(p)), generator=generator).long()
    # column j reads j, or W - 1 - j where the coin shows heads: |heads * (W - 1) - j|
    j = torch.arange(W)
    source = (heads[:, None] * (W - 1) - j).abs()  # (B, W)
    source = source.to(x.device)[:, None, None, :].expand(B, C, H, W)
    return torch.gather(x, 3, source)
""",
        "throws its coins with torch.bernoulli and gathers every column by an index |heads * (W - 1) - j| instead of flipping chosen rows",
    ),
    (
        "boxes_python_loop",
        "crop_boxes",
        """
def crop_boxes(B: int, height: int, width: int, scale, ratio, generator=None) -> Tensor:
    def draw(u, low, high):
        return low + (high - low) * u

    def last_resort():
        w, h = width, height
        if width > height * ratio[1]:
            w = max(1, min(width, round(height * ratio[1])))
        elif width < height * ratio[0]:
            h = max(1, min(height, round(width / ratio[0])))
        return h, w

    logs = math.log(ratio[0]), math.log(ratio[1])
    boxes = []
    for numbers in torch.rand(B, 22, generator=generator, dtype=torch.float64).tolist():
        for t in range(10):
            area = draw(numbers[t], *scale) * height * width
            r = math.exp(draw(numbers[10 + t], *logs))
            w = max(1, round(math.sqrt(area * r)))
            h = max(1, round(math.sqrt(area / r)))
            if w <= width and h <= height:
                break
        else:
            h, w = last_resort()
        top = int(numbers[20] * (height - h + 1))
        left = int(numbers[21] * (width - w + 1))
        boxes.append((top, left, h, w))
    return torch.tensor(boxes, dtype=torch.int64).reshape(B, 4)
""",
        "a C-like loop over images with for/break/else on Python doubles, all random numbers taken from one float64 table",
    ),
    (
        "boxes_redraw_pending",
        "crop_boxes",
        """
def crop_boxes(B: int, height: int, width: int, scale, ratio, generator=None) -> Tensor:
    h = torch.full((B,), height)
    w = torch.full((B,), width)
    if width / height > ratio[1]:
        w.fill_(max(1, min(width, round(height * ratio[1]))))
    if width / height < ratio[0]:
        h.fill_(max(1, min(height, round(width / ratio[0]))))
    pending = torch.arange(B)
    tries = 0
    while tries < 10 and pending.numel() > 0:
        u, v = torch.rand(2, pending.numel(), generator=generator, dtype=torch.float64)
        area = torch.lerp(torch.full_like(u, scale[0]), torch.full_like(u, scale[1]), u)
        area = area * (height * width)
        r = ratio[0] * (ratio[1] / ratio[0]) ** v
        new_w = (area * r).sqrt().round().long().clamp(min=1)
        new_h = (area / r).sqrt().round().long().clamp(min=1)
        good = (new_w <= width).logical_and(new_h <= height)
        h[pending[good]] = new_h[good]
        w[pending[good]] = new_w[good]
        pending = pending[~good]
        tries += 1
    down, across = height - h + 1, width - w + 1
    # one number for one of the down * across positions
    place = torch.rand(B, generator=generator, dtype=torch.float64) * (down * across)
    place = place.long()
    top = torch.div(place, across, rounding_mode="floor")
    return torch.stack([top, place - top * across, h, w], dim=-1)
""",
        "starts from the last resort, redraws only the boxes that do not fit yet, draws r as r0 (r1/r0)^u, and places each box with a single number over all positions",
    ),
    (
        "crop_interpolate",
        "crop_and_resize",
        """
def crop_and_resize(x: Tensor, boxes: Tensor, size: int) -> Tensor:
    parts = [x.new_empty((0, x.shape[1], size, size))]
    for b, box in enumerate(boxes.tolist()):
        top, left, height, width = (int(v) for v in box)
        part = x[b : b + 1, :, top : top + height, left : left + width]
        parts.append(
            F.interpolate(
                part, size=(size, size), mode="bilinear", align_corners=False, antialias=True
            )
        )
    return torch.cat(parts, 0)
""",
        "slices each box out and calls torch's own anti-aliased F.interpolate image by image, without resize_weights",
    ),
    (
        "crop_bmm",
        "crop_and_resize",
        """
def crop_and_resize(x: Tensor, boxes: Tensor, size: int) -> Tensor:
    B, C, H, W = x.shape
    box = boxes.to(device=x.device, dtype=x.dtype)
    R = resize_weights(box[:, 0], box[:, 2], H, size)
    K = resize_weights(box[:, 1], box[:, 3], W, size)
    # columns first: (B, C * H, W) x (B, W, size)
    y = torch.bmm(x.reshape(B, C * H, W), K.transpose(1, 2)).reshape(B, C, H, size)
    # then rows: (B, size, H) x (B, H, C * size)
    y = torch.bmm(R, y.permute(0, 2, 1, 3).reshape(B, H, C * size))
    return y.reshape(B, size, C, size).permute(0, 2, 1, 3)
""",
        "two torch.bmm of flattened images, columns before rows, and a result that is a permuted view (not contiguous)",
    ),
    (
        "rrc_only_chosen_boxes",
        "random_resized_crop",
        """
def random_resized_crop(
    x: Tensor, size: int, scale=(0.08, 1.0), ratio=(3 / 4, 4 / 3), generator=None, p: float = 1.0
) -> Tensor:
    B, _, H, W = x.shape
    cropped = coin(B, p, generator)
    boxes = torch.zeros(B, 4, dtype=torch.int64)
    boxes[:, 2] = H
    boxes[:, 3] = W
    boxes[cropped] = crop_boxes(int(cropped.sum()), H, W, scale, ratio, generator)
    return crop_and_resize(x, boxes, size)
""",
        "throws the coins first (also at p = 1) and draws boxes only for the images that are cropped",
    ),
    (
        "gray_tensordot",
        "to_gray",
        """
def to_gray(x: Tensor) -> Tensor:
    weights = torch.as_tensor(LUMA, dtype=x.dtype, device=x.device)
    return torch.tensordot(x, weights, dims=([1], [0])).unsqueeze(1)
""",
        "contracts the channel axis with torch.tensordot",
    ),
    (
        "grayscale_mask_arithmetic",
        "grayscale",
        """
def grayscale(x: Tensor, p: float = 0.2, generator: Generator | None = None) -> Tensor:
    m = (torch.rand((len(x), 1, 1, 1), generator=generator) < p).to(x)
    return m * to_gray(x) + (1 - m) * x
""",
        "computes both versions of every image and mixes them with a 0/1 mask of x's dtype",
    ),
    (
        "brightness_diag_matmul",
        "adjust_brightness",
        """
def adjust_brightness(x: Tensor, factor: Tensor) -> Tensor:
    flat = torch.diag(factor) @ x.flatten(1)
    return torch.clip(flat, 0.0, 1.0).unflatten(1, x.shape[1:])
""",
        "scales the rows by a product with the diagonal matrix diag(factor), as in a linear algebra book",
    ),
    (
        "contrast_channel_means_lerp",
        "adjust_contrast",
        """
def adjust_contrast(x: Tensor, factor: Tensor) -> Tensor:
    channel_means = x.double().mean(dim=(-2, -1))  # (B, 3)
    luma = torch.tensor(LUMA, dtype=torch.float64, device=x.device)
    flat_gray = (channel_means @ luma).to(x.dtype).reshape(-1, 1, 1, 1).expand_as(x)
    return torch.lerp(flat_gray, x, factor.reshape(-1, 1, 1, 1)).clamp(min=0, max=1)
""",
        "exchanges mean and grey (both linear), in float64, and blends with torch.lerp",
    ),
    (
        "saturation_matrix",
        "adjust_saturation",
        """
def adjust_saturation(x: Tensor, factor: Tensor) -> Tensor:
    eye = torch.eye(3, dtype=x.dtype, device=x.device)
    to_luma = x.new_tensor(LUMA).repeat(3, 1)  # each row gives the brightness
    f = factor.view(-1, 1, 1)
    M = f * eye + (1 - f) * to_luma  # (B, 3, 3)
    return torch.einsum("bdc, bchw -> bdhw", M, x).clamp(0, 1)
""",
        "one 3 x 3 colour matrix for each image, f I + (1 - f) 1 luma^T",
    ),
    (
        "jitter_per_image",
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
    out = x.clone()
    changes = [adjust_brightness, adjust_contrast, adjust_saturation, adjust_hue]
    ranges = [(max(0.0, 1.0 - s), 1.0 + s) for s in (brightness, contrast, saturation)]
    ranges.append((-hue, hue))
    for b in range(x.shape[0]):
        if not coin(1, p, generator).item():
            continue
        image = x[b : b + 1]
        for k in torch.randperm(4, generator=generator).tolist():
            amount = uniform(1, *ranges[k], generator).to(x)
            image = changes[k](image, amount)
        out[b] = image[0]
    return out
""",
        "loops over images as torchvision does: a coin, a randperm, and each amount drawn only when it is used",
    ),
    (
        "jitter_24_groups",
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
    import itertools

    B = len(x)
    functions = (adjust_brightness, adjust_contrast, adjust_saturation, adjust_hue)
    orders = list(itertools.permutations(range(4)))
    pick = torch.randint(len(orders), (B,), generator=generator)
    pick = torch.where(coin(B, p, generator), pick, -1)
    u = torch.rand(4, B, generator=generator)
    strengths = [brightness, contrast, saturation]
    low = [max(0, 1 - s) for s in strengths] + [-hue]
    high = [1 + s for s in strengths] + [hue]
    amounts = [a + (b - a) * row for a, b, row in zip(low, high, u, strict=True)]

    def in_order(order):
        def change(images, *own):
            for k in order:
                images = functions[k](images, own[k])
            return images

        return change

    for number, order in enumerate(orders):
        x = change_some(x, pick == number, in_order(order), *amounts)
    return x
""",
        "draws one of the 24 permutations for each image (-1: unchanged) and changes the batch group by group",
    ),
    (
        "blur_reflecting_band_matrices",
        "gaussian_blur",
        """
def gaussian_blur(x: Tensor, p: float = 0.5, sigma=(0.1, 2.0), generator=None) -> Tensor:
    B, _, H, W = x.shape
    sd = uniform(B, sigma[0], sigma[1], generator).to(x)[:, None]
    blurred = coin(B, p, generator).to(x.device)[:, None]
    reach = max(1, H // 20)
    offset = torch.arange(-reach, reach + 1, device=x.device)
    bell = torch.exp(-0.5 * (offset / sd).square())  # (B, 2 reach + 1)
    bell = bell / bell.sum(1, keepdim=True)
    bell = torch.where(blurred, bell, (offset == 0).to(x.dtype))  # the others: the identity

    def band(n):
        # pixel i sees i + offset, reflected at 0 and at n - 1
        seen = (torch.arange(n, device=x.device)[:, None] + offset).abs()
        seen = (n - 1) - (n - 1 - seen).abs()
        matrix = torch.zeros(B, n, n, dtype=x.dtype, device=x.device)
        return matrix.scatter_add(2, seen.expand(B, n, -1), bell[:, None].expand(-1, n, -1))

    y = band(H)[:, None] @ x @ band(W)[:, None].transpose(-1, -2)
    return y.clamp(0, 1)
""",
        "does not use blur: two band matrices with the reflection folded in, the identity for images that are not blurred; widths are drawn before the coins",
    ),
    (
        "views_of_doubled_batch",
        "two_views",
        """
def two_views(
    x: Tensor, recipe: Recipe, generator: Generator | None = None
) -> tuple[Tensor, Tensor]:
    both = one_view(x.repeat_interleave(2, dim=0), recipe, generator)
    return both[0::2], both[1::2]
""",
        "one call of one_view on the batch with every image twice (neighbours), then even and odd rows as strided views",
    ),
    (
        "boxes_by_rejection",
        "crop_boxes",
        """
def crop_boxes(B: int, height: int, width: int, scale, ratio, generator=None) -> Tensor:
    def draw(low, high):
        return low + (high - low) * torch.rand((), dtype=torch.float64, generator=generator).item()

    log_low, log_high = math.log(ratio[0]), math.log(ratio[1])
    rows = []
    for _ in range(B):
        for _attempt in range(10):
            area = draw(scale[0], scale[1]) * height * width
            r = math.exp(draw(log_low, log_high))
            w = max(1, round(math.sqrt(area * r)))
            h = max(1, round(math.sqrt(area / r)))
            if w <= width and h <= height:
                break
        else:
            w = min(width, round(height * ratio[1]))
            h = min(height, round(width / ratio[0]))
        t = int(torch.randint(height - h + 1, (), generator=generator))
        l = int(torch.randint(width - w + 1, (), generator=generator))
        rows.append((t, l, h, w))
    return torch.tensor(rows, dtype=torch.int64).reshape(B, 4)
""",
        "A C-like loop over images that rejects one candidate at a time and places boxes by randint.",
    ),
    (
        "resize_by_interpolate",
        "crop_and_resize",
        """
def crop_and_resize(x: Tensor, boxes: Tensor, size: int) -> Tensor:
    pieces = []
    for image, (t, l, h, w) in zip(x, boxes.tolist()):
        t, l, h, w = int(t), int(l), int(h), int(w)
        part = image[None, :, t : t + h, l : l + w]
        pieces.append(
            F.interpolate(part, (size, size), mode="bilinear", align_corners=False, antialias=True)
        )
    if not pieces:
        return x.new_empty(0, x.shape[1], size, size)
    return torch.cat(pieces).contiguous()
""",
        "Each box is sliced and given to F.interpolate with antialias=True instead of two weight matrices.",
    ),
    (
        "flip_by_gather",
        "horizontal_flip",
        """
def horizontal_flip(x: Tensor, p: float = 0.5, generator: Generator | None = None) -> Tensor:
    B, C, H, W = x.shape
    heads = torch.rand(B, generator=generator).lt(p)
    column = torch.arange(W, device="cpu").repeat(B, 1)
    column[heads] = W - 1 - column[heads]
    where_from = column.to(x.device).view(B, 1, 1, W).expand(B, C, H, W)
    return x.gather(3, where_from)
""",
        "A table of source columns for each image and one gather, instead of flipping the chosen images.",
    ),
    (
        "jitter_image_by_image",
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
    def draw(low, high):
        return low + (high - low) * torch.rand(1, generator=generator).to(x)

    result = x.clone()
    for i in range(x.shape[0]):
        if not bool(torch.rand(1, generator=generator) < p):
            continue
        amounts = [
            (adjust_brightness, draw(max(0.0, 1.0 - brightness), 1.0 + brightness)),
            (adjust_contrast, draw(max(0.0, 1.0 - contrast), 1.0 + contrast)),
            (adjust_saturation, draw(max(0.0, 1.0 - saturation), 1.0 + saturation)),
            (adjust_hue, draw(-hue, hue)),
        ]
        one = x[i : i + 1]
        for k in torch.randperm(4, generator=generator).tolist():
            one = amounts[k][0](one, amounts[k][1])
        result[i] = one[0]
    return result
""",
        "A loop over images, each with its own randperm and scalar draws, and nothing drawn for unchanged images.",
    ),
    (
        "flip_by_gather_2",
        "horizontal_flip",
        """
def horizontal_flip(x, p=0.5, generator=None):
    B, _, _, W = x.shape
    heads = torch.bernoulli(torch.full((B,), float(p)), generator=generator).bool()
    column = torch.arange(W)
    column = torch.where(heads[:, None], W - 1 - column, column)  # (B, W)
    index = column.to(x.device)[:, None, None, :].expand(x.shape)
    return torch.gather(x, 3, index)
""",
        "Coins by torch.bernoulli, and the flip as a gather of column numbers.",
    ),
    (
        "boxes_one_by_one",
        "crop_boxes",
        """
def crop_boxes(B, height, width, scale, ratio, generator=None):
    def draw(low, high):
        return low + (high - low) * torch.rand((), generator=generator).item()

    boxes = torch.zeros(B, 4, dtype=torch.int64)
    for b in range(B):
        for _ in range(10):
            r = math.exp(draw(math.log(ratio[0]), math.log(ratio[1])))
            a = draw(*scale) * height * width
            w, h = max(1, round(math.sqrt(a * r))), max(1, round(math.sqrt(a / r)))
            if w <= width and h <= height:
                break
        else:
            r = min(max(width / height, ratio[0]), ratio[1])  # the allowed ratio nearest to W / H
            w = min(width, max(1, round(height * r)))
            h = min(height, max(1, round(width / r)))
        top = int(torch.randint(height - h + 1, (), generator=generator))
        left = int(torch.randint(width - w + 1, (), generator=generator))
        boxes[b] = torch.tensor([top, left, h, w])
    return boxes
""",
        "A Python loop over images with for ... else; the ratio is drawn before the area, and only as many draws are made as are needed.",
    ),
    (
        "jitter_one_by_one",
        "color_jitter",
        """
def color_jitter(x, brightness, contrast, saturation, hue, p=0.8, generator=None):
    result = x.clone()
    for b in range(len(x)):
        order = torch.randperm(4, generator=generator).tolist()
        amount = []
        for strength in (brightness, contrast, saturation):
            amount.append(uniform(1, max(0.0, 1 - strength), 1 + strength, generator).to(x))
        amount.append(uniform(1, -hue, hue, generator).to(x))
        if not bool(coin(1, p, generator)):
            continue
        image = x[b : b + 1]
        for which in order:
            change = (adjust_brightness, adjust_contrast, adjust_saturation, adjust_hue)[which]
            image = change(image, amount[which])
        result[b : b + 1] = image
    return result
""",
        "One image at a time, the order by randperm, and the coin drawn last.",
    ),
    (
        "interpolate_each_box",
        "crop_and_resize",
        """
def crop_and_resize(x: Tensor, boxes: Tensor, size: int) -> Tensor:
    result = x.new_empty(len(x), x.shape[1], size, size)
    for b, (top, left, height, width) in enumerate(boxes.tolist()):
        part = x[b : b + 1].narrow(2, top, height).narrow(3, left, width)
        result[b] = F.interpolate(
            part, size=(size, size), mode="bilinear", align_corners=False, antialias=True
        )[0]
    return result
""",
        "Really cuts out each box and gives it to F.interpolate with antialias=True, into a preallocated result. Its weights are the same triangles, cut at the box and scaled to sum to 1, so values agree to rounding; dtype, device and gradient follow x. No matrix product, no resize_weights.",
    ),
    (
        "one_box_after_another",
        "crop_boxes",
        """
def crop_boxes(B: int, height: int, width: int, scale, ratio, generator=None) -> Tensor:
    def draw(low, high):
        return uniform(1, low, high, generator).item()

    def side(square):
        return max(1, round(math.sqrt(square)))

    def box_size():
        for _ in range(10):
            area = draw(scale[0] * height * width, scale[1] * height * width)
            aspect = math.exp(draw(math.log(ratio[0]), math.log(ratio[1])))
            h, w = side(area / aspect), side(area * aspect)
            if h <= height and w <= width:
                return h, w
        own = width / height
        if own < ratio[0]:  # even the narrowest box allowed is wider than the image
            return max(1, round(width / ratio[0])), width
        if own > ratio[1]:
            return height, max(1, round(height * ratio[1]))
        return height, width

    def box():
        h, w = box_size()
        left = torch.randint(width - w + 1, (), generator=generator).item()
        top = torch.randint(height - h + 1, (), generator=generator).item()
        return top, left, h, w

    return torch.tensor([box() for _ in range(B)], dtype=torch.int64).reshape(B, 4)
""",
        "A loop over images in plain Python numbers, which stops drawing at the first box that fits; randint for the place, left before top. The same distribution as ten candidates at once (independent draws until the first fit). The reshape keeps (0, 4) for B = 0.",
    ),
    (
        "image_by_image",
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
    def factor(strength):
        return uniform(1, max(0.0, 1 - strength), 1 + strength, generator)

    def jitter(image):
        steps = [
            (adjust_hue, uniform(1, -hue, hue, generator)),
            (adjust_saturation, factor(saturation)),
            (adjust_contrast, factor(contrast)),
            (adjust_brightness, factor(brightness)),
        ]
        for k in torch.randperm(4, generator=generator).tolist():
            change, amount = steps[k]
            image = change(image, amount.to(image))
        return image

    result = torch.empty_like(x)
    for b in range(len(x)):
        changed = coin(1, p, generator).item()
        result[b : b + 1] = jitter(x[b : b + 1]) if changed else x[b : b + 1]
    return result
""",
        "Image by image, each with its own coin, its own randperm and its own factors; nothing is drawn for an unchanged image. All draws come from the generator on the CPU and are moved with .to(image). The result is preallocated; x is not changed; gradient flows through the assignments.",
    ),
    (
        "grouped_convolution",
        "gaussian_blur",
        """
def gaussian_blur(x: Tensor, p: float = 0.5, sigma=(0.1, 2.0), generator=None) -> Tensor:
    B, C, H, W = x.shape
    if B == 0:
        return x.clone()
    width = uniform(B, sigma[0], sigma[1], generator).to(x)
    chosen = coin(B, p, generator).to(x.device)
    # one square kernel for each image, the product of two bell curves
    reach = max(1, H // 20)
    offset = torch.arange(-reach, reach + 1, device=x.device, dtype=x.dtype)
    line = torch.softmax(-0.5 * (offset / width[:, None]) ** 2, dim=1)  # (B, K), sums to 1
    kernel = torch.einsum("bi,bj->bij", line, line)
    kernel = kernel.repeat_interleave(C, 0)[:, None]  # (B C, 1, K, K)
    # every channel of every image is a group of its own
    padded = F.pad(x, (reach, reach, reach, reach), mode="reflect").reshape(1, B * C, H + 2 * reach, -1)
    blurred = F.conv2d(padded, kernel, groups=B * C).view(B, C, H, W)
    return torch.where(chosen[:, None, None, None], blurred, x)
""",
        "Does not call blur or change_some: one grouped two-dimensional convolution with the outer product of two normalised bell curves (softmax), reflected borders, the same kernel length 2 * max(1, H // 20) + 1. Widths are drawn before coins, for all images; images not chosen come back exactly by torch.where. Equal to blur up to rounding, because the Gaussian is separable and reflection works per axis.",
    ),
    (
        "one_batch_of_twice_the_images",
        "two_views",
        """
def two_views(
    x: Tensor, recipe: Recipe, generator: Generator | None = None
) -> tuple[Tensor, Tensor]:
    B = len(x)
    views = one_view(torch.cat((x, x)), recipe, generator)
    return views[:B], views[B:]
""",
        "One call on a batch in which every image occurs twice. Each row draws all its own random numbers, so rows b and B + b are independent views of image b; both are made from the original. Another order of draws than two calls one after another. With recipe 'none' the results are copies, not x itself.",
    ),
    (
        "flip_picks_from_both",
        "horizontal_flip",
        """
def horizontal_flip(x, p=0.5, generator=None):
    B = len(x)
    both = torch.cat([x, x.flip(3)])  # image b in row b, its mirror image in row B + b
    row = torch.arange(B) + B * coin(B, p, generator).long()
    return both.index_select(0, row.to(x.device))
""",
        "Puts all images and all mirror images into one batch of 2B and picks one row for each image, instead of flipping the chosen images.",
    ),
    (
        "grey_as_fourth_channel",
        "grayscale",
        """
def grayscale(x, p=0.2, generator=None):
    palette = torch.cat([x, to_gray(x)], dim=1)  # red, green, blue, grey
    channels = torch.tensor([[0, 1, 2], [3, 3, 3]])[coin(len(x), p, generator).long()]
    return palette.take_along_dim(channels[:, :, None, None].to(x.device), dim=1)
""",
        "The grey version is a fourth channel, and a table of channel numbers (0 1 2 or 3 3 3) says what each image shows: no copy, no mask, no assignment.",
    ),
    (
        "last_resort_as_eleventh_candidate",
        "crop_boxes",
        """
def crop_boxes(B, height, width, scale, ratio, generator=None):
    limit = torch.tensor([height, width])
    u, v = torch.rand(2, B, 10, generator=generator, dtype=torch.float64)
    half_log_area = ((scale[0] + (scale[1] - scale[0]) * v) * height * width).log() / 2
    half_log_ratio = (math.log(ratio[0]) * (1 - u) + math.log(ratio[1]) * u) / 2
    sides = torch.stack([half_log_area - half_log_ratio, half_log_area + half_log_ratio], dim=2)
    sides = sides.exp().round().long().clamp(min=1)  # (B, 10, 2)

    # the nearest allowed ratio decides about the last resort
    nearest = min(max(width / height, ratio[0]), ratio[1])
    tall = height if width / height >= nearest else max(1, round(width / nearest))
    wide = width if width / height <= nearest else max(1, round(height * nearest))
    last = torch.tensor([tall, wide]).expand(B, 1, 2)
    sides = torch.cat([sides, last], dim=1)  # the eleventh always fits

    number = torch.arange(11).expand(B, 11)
    first = number.masked_fill((sides > limit).any(dim=2), 11).amin(dim=1)
    size = sides[torch.arange(B), first]
    places = limit - size + 1
    corner = (torch.rand(B, 2, generator=generator, dtype=torch.float64) * places).long()
    return torch.cat([corner, size], dim=1)
""",
        "Sides from sums of logarithms in float64; the last resort is an eleventh candidate that always fits, and the smallest number of a fitting candidate decides. Ratios are drawn before areas, and no argmax, any or where.",
    ),
    (
        "all_versions_then_pick",
        "color_jitter",
        """
def color_jitter(x, brightness, contrast, saturation, hue, p=0.8, generator=None):
    B = len(x)
    row = torch.arange(B)
    # Fisher-Yates for all images at once
    order = torch.arange(4).repeat(B, 1)
    for last in (3, 2, 1):
        other = torch.randint(last + 1, (B,), generator=generator)
        mine, yours = order[:, last].clone(), order[row, other]
        order[row, other] = mine
        order[:, last] = yours
    amounts = [uniform(B, -hue, hue, generator).to(x)]
    for strength in (saturation, contrast, brightness):
        amounts.insert(0, uniform(B, max(0.0, 1.0 - strength), 1.0 + strength, generator).to(x))
    changes = (adjust_brightness, adjust_contrast, adjust_saturation, adjust_hue)
    # number 4 means: as it is
    order = torch.where(coin(B, p, generator)[:, None], order, 4).to(x.device)
    row = row.to(x.device)
    for t in range(4):
        versions = [change(x, amount) for change, amount in zip(changes, amounts)]
        x = torch.stack([*versions, x])[order[:, t], row]
    return x
""",
        "The order is a Fisher-Yates shuffle of all images at once; in every round all four changes are made of all images, and one of five versions (the fifth: unchanged) is picked for each. Order first, then hue, saturation, contrast, brightness, the coin last.",
    ),
    (
        "resize_by_interpolate_12",
        "crop_and_resize",
        """
def crop_and_resize(x: Tensor, boxes: Tensor, size: int) -> Tensor:
    result = x.new_empty(x.shape[0], x.shape[1], size, size)
    for b, (top, left, h, w) in enumerate(boxes.tolist()):
        top, left, h, w = int(top), int(left), int(h), int(w)
        part = x[b : b + 1, :, top : top + h, left : left + w]
        result[b] = F.interpolate(
            part, size=(size, size), mode="bilinear", align_corners=False, antialias=True
        )[0]
    return result
""",
        "cuts each box out by slicing and lets torch's antialiased interpolate resize it, image by image, instead of two matrix products",
    ),
    (
        "boxes_one_at_a_time",
        "crop_boxes",
        """
def crop_boxes(B: int, height: int, width: int, scale, ratio, generator=None) -> Tensor:
    def draw(low, high):
        return low + (high - low) * torch.rand((), generator=generator, dtype=torch.float64).item()

    def whole_number(below):
        return int(torch.randint(below, (), generator=generator))

    low, high = ratio
    boxes = torch.zeros(B, 4, dtype=torch.int64)
    for b in range(B):
        for _ in range(10):
            pixels = draw(*scale) * height * width
            r = low * (high / low) ** draw(0.0, 1.0)
            h = max(1, round(math.sqrt(pixels / r)))
            w = max(1, round(math.sqrt(pixels * r)))
            if h <= height and w <= width:
                break
        else:
            # the shape of the image itself, moved into the allowed range
            r = min(max(width / height, low), high)
            h = min(height, max(1, round(width / r)))
            w = min(width, max(1, round(height * r)))
        boxes[b, 0] = whole_number(height - h + 1)
        boxes[b, 1] = whole_number(width - w + 1)
        boxes[b, 2] = h
        boxes[b, 3] = w
    return boxes
""",
        "a loop over images with for-else and Python numbers; draws only as many candidates as it needs, so another order of draws; the ratio as a power instead of exp of log",
    ),
    (
        "jitter_one_image_at_a_time",
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
    limits = (
        (adjust_brightness, max(0.0, 1 - brightness), 1 + brightness),
        (adjust_contrast, max(0.0, 1 - contrast), 1 + contrast),
        (adjust_saturation, max(0.0, 1 - saturation), 1 + saturation),
        (adjust_hue, -hue, hue),
    )
    result = x.clone()
    for b in range(len(x)):
        if not coin(1, p, generator).item():
            continue
        picture = x[b : b + 1]
        for number in torch.randperm(4, generator=generator).tolist():
            change, low, high = limits[number]
            picture = change(picture, uniform(1, low, high, generator).to(x))
        result[b] = picture[0]
    return result
""",
        "a loop over images, each with its own randperm; the numbers are drawn when they are needed (nothing for images left alone) instead of masks in four rounds",
    ),
    (
        "boxes_redraw_only_what_is_pending",
        "crop_boxes",
        """
def crop_boxes(B, height, width, scale, ratio, generator=None):
    # start with the last resort everywhere, then overwrite it where a draw fits
    shape = min(max(width / height, ratio[0]), ratio[1])
    h = torch.full((B,), max(1, min(height, round(width / shape))))
    w = torch.full((B,), max(1, min(width, round(height * shape))))
    pending = torch.arange(B)
    for _ in range(10):
        n = len(pending)
        if n == 0:
            break
        side = (uniform(n, *scale, generator).double() * (height * width)).sqrt()
        tilt = uniform(n, math.log(ratio[0]), math.log(ratio[1]), generator).double() / 2
        new_w = torch.round(side * tilt.exp()).long().clamp(min=1)
        new_h = torch.round(side / tilt.exp()).long().clamp(min=1)
        ok = (new_w <= width) & (new_h <= height)
        w[pending[ok]] = new_w[ok]
        h[pending[ok]] = new_h[ok]
        pending = pending[~ok]
    u = torch.rand(2, B, generator=generator, dtype=torch.float64)
    left = (u[0] * (width - w + 1)).long()
    top = (u[1] * (height - h + 1)).long()
    return torch.stack((top, left, h, w), 1)
""",
        "rejection in rounds: only boxes that did not fit are drawn again; starts from the last resort; other order of draws",
    ),
    (
        "crop_by_slices_and_interpolate",
        "crop_and_resize",
        """
def crop_and_resize(x, boxes, size):
    out = x.new_empty(len(x), x.shape[1], size, size)
    for b, (top, left, height, width) in enumerate(boxes.tolist()):
        top, left, height, width = int(top), int(left), int(height), int(width)
        part = x[b : b + 1, :, top : top + height, left : left + width]
        out[b] = F.interpolate(
            part, size=(size, size), mode="bilinear", align_corners=False, antialias=True
        )[0]
    return out
""",
        "slices and torch's anti-aliased bilinear interpolation, one image at a time, instead of two matrices of weights",
    ),
    (
        "jitter_in_groups_of_one_order",
        "color_jitter",
        """
def color_jitter(x, brightness, contrast, saturation, hue, p=0.8, generator=None):
    from itertools import permutations

    B = len(x)
    changes = (adjust_hue, adjust_saturation, adjust_contrast, adjust_brightness)
    which = torch.randint(24, (B,), generator=generator)
    amounts = [uniform(B, -hue, hue, generator)]
    for strength in (saturation, contrast, brightness):
        amounts.append(uniform(B, max(0.0, 1 - strength), 1 + strength, generator))
    which[~coin(B, p, generator)] = 24  # takes no part

    def in_order(order):
        def change(some, *own):
            for k in order:
                some = changes[k](some, own[k])
            return some

        return change

    result = x.clone()
    for number, order in enumerate(permutations(range(4))):
        change_some_(result, which == number, in_order(order), *amounts)
    return result
""",
        "draws one of the 24 orders by its number and lets all images of one order go through the four changes together; other order of draws",
    ),
    (
        "one_box_at_a_time",
        "crop_boxes",
        """
def crop_boxes(B: int, height: int, width: int, scale, ratio, generator=None) -> Tensor:
    def between(low, high):
        return low + (high - low) * torch.rand((), dtype=torch.float64, generator=generator).item()

    boxes = torch.empty(B, 4, dtype=torch.int64)
    for b in range(B):
        for _ in range(10):
            r = math.exp(between(math.log(ratio[0]), math.log(ratio[1])))
            a = height * width * between(*scale)
            h, w = max(1, round(math.sqrt(a / r))), max(1, round(math.sqrt(a * r)))
            if h <= height and w <= width:
                break
        else:  # ten times in vain
            h, w = height, width
            if width < ratio[0] * height:  # the image is too tall
                h = max(1, round(width / ratio[0]))
            elif width > ratio[1] * height:  # too wide
                w = max(1, round(height * ratio[1]))
        left = int(torch.randint(width - w + 1, (1,), generator=generator))
        top = int(torch.randint(height - h + 1, (1,), generator=generator))
        boxes[b] = torch.tensor([top, left, h, w])
    return boxes
""",
        "A loop over the images with Python numbers, for-else and randint; ratio before area, left before top, each image draws only as often as it must.",
    ),
    (
        "each_image_by_itself",
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
    changes = [(adjust_hue, -hue, hue)]
    for change, strength in (
        (adjust_saturation, saturation),
        (adjust_contrast, contrast),
        (adjust_brightness, brightness),
    ):
        changes.append((change, max(0.0, 1 - strength), 1 + strength))
    images = []
    for image in x.split(1):
        if bool(coin(1, p, generator)):
            for number in torch.randperm(4, generator=generator).tolist():
                change, low, high = changes[number]
                image = change(image, uniform(1, low, high, generator).to(x))
        images.append(image)
    return torch.cat(images) if images else x.clone()
""",
        "A loop over the images; randperm gives the order, and a factor is drawn when its turn comes, only for images that are changed.",
    ),
    (
        "blur_as_two_matrices",
        "gaussian_blur",
        """
def gaussian_blur(x: Tensor, p: float = 0.5, sigma=(0.1, 2.0), generator=None) -> Tensor:
    B, _, H, W = x.shape
    width = uniform(B, sigma[0], sigma[1], generator)
    rows = coin(B, p, generator).nonzero().flatten()
    result = x.clone()
    if len(rows) == 0:
        return result
    width = width[rows].to(x)
    rows = rows.to(x.device)
    reach = max(1, H // 20)
    offset = torch.arange(-reach, reach + 1, device=x.device)
    bell = torch.softmax(-((offset / width[:, None]) ** 2) / 2, dim=1)  # (chosen, 2 reach + 1)

    def matrix(n):
        place = (torch.arange(n, device=x.device)[:, None] + offset).abs()  # mirrored at 0
        place = torch.where(place >= n, 2 * (n - 1) - place, place)  # and at n - 1
        return torch.einsum("bk,ikj->bij", bell, F.one_hot(place, n).to(x))[:, None]

    result[rows] = (matrix(H) @ x[rows] @ matrix(W).transpose(2, 3)).clamp(0, 1)
    return result
""",
        "Blurring as two banded matrices with mirrored indices (rows @ image @ columns^T) instead of padding; widths are drawn before the coins; the bell curve is a softmax.",
    ),
    (
        "boxes_one_by_one_15",
        "crop_boxes",
        """
def crop_boxes(B: int, height: int, width: int, scale, ratio, generator=None) -> Tensor:
    # all random numbers at once: ten pairs for the size and one pair for the place of each box
    draws = torch.rand(B, 11, 2, generator=generator, dtype=torch.float64).tolist()
    low, high = math.log(ratio[0]), math.log(ratio[1])

    def last_resort():
        if width > ratio[1] * height:
            return height, max(1, round(ratio[1] * height))
        if width < ratio[0] * height:
            return max(1, round(width / ratio[0])), width
        return height, width

    boxes = []
    for numbers in draws:
        place = numbers.pop()
        for u, v in numbers:
            area = (scale[0] + u * (scale[1] - scale[0])) * height * width
            aspect = math.exp(low + v * (high - low))
            h = max(1, round(math.sqrt(area / aspect)))
            w = max(1, round(math.sqrt(area * aspect)))
            if h <= height and w <= width:
                break
        else:
            h, w = last_resort()
        top = math.floor(place[0] * (height - h + 1))
        left = math.floor(place[1] * (width - w + 1))
        boxes.append([top, left, h, w])
    return torch.tensor(boxes, dtype=torch.int64).reshape(B, 4)
""",
        "a beginner's loop over the images with for/else, numbers drawn in one block in float64, math instead of torch, the draws for the place interleaved with those for the sizes",
    ),
    (
        "blur_as_two_matrices_15",
        "gaussian_blur",
        """
def gaussian_blur(x: Tensor, p: float = 0.5, sigma=(0.1, 2.0), generator=None) -> Tensor:
    B, _, H, W = x.shape
    widths = uniform(B, sigma[0], sigma[1], generator).to(x)
    heads = (torch.rand(B, generator=generator) < p).to(x.device)
    reach = max(1, H // 20)
    d = torch.arange(-reach, reach + 1, device=x.device)
    bell = torch.exp(-0.5 * (d / widths[:, None]) ** 2)
    bell = bell / bell.sum(dim=1, keepdim=True)  # (B, K)

    def matrix(n):
        # entry (b, i, j): how much of pixel j comes into pixel i
        source = (torch.arange(n, device=x.device)[:, None] + d).abs()
        source = torch.where(source >= n, 2 * (n - 1) - source, source)  # (n, K)
        M = torch.zeros(B, n, n, dtype=x.dtype, device=x.device)
        index = source.expand(B, n, len(d))
        return M.scatter_add(2, index, bell[:, None, :].expand(B, n, len(d)))

    blurred = matrix(H)[:, None] @ x @ matrix(W)[:, None].transpose(2, 3)
    return torch.where(heads[:, None, None, None], blurred.clamp(0, 1), x)
""",
        "physicist: blur as the product of two banded matrices with folded (reflected) indices instead of shifted copies; all images are blurred and torch.where chooses; widths are drawn before the coins",
    ),
    (
        "boxes_only_for_heads",
        "random_resized_crop",
        """
def random_resized_crop(
    x: Tensor, size: int, scale=(0.08, 1.0), ratio=(3 / 4, 4 / 3), generator=None, p: float = 1.0
) -> Tensor:
    B, _, H, W = x.shape
    boxes = [(0, 0, H, W)] * B
    cropped = [b for b, heads in enumerate(coin(B, p, generator).tolist()) if heads]
    if cropped:
        drawn = crop_boxes(len(cropped), H, W, scale, ratio, generator)
        for b, box in zip(cropped, drawn.tolist()):
            boxes[b] = tuple(box)
    return crop_and_resize(x, torch.tensor(boxes, dtype=torch.int64).view(B, 4), size)
""",
        "Python programmer: coins first, then boxes only for the images that are cropped, in a list of tuples",
    ),
]
