/* Views: the changes of simclr_mini/views.py on one picture, step by step.
   A picture is planar, as the library's (3, H, W), with values in [0, 1]. */

window.simclrExplore = window.simclrExplore || {};

/* ---- arithmetic, under the library's names */

(function (explore) {
  "use strict";

  const LUMA = [0.2989, 0.587, 0.114];
  const clamp = (value) => Math.min(1, Math.max(0, value));

  /** A picture: its side, and 3 * side * side values. */
  function picture(side, fill) {
    const values = new Float64Array(3 * side * side);
    for (let channel = 0; channel < 3; channel += 1) {
      for (let row = 0; row < side; row += 1) {
        for (let column = 0; column < side; column += 1) {
          values[(channel * side + row) * side + column] = fill(channel, row, column);
        }
      }
    }
    return { side, values };
  }

  const look = (x, channel, row, column) => x.values[(channel * x.side + row) * x.side + column];
  const fromBytes = (bytes, side) => ({ side, values: Float64Array.from(bytes, (b) => b / 255) });

  function toBytes(x) {
    const bytes = new Uint8Array(x.values.length);
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = Math.round(255 * clamp(x.values[at]));
    return bytes;
  }

  /* -- crop */

  /** Draws as crop_boxes does: the first of ten candidates that fits, at a random place. */
  function cropBox(side, scale, ratio, source) {
    const draws = Array.from({ length: 20 }, source.uniform);
    const [least, most] = ratio.map(Math.log);
    let box = null;
    for (let i = 0; i < 10 && !box; i += 1) {
      const area = (scale[0] + (scale[1] - scale[0]) * draws[i]) * side * side;
      const aspect = Math.exp(least + (most - least) * draws[10 + i]);
      const width = Math.max(1, Math.round(Math.sqrt(area * aspect)));
      const height = Math.max(1, Math.round(Math.sqrt(area / aspect)));
      if (width <= side && height <= side) box = { height, width };
    }
    box = box || {
      height: Math.min(side, Math.round(side / ratio[0])),
      width: Math.min(side, Math.round(side * ratio[1])),
    };
    const top = Math.floor(source.uniform() * (side - box.height + 1));
    const left = Math.floor(source.uniform() * (side - box.width + 1));
    return { top, left, ...box };
  }

  /** Which source pixels make each pixel of a resized line: the first of them, and their weights,
      which sum to 1; all other pixels have weight 0. */
  function resizeWeights(start, length, size) {
    const step = length / size;
    const reach = Math.max(1, step);
    return Array.from({ length: size }, (_, i) => {
      const centre = start + (i + 0.5) * step;
      const first = Math.max(start, Math.floor(centre - reach));
      const last = Math.min(start + length - 1, Math.floor(centre + reach));
      const weights = [];
      for (let k = first; k <= last; k += 1) {
        weights.push(Math.max(0, 1 - Math.abs(k + 0.5 - centre) / reach));
      }
      const sum = weights.reduce((a, b) => a + b);
      return { first, weights: weights.map((w) => w / sum) };
    });
  }

  /** Each line of a picture as weighted sums of its pixels; the result is transposed, so that a
      second call does the other direction and transposes it back. */
  function resizeLines(values, lines, length, table) {
    const made = new Float64Array(3 * lines * table.length);
    for (let c = 0; c < 3; c += 1) {
      table.forEach(({ first, weights }, i) => {
        for (let line = 0; line < lines; line += 1) {
          let sum = 0;
          const start = (c * lines + line) * length + first;
          for (let k = 0; k < weights.length; k += 1) sum += weights[k] * values[start + k];
          made[(c * table.length + i) * lines + line] = sum;
        }
      });
    }
    return made;
  }

  function cropAndResize(x, box, size) {
    const columns = resizeLines(x.values, x.side, x.side, resizeWeights(box.left, box.width, size));
    const rows = resizeLines(columns, size, x.side, resizeWeights(box.top, box.height, size));
    return { side: size, values: rows };
  }

  /* -- places */

  const flip = (x) => picture(x.side, (c, i, j) => look(x, c, i, x.side - 1 - j));

  /** Counter-clockwise quarter turns. */
  function rotate(x, turns) {
    let turned = x;
    for (let k = 0; k < turns; k += 1) {
      const before = turned;
      turned = picture(x.side, (c, i, j) => look(before, c, j, x.side - 1 - i));
    }
    return turned;
  }

  /** Black where both coordinates are nearer to the centre than half the square's side. */
  function cutout(x, row, column, share = 0.5) {
    const half = (share * x.side) / 2;
    return picture(x.side, (c, i, j) =>
      Math.abs(i + 0.5 - row) < half && Math.abs(j + 0.5 - column) < half ? 0 : look(x, c, i, j)
    );
  }

  /* -- colours */

  const blend = (value, other, factor) => clamp(factor * value + (1 - factor) * other);

  /** The perceived brightness of each pixel. */
  function luma({ side, values }) {
    const area = side * side;
    const gray = new Float64Array(area);
    for (let at = 0; at < area; at += 1) {
      gray[at] = LUMA[0] * values[at] + LUMA[1] * values[area + at] + LUMA[2] * values[2 * area + at];
    }
    return gray;
  }

  /** A picture with three equal channels. */
  function toGray(x) {
    const gray = luma(x);
    const values = new Float64Array(3 * gray.length);
    for (let c = 0; c < 3; c += 1) values.set(gray, c * gray.length);
    return { side: x.side, values };
  }

  const adjustBrightness = (x, factor) => ({
    side: x.side,
    values: x.values.map((value) => clamp(factor * value)),
  });

  function adjustContrast(x, factor) {
    const gray = luma(x);
    const mean = gray.reduce((a, b) => a + b) / gray.length;
    return { side: x.side, values: x.values.map((value) => blend(value, mean, factor)) };
  }

  function adjustSaturation(x, factor) {
    const gray = toGray(x).values;
    return { side: x.side, values: x.values.map((value, at) => blend(value, gray[at], factor)) };
  }

  /** Shift the hue. V, the largest channel, and C, largest minus smallest, do not change. */
  function adjustHue({ side, values }, shift) {
    const area = side * side;
    const made = new Float64Array(3 * area);
    for (let at = 0; at < area; at += 1) {
      const red = values[at];
      const green = values[area + at];
      const blue = values[2 * area + at];
      const V = Math.max(red, green, blue);
      const C = V - Math.min(red, green, blue);
      let h = Math.abs(2 + (green + blue - red - V) / Math.max(C, 1e-12));
      h = (green - blue < 0 ? -h : h) + 6 * shift;
      h -= 6 * Math.floor(h / 6);
      made[at] = V - C * clamp(2 - Math.abs(h - 3));
      made[area + at] = V - C * clamp(Math.abs(h - 2) - 1);
      made[2 * area + at] = V - C * clamp(Math.abs(h - 4) - 1);
    }
    return { side, values: made };
  }

  /* -- blur, edges, noise */

  /** An index outside the picture, reflected at its edge. */
  const mirror = (k, side) => (k < 0 ? -k : k >= side ? 2 * side - 2 - k : k);

  function blur(x, sigma) {
    const { side } = x;
    const reach = Math.max(1, Math.floor(side / 20));
    const offsets = Array.from({ length: 2 * reach + 1 }, (_, k) => k - reach);
    const bell = offsets.map((offset) => Math.exp(-0.5 * (offset / sigma) ** 2));
    const sum = bell.reduce((a, b) => a + b);
    // the pixels near each pixel of a line, and their weights: a resize to the same size
    const table = Array.from({ length: side }, (_, i) => {
      const weights = new Float64Array(side);
      offsets.forEach((offset, k) => (weights[mirror(i + offset, side)] += bell[k] / sum));
      const first = Math.max(0, i - reach);
      return { first, weights: weights.slice(first, i + reach + 1) };
    });
    const along = resizeLines(x.values, side, side, table);
    return { side, values: resizeLines(along, side, side, table) };
  }

  /** The strength of the edges, at most 1, copied to all three channels. */
  function sobel(x) {
    const gray = toGray(x);
    const at = (i, j) => look(gray, 0, mirror(i, x.side), mirror(j, x.side));
    return picture(x.side, (c, i, j) => {
      let [across, along] = [0, 0];
      for (let o = -1; o <= 1; o += 1) {
        const weight = (2 - Math.abs(o)) / 4;
        across += weight * (at(i + o, j + 1) - at(i + o, j - 1));
        along += weight * (at(i + 1, j + o) - at(i - 1, j + o));
      }
      return Math.min(1, Math.hypot(across, along));
    });
  }

  const addNoise = (x, noise) => ({
    side: x.side,
    values: x.values.map((value, at) => clamp(value + noise[at])),
  });

  /* -- a view */

  const ADJUST = { adjustBrightness, adjustContrast, adjustSaturation, adjustHue };

  /** The parameters that one_view draws for one image, in its order. `source(name)` gives the
      random numbers of a change. A change that does not happen is null. */
  function draw(side, recipe, source) {
    const { strength: s } = recipe;
    const drawn = {};
    const heads = (name) => source(name).uniform() < recipe[name];
    if (recipe.crop) {
      const box = cropBox(side, recipe.crop_scale, recipe.crop_ratio, source("crop"));
      drawn.crop = recipe.crop < 1 && !heads("crop") ? null : box;
    }
    if (recipe.flip) drawn.flip = heads("flip");
    if (recipe.rotation) {
      const turns = source("rotation").integer(4);
      drawn.rotation = heads("rotation") ? turns : 0;
    }
    if (recipe.cutout) {
      const [row, column] = [side * source("cutout").uniform(), side * source("cutout").uniform()];
      drawn.cutout = heads("cutout") ? { row, column } : null;
    }
    if (recipe.jitter) {
      const chosen = heads("jitter");
      const { uniform } = source("jitter");
      const [low, high] = [Math.max(0, 1 - 0.8 * s), 1 + 0.8 * s];
      const steps = [
        ["adjustBrightness", low + (high - low) * uniform()],
        ["adjustContrast", low + (high - low) * uniform()],
        ["adjustSaturation", low + (high - low) * uniform()],
        ["adjustHue", -0.2 * s + 0.4 * s * uniform()],
      ];
      const keys = steps.map(() => uniform());
      const order = [0, 1, 2, 3].sort((a, b) => keys[a] - keys[b]);
      drawn.jitter = chosen ? order.map((k) => steps[k]) : null;
    }
    if (recipe.gray) drawn.gray = heads("gray");
    if (recipe.blur) {
      const chosen = heads("blur");
      const sigma = 0.1 + 1.9 * source("blur").uniform();
      drawn.blur = chosen ? sigma : null;
    }
    if (recipe.sobel) drawn.sobel = heads("sobel");
    if (recipe.noise) {
      const chosen = heads("noise");
      const { normal } = source("noise");
      const noise = Float64Array.from({ length: 3 * side * side }, () => 0.1 * normal());
      drawn.noise = chosen ? noise : null;
    }
    return drawn;
  }

  /** Apply drawn parameters to a picture, in the paper's order. */
  function apply(x, drawn) {
    let view = x;
    if (drawn.crop) view = cropAndResize(view, drawn.crop, x.side);
    if (drawn.flip) view = flip(view);
    if (drawn.rotation) view = rotate(view, drawn.rotation);
    if (drawn.cutout) view = cutout(view, drawn.cutout.row, drawn.cutout.column);
    for (const [name, amount] of drawn.jitter || []) view = ADJUST[name](view, amount);
    if (drawn.gray) view = toGray(view);
    if (drawn.blur) view = blur(view, drawn.blur);
    if (drawn.sobel) view = sobel(view);
    if (drawn.noise) view = addNoise(view, drawn.noise);
    return view;
  }

  const oneView = (x, recipe, source) => apply(x, draw(x.side, recipe, source));

  /* -- what the colours of a view alone reveal */

  /** The share of a picture's pixels in each of 4 x 4 x 4 bins, as in histogram_features. */
  function histogram(bytes, side) {
    const area = side * side;
    const shares = new Float64Array(64);
    for (let at = 0; at < area; at += 1) {
      const [red, green, blue] = [bytes[at] >> 6, bytes[area + at] >> 6, bytes[2 * area + at] >> 6];
      shares[16 * red + 4 * green + blue] += 1 / area;
    }
    return shares;
  }

  /** The share of pixels that two histograms have in common. */
  const common = (a, b) => a.reduce((sum, share, bin) => sum + Math.min(share, b[bin]), 0);

  explore.views = {
    fromBytes, toBytes, cropBox, resizeWeights, cropAndResize, flip, rotate, cutout, toGray,
    adjustBrightness, adjustContrast, adjustSaturation, adjustHue, blur, sobel, addNoise,
    draw, apply, oneView, histogram, common,
  };
})(window.simclrExplore);

