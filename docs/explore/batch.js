/* The batch: which of the 2B x 2B pairs are positives, negatives, false negatives or masked, for
   three ways to compose a batch. The arithmetic is that of simclr_mini/gsimclr.py. */

window.simclrExplore = window.simclrExplore || {};

/* ---- arithmetic; `source.permutation(n)` gives the numbers 0 to n - 1 in random order */

(function (explore) {
  "use strict";

  /** The positions of values, smallest value first; ties keep their order. */
  const stableOrder = (values) => values.map((_, i) => i).sort((a, b) => values[a] - values[b] || a - b);

  const cut = (order, size) =>
    Array.from({ length: Math.floor(order.length / size) }, (_, t) =>
      order.slice(t * size, (t + 1) * size)
    );

  /** How many images each cluster has. */
  function sizesOf(pseudoLabels) {
    const sizes = Array(Math.max(...pseudoLabels) + 1).fill(0);
    pseudoLabels.forEach((cluster) => (sizes[cluster] += 1));
    return sizes;
  }

  /** One random order of all images, cut into batches. */
  const shuffledBatches = (pseudoLabels, B, source) => cut(source.permutation(pseudoLabels.length), B);

  /** Cluster after cluster, dealt like cards: no batching has fewer pairs from one cluster. */
  function dealtBatches(pseudoLabels, B, source) {
    const N = pseudoLabels.length;
    const batches = Math.floor(N / B);
    const shuffled = source.permutation(N);
    const turn = source.permutation(Math.max(...pseudoLabels) + 1);
    const order = stableOrder(shuffled.map((i) => turn[pseudoLabels[i]])).map((at) => shuffled[at]);
    const kept = source.permutation(N).slice(0, batches * B).sort((a, b) => a - b);
    const cards = kept.map((at) => order[at]);
    return source.permutation(batches).map((hand) => cards.filter((_, at) => at % batches === hand));
  }

  /** For each image, how many earlier images are in the same cluster. */
  function rankInCluster(pseudoLabels) {
    const seen = {};
    return pseudoLabels.map((cluster) => (seen[cluster] = (seen[cluster] ?? -1) + 1));
  }

  /** Images by their rank in the cluster, cut into batches: the same in every epoch. */
  const releasedBatches = (pseudoLabels, B) => cut(stableOrder(rankInCluster(pseudoLabels)), B);

  /** How many pairs of images in a batch share a cluster, or a class. */
  const collisions = (labels) => sizesOf(labels).reduce((sum, n) => sum + (n * (n - 1)) / 2, 0);

  /** The fewest collisions that this many batches can have in total: the pigeonhole bound. */
  const leastCollisions = (sizes, batches) =>
    sizes.reduce((sum, size) => {
      const [each, over] = [Math.floor(size / batches), size % batches];
      return sum + (batches * each * (each - 1)) / 2 + over * each;
    }, 0);

  /** The mean number of collisions in a batch of random images. */
  function expectedCollisions(sizes, B) {
    const N = sizes.reduce((a, b) => a + b);
    const same = sizes.reduce((sum, n) => sum + n * (n - 1), 0);
    return (((B * (B - 1)) / 2) * same) / (N * (N - 1));
  }

  /** How NT-Xent treats each pair of the 2B views, first views first, given the labels of the B images. */
  function kinds(labels) {
    const B = labels.length;
    return Array.from({ length: 2 * B }, (_, i) =>
      Array.from({ length: 2 * B }, (_, j) => {
        if (i === j) return "masked";
        if (i % B === j % B) return "positive";
        return labels[i % B] === labels[j % B] ? "false" : "negative";
      })
    );
  }

  /** The share of a batch's negatives that have the anchor's class. */
  const falseShare = (labels) =>
    collisions(labels) / ((labels.length * (labels.length - 1)) / 2);

  explore.batch = {
    sizesOf, shuffledBatches, dealtBatches, rankInCluster, releasedBatches,
    collisions, leastCollisions, expectedCollisions, kinds, falseShare,
  };
})(window.simclrExplore);

/* ---- the figure */