/* ---- the figure */

(function (explore) {
  "use strict";
  if (!document.getElementById("explore-views")) return;

  const { element, fixed, percent } = explore;
  const { fromBytes, toBytes, draw, apply, oneView, histogram, common } = explore.views;
  const { side, names, recipes, ...start } = explore.data.views;
  const pictures = start.pictures.map((text) => fromBytes(explore.bytes(text), side));
  const state = { shown: 0, recipe: { ...recipes.simclr }, seed: 1 };
  const CHANGES = ["crop", "flip", "rotation", "cutout", "jitter", "gray", "blur", "sobel", "noise"];
  const TRIALS = 50; // how often two views of every picture are drawn, to match them by colour

  /** Random numbers for one view, with a separate stream for each change, so that moving a slider
      affects only the change that it names. */
  function streams(seed) {
    const made = {};
    return (name) =>
      (made[name] = made[name] || explore.source(16 * seed + CHANGES.indexOf(name)));
  }

  /* the pictures */

  const canvases = ["The picture", "View 1", "View 2"].map((name) => {
    const canvas = explore.canvas(name);
    const boxes = element("div", { class: "explore-boxes" });
    const words = element("p", { class: "explore-drawn" });
    const colours = element("div", { class: "explore-colours", "aria-hidden": "true" });
    const node = element(
      "div",
      { class: "explore-view" },
      element("p", { class: "explore-name" }, name),
      element("div", { class: "explore-frame" }, canvas, boxes),
      colours,
      words
    );
    return { canvas, boxes, words, colours, node };
  });

  const choice = explore.radios({
    legend: "Picture",
    quiet: true,
    value: 0,
    choices: pictures.map((x, i) => {
      const thumb = explore.canvas(names[i]);
      return [i, explore.paint(thumb, toBytes(x), side)];
    }),
    change(i) {
      state.shown = i;
      show();
    },
  });
  choice.node.classList.add("explore-thumbs");

  /* the recipe */

  const often = (p) => (p === 0 ? "never" : p === 1 ? "always" : percent(p));

  const setting = (label, key, words = often, max = 1, step = 0.05) => {
    const slider = explore.slider({
      label,
      min: 0,
      max,
      step,
      value: state.recipe[key],
      words,
      input(value) {
        state.recipe[key] = value;
        recipe.set("");
        show();
      },
    });
    return { slider, reset: () => slider.set(state.recipe[key]) };
  };

  const smallest = explore.slider({
    label: "smallest crop",
    min: 0.02,
    max: 1,
    step: 0.02,
    value: state.recipe.crop_scale[0],
    words: (low) => `${percent(low)} of the area`,
    input(low) {
      state.recipe.crop_scale = [low, state.recipe.crop_scale[1]];
      recipe.set("");
      show();
    },
  });

  const settings = [
    setting("crop: how often", "crop"),
    { slider: smallest, reset: () => smallest.set(state.recipe.crop_scale[0]) },
    setting("colour jitter: how often", "jitter"),
    setting("strength s of the jitter", "strength", (s) => fixed(s, 2)),
    setting("flip", "flip"),
    setting("grey", "gray"),
    setting("blur", "blur"),
    setting("rotation", "rotation"),
    setting("cutout", "cutout"),
    setting("Sobel", "sobel"),
    setting("noise", "noise"),
  ];

  const recipe = explore.radios({
    legend: "Recipe",
    value: "simclr",
    choices: Object.keys(recipes).map((name) => [name, name]),
    change(name) {
      state.recipe = { ...recipes[name] };
      settings.forEach(({ reset }) => reset());
      show();
    },
  });

  const again = explore.button(
    "New draw",
    () => {
      state.seed += 1;
      show();
    },
    true
  );
  const sentence = explore.sentence();

  /* words for what was drawn */

  const JITTER = {
    adjustBrightness: (v) => `brightness\u00a0\u00d7\u00a0${fixed(v, 2)}`,
    adjustContrast: (v) => `contrast\u00a0\u00d7\u00a0${fixed(v, 2)}`,
    adjustSaturation: (v) => `saturation\u00a0\u00d7\u00a0${fixed(v, 2)}`,
    adjustHue: (v) => `hue\u00a0${v < 0 ? "" : "+"}${fixed(v, 2)}`,
  };

  function words(drawn) {
    const parts = [];
    const { crop } = drawn;
    if (crop) parts.push(`box ${crop.width}\u00d7${crop.height} at ${crop.left}, ${crop.top}`);
    if (drawn.flip) parts.push("flipped");
    if (drawn.rotation) parts.push(`rotated by ${90 * drawn.rotation}\u00b0`);
    if (drawn.cutout) parts.push("a square cut out");
    for (const [name, amount] of drawn.jitter || []) parts.push(JITTER[name](amount));
    if (drawn.gray) parts.push("grey");
    if (drawn.blur) parts.push(`blur ${fixed(drawn.blur, 1)} px`);
    if (drawn.sobel) parts.push("edges");
    if (drawn.noise) parts.push("noise");
    return parts.join(", then ") || "unchanged";
  }

  /** A strip with a segment for each bin of a picture: as wide as the bin's share, in the mean
      colour of its pixels. */
  function strip(node, bytes) {
    const area = side * side;
    const bins = new Map();
    for (let at = 0; at < area; at += 1) {
      const pixel = [bytes[at], bytes[area + at], bytes[2 * area + at]];
      const bin = pixel.reduce((code, value) => 4 * code + (value >> 6), 0);
      const sums = bins.get(bin) || [0, 0, 0, 0];
      bins.set(bin, [...pixel, 1].map((value, k) => sums[k] + value));
    }
    const inOrder = [...bins.keys()].sort((a, b) => a - b).map((bin) => bins.get(bin));
    node.replaceChildren(
      ...inOrder.map(([red, green, blue, n]) =>
        element("span", { style: `flex-grow:${n};background:rgb(${red / n},${green / n},${blue / n})` })
      )
    );
  }

  /** For how many pictures the view with the most colours in common is the right one, in one
      draw of two views of every picture. */
  function foundByColour(trial) {
    const seen = [0, 1].map((second) =>
      pictures.map((x, i) => {
        const seed = 1e4 * state.seed + pictures.length * (2 * trial + second) + i;
        return histogram(toBytes(oneView(x, state.recipe, streams(seed))), side);
      })
    );
    return seen[0].filter((first, i) => {
      const alike = seen[1].map((other) => common(first, other));
      return alike.indexOf(Math.max(...alike)) === i;
    }).length;
  }

  /** Run the trials one at a time, so that the page stays responsive; then call `done(share)`. */
  function measure(done, trial = 0, found = 0) {
    clearTimeout(wait);
    if (trial === TRIALS) return done(found / (TRIALS * pictures.length));
    let sum = found;
    const end = Math.min(TRIALS, trial + 1);
    for (let t = trial; t < end; t += 1) sum += foundByColour(t);
    wait = setTimeout(measure, 0, done, end, sum);
    return undefined;
  }

  let wait = 0;
  function show() {
    const x = pictures[state.shown];
    const drawn = [0, 1].map((second) => draw(side, state.recipe, streams(2 * state.seed + second)));
    const seen = [x, ...drawn.map((each) => apply(x, each))].map(toBytes);
    canvases.forEach(({ canvas, colours }, k) => {
      explore.paint(canvas, seen[k], side);
      strip(colours, seen[k]);
    });
    canvases[0].words.textContent = names[state.shown];
    canvases[0].boxes.replaceChildren(
      ...drawn.flatMap(({ crop }, k) =>
        crop
          ? [
              element(
                "span",
                {
                  class: `explore-box explore-box-${k + 1}`,
                  style:
                    `left:${(100 * crop.left) / side}%;top:${(100 * crop.top) / side}%;` +
                    `width:${(100 * crop.width) / side}%;height:${(100 * crop.height) / side}%`,
                },
                element("b", {}, String(k + 1))
              ),
            ]
          : []
      )
    );
    drawn.forEach((each, k) => {
      const text = words(each);
      canvases[k + 1].words.textContent = text;
      canvases[k + 1].canvas.setAttribute("aria-label", `View ${k + 1}: ${text}`);
    });
    canvases[0].canvas.setAttribute("aria-label", `The picture: ${names[state.shown]}`);
    const same = common(histogram(seen[1], side), histogram(seen[2], side));
    const first = `The two views have ${percent(same)} of their colours in common. `;
    const rest = `In ${TRIALS} draws of two views of each of the ${pictures.length} pictures, colours alone find `;
    sentence.show(`${first}${rest}the other view in \u2026 of cases.`);
    clearTimeout(wait);
    wait = setTimeout(measure, 120, (share) =>
      sentence.say(
        `${first}${rest}the other view in ${percent(share)} of cases ` +
          `(chance ${percent(1 / pictures.length)}).`
      )
    );
  }

  explore.mount(
    "explore-views",
    element("div", { class: "explore-views" }, ...canvases.map(({ node }) => node)),
    element("div", { class: "explore-line" }, again, choice.node),
    ...sentence.nodes,
    recipe.node,
    element("div", { class: "explore-settings" }, ...settings.map(({ slider }) => slider.node))
  );
  show();
})(window.simclrExplore);