(function (explore) {
  "use strict";
  if (!document.getElementById("explore-batch")) return;

  const { element, svg, fixed, percent, count } = explore;
  const { shuffledBatches, dealtBatches, releasedBatches } = explore.batch;
  const { sizesOf, collisions, leastCollisions, kinds, falseShare } = explore.batch;
  const { side, classes, labels, strayed, strays, batch_size: B, ...start } = explore.data.batch;
  const N = labels.length;
  const T = Math.floor(N / B);
  const EPOCHS = 200; // for the averages
  const BATCHINGS = { random: shuffledBatches, dealt: dealtBatches, released: releasedBatches };
  const WORDS = {
    positive: "positive: pulled together",
    negative: "negative: pushed apart",
    false: "false negative: same pattern, pushed apart",
    masked: "masked: a view with itself",
  };
  const pictures = start.pictures.map((text) => explore.address(explore.bytes(text), side));
  const state = { batching: "random", wrong: 0, batch: 0, anchor: 0, seed: 1 };

  /** The clustering: the labels, except that the first `strays` are in another cluster. */
  function pseudoLabels() {
    const found = [...labels];
    strays.slice(0, Math.round(state.wrong * N)).forEach((i) => (found[i] = strayed[i]));
    return found;
  }

  function draws(seed) {
    const source = explore.source(seed);
    return { permutation: (n) => explore.permutation(n, source) };
  }

  /* controls */

  const batching = explore.radios({
    legend: "Batches",
    value: state.batching,
    choices: Object.keys(BATCHINGS).map((name) => [name, name]),
    change(name) {
      state.batching = name;
      show();
    },
  });
  const wrong = explore.slider({
    label: "images moved at random",
    min: 0,
    max: 1,
    step: 0.1,
    value: state.wrong,
    words: percent,
    input(share) {
      state.wrong = share;
      measure();
      show();
    },
  });
  const which = explore.slider({
    label: "batch of the epoch",
    min: 1,
    max: T,
    step: 1,
    value: 1,
    words: (t) => `${t} of ${T}`,
    input(t) {
      state.batch = t - 1;
      show();
    },
  });
  const anchor = explore.slider({
    label: "anchor (row)",
    min: 1,
    max: 2 * B,
    step: 1,
    value: 1,
    words: (row) => `${row} of ${2 * B}`,
    input(row) {
      state.anchor = row - 1;
      show();
    },
  });
  const again = explore.button(
    "New epoch",
    () => {
      state.seed += 1;
      show();
    },
    true
  );
  const sentence = explore.sentence();

  /* the matrix */

  const matrix = svg("svg", { class: "explore-matrix", role: "img" });
  const box = element("div", { class: "explore-matrix-box" }, matrix);
  let cell = 0;
  let edge = 0;

  matrix.addEventListener("pointerdown", choose);
  matrix.addEventListener("pointermove", (event) => event.buttons && choose(event));
  function choose(event) {
    const row = Math.floor((event.clientY - matrix.getBoundingClientRect().top - edge) / cell);
    if (row < 0 || row >= 2 * B || row === state.anchor) return;
    state.anchor = row;
    anchor.set(row + 1);
    show();
  }

  const MARKS = {
    positive: (x, y, c) => svg("circle", { cx: x + c / 2, cy: y + c / 2, r: c / 5 }),
    false: (x, y, c) =>
      svg("path", {
        d: `M${x + c * 0.3} ${y + c * 0.3}l${c * 0.4} ${c * 0.4}m0 ${-c * 0.4}l${-c * 0.4} ${c * 0.4}`,
      }),
    masked: (x, y, c) => svg("path", { d: `M${x + c * 0.25} ${y + c * 0.75}l${c * 0.5} ${-c * 0.5}` }),
  };

  /** Draw one cell and its mark into `node`. */
  function square(node, kind, x, y, size) {
    node.append(svg("rect", { x, y, width: size - 1, height: size - 1, class: `explore-cell explore-${kind}` }));
    if (MARKS[kind]) {
      const mark = MARKS[kind](x, y, size - 1);
      mark.setAttribute("class", `explore-mark explore-${kind}`);
      node.append(mark);
    }
  }

  function drawMatrix(batch, found) {
    if (!cell) return;
    const total = edge + 2 * B * cell;
    matrix.setAttribute("width", total);
    matrix.setAttribute("height", total);
    matrix.replaceChildren();
    for (let i = 0; i < 2 * B; i += 1) {
      const href = pictures[batch[i % B]];
      const at = edge + i * cell + 1;
      const size = cell - 2;
      matrix.append(
        svg("image", { href, x: at, y: 0, width: size, height: size, class: "explore-pixels" }),
        svg("image", { href, x: 0, y: at, width: size, height: size, class: "explore-pixels" })
      );
      for (let j = 0; j < 2 * B; j += 1) {
        square(matrix, found[i][j], edge + j * cell, edge + i * cell, cell);
      }
    }
    const half = edge + B * cell - 0.5;
    matrix.append(
      svg("path", { d: `M${edge} ${half}H${total}M${half} ${edge}V${total}`, class: "explore-halves" }),
      svg("rect", {
        x: 1,
        y: edge + state.anchor * cell - 0.5,
        width: total - 2,
        height: cell,
        rx: 2,
        class: "explore-anchor-row",
      })
    );
  }

  /* the legend, with counts */

  const counts = {};
  const legend = element(
    "ul",
    { class: "explore-legend" },
    ...Object.entries(WORDS).map(([kind, text]) => {
      const swatch = svg("svg", { width: 17, height: 17, "aria-hidden": "true" });
      square(swatch, kind, 0, 0, 18);
      counts[kind] = element("b", {});
      return element("li", {}, swatch, element("span", {}, counts[kind], ` ${text}`));
    })
  );
  const row = element("p", { class: "explore-row-words" });

  /* the averages over many epochs */

  const cells = {};
  const table = element(
    "table",
    { class: "explore-table" },
    element("caption", {}, `Means over ${EPOCHS} epochs with this clustering`),
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        ...["batches", "same-cluster pairs per batch", "in the worst batch", "false negatives"].map((text) =>
          element("th", { scope: "col" }, text)
        )
      )
    ),
    element(
      "tbody",
      {},
      ...[...Object.keys(BATCHINGS), "minimum possible"].map((name) => {
        cells[name] = [0, 1, 2].map(() => element("td", {}));
        return element("tr", {}, element("th", { scope: "row" }, name), ...cells[name]);
      })
    )
  );

  function measure() {
    const clusters = pseudoLabels();
    for (const [name, make] of Object.entries(BATCHINGS)) {
      const sums = [0, 0, 0];
      const epochs = name === "released" ? 1 : EPOCHS;
      for (let epoch = 0; epoch < epochs; epoch += 1) {
        const batches = make(clusters, B, draws(1000 + epoch));
        const pairs = batches.map((batch) => collisions(batch.map((i) => clusters[i])));
        const share = batches.map((batch) => falseShare(batch.map((i) => labels[i])));
        const mean = (values) => values.reduce((a, b) => a + b) / values.length;
        [mean(pairs), Math.max(...pairs), mean(share)].forEach((v, k) => (sums[k] += v / epochs));
      }
      cells[name][0].textContent = fixed(sums[0], 2);
      cells[name][1].textContent = fixed(sums[1], 1);
      cells[name][2].textContent = `${fixed(100 * sums[2], 1)} %`;
    }
    const least = leastCollisions(sizesOf(clusters), T);
    cells["minimum possible"][0].textContent = fixed(least / T, 2);
    cells["minimum possible"][1].textContent = String(Math.ceil(least / T));
    cells["minimum possible"][2].textContent =
      `${fixed((100 * leastCollisions(sizesOf(labels), T)) / T / ((B * (B - 1)) / 2), 1)} %`;
  }

  function show() {
    const clusters = pseudoLabels();
    const batch = BATCHINGS[state.batching](clusters, B, draws(state.seed))[state.batch];
    const own = batch.map((i) => labels[i]);
    const found = kinds(own);
    const flat = found.flat();
    for (const kind of Object.keys(WORDS)) {
      counts[kind].textContent = flat.filter((each) => each === kind).length;
    }
    const pairs = collisions(batch.map((i) => clusters[i]));
    const image = state.anchor % B;
    const enemies = own.filter((label, b) => label === own[image] && b !== image).length;
    row.textContent =
      `Row ${state.anchor + 1}: the ${state.anchor < B ? "first" : "second"} view of ` +
      `\u201c${classes[own[image]]}\u201d. Its positive is in column ${((state.anchor + B) % (2 * B)) + 1}. ` +
      (enemies
        ? `${2 * enemies} of its ${2 * B - 2} negatives show the same pattern.`
        : `None of its ${2 * B - 2} negatives shows the same pattern.`);
    const falses = flat.filter((kind) => kind === "false").length;
    sentence.say(
      `Batch ${state.batch + 1} of ${T}, ${state.batching}: ` +
        `${count(pairs, "pair")} of images from the same cluster; ${falses} of ` +
        `${2 * B * (2 * B - 2)} negatives are false (${percent(falses / (2 * B * (2 * B - 2)))}).`
    );
    matrix.setAttribute(
      "aria-label",
      `The matrix of ${2 * B} by ${2 * B} pairs of views: ` +
        Object.entries(WORDS)
          .map(([kind, text]) => `${counts[kind].textContent} ${text.split(":")[0]}`)
          .join(", ")
    );
    drawMatrix(batch, found);
  }

  explore.mount(
    "explore-batch",
    element("div", { class: "explore-line" }, batching.node, again),
    element("div", { class: "explore-settings" }, wrong.node, which.node, anchor.node),
    ...sentence.nodes,
    element("div", { class: "explore-batch" }, box, element("div", {}, legend, row)),
    table
  );
  explore.sized(box, (width) => {
    cell = Math.min(23, Math.floor((width - 3) / (2 * B + 1)));
    edge = cell + 3;
    show();
  });
  measure();
  show();
})(window.simclrExplore);
