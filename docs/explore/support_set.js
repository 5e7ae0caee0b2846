/* The support set: a ring of recent projections, and which row each new projection finds in it.
   The arithmetic is that of simclr_mini/nnclr.py, in d dimensions; the figure shows d = 2. */

window.simclrExplore = window.simclrExplore || {};

/* ---- arithmetic */

(function (explore) {
  "use strict";

  const product = (u, v) => u.reduce((sum, value, k) => sum + value * v[k], 0);
  const normalize = (u) => u.map((value) => value / Math.max(1e-12, Math.sqrt(product(u, u))));

  /** A support set that starts with given rows, which are normalised. Nothing has been pushed yet. */
  const create = (rows) => ({
    rows: rows.map(normalize),
    images: rows.map(() => -1),
    ages: rows.map(() => -1),
    position: 0,
  });

  /** The place of the row nearest to z. Rows of the excluded image count as the farthest. */
  function find(set, z, exclude = null) {
    const unit = normalize(z);
    let best = -Infinity;
    let where = 0;
    set.rows.forEach((row, at) => {
      const similarity = exclude !== null && set.images[at] === exclude ? -2 : product(unit, row);
      if (similarity > best) [best, where] = [similarity, at];
    });
    return where;
  }

  const nearest = (set, z) => set.rows[find(set, z)];

  /** The set after a push: the newest rows replace the oldest, wrapping around at the end. */
  function push(set, z, images = z.map(() => -1)) {
    const Q = set.rows.length;
    if (z.length > Q) throw new Error(`${z.length} projections do not fit a support set of ${Q}`);
    const next = {
      rows: [...set.rows],
      images: [...set.images],
      ages: set.ages.map((age) => (age < 0 ? age : age + 1)),
      position: (set.position + z.length) % Q,
    };
    z.forEach((projection, b) => {
      const at = (set.position + b) % Q;
      next.rows[at] = normalize(projection);
      next.images[at] = images[b];
      next.ages[at] = 0;
    });
    return next;
  }

  explore.supportSet = { create, find, nearest, push };
})(window.simclrExplore);

/* ---- the figure */

(function (explore) {
  "use strict";
  if (!document.getElementById("explore-support-set")) return;

  const { element, svg, fixed, percent, count } = explore;
  const { create, find, push } = explore.supportSet;
  const start = explore.data.support_set;
  const { angles, labels, classes, batch_size: B } = start;
  const N = angles.length;
  const SPREAD = 0.1; // radians between two views of one image, as a standard deviation
  const state = { size: start.size, drift: 0, exclude: true, pushFirst: false, free: 0.6 };
  let set, step, waiting, last, history, source;

  const vector = (angle) => [Math.cos(angle), Math.sin(angle)];
  const degrees = (value) => `${fixed(value, 0)}\u00b0`;

  function restart() {
    source = explore.source(7);
    set = create(start.rows.slice(0, state.size));
    [step, waiting, last, history] = [0, [], null, []];
  }

  /** One step of training: draw a batch, look up, push; or, in the wrong order, push and look up. */
  function advance() {
    if (waiting.length < B) waiting = [...waiting, ...explore.permutation(N, source)];
    const images = waiting.splice(0, B);
    const turn = (step * state.drift * Math.PI) / 180;
    const z = images.map((i) => angles[i] + turn + SPREAD * source.normal());
    const before = set;
    const after = push(set, z.map(vector), images);
    const searched = state.pushFirst ? after : before;
    const found = z.map((angle, b) => find(searched, vector(angle), state.exclude ? images[b] : null));
    last = { images, z, found, searched };
    history.push({
      same: found.filter((at, b) => labels[searched.images[at]] === labels[images[b]]).length,
      itself: found.filter((at, b) => state.pushFirst && at === (before.position + b) % state.size).length,
      age: found.reduce((sum, at) => sum + searched.ages[at], 0),
      random: found.filter((at) => searched.ages[at] < 0).length,
    });
    history = history.slice(-20);
    set = after;
    step += 1;
  }

  /* controls */

  const size = explore.slider({
    label: "rows Q",
    min: 6,
    max: start.rows.length,
    step: 1,
    value: state.size,
    words: String,
    input(value) {
      state.size = value;
      restart();
      draw();
    },
  });
  const drift = explore.slider({
    label: "turn of the encoder per step",
    min: 0,
    max: 30,
    step: 5,
    value: 0,
    words: degrees,
    input(value) {
      state.drift = value;
      restart();
      draw();
    },
  });
  const free = explore.slider({
    label: "your own projection z",
    min: -180,
    max: 180,
    step: 5,
    value: Math.round((state.free * 180) / Math.PI / 5) * 5,
    words: degrees,
    input(value) {
      state.free = (value * Math.PI) / 180;
      last = null;
      draw();
    },
  });
  const order = explore.radios({
    legend: "Order",
    value: "right",
    choices: [
      ["right", "look up, then push"],
      ["wrong", "push, then look up"],
    ],
    change(value) {
      state.pushFirst = value === "wrong";
      restart();
      draw();
    },
  });
  const exclude = element("input", { type: "checkbox", id: explore.name() });
  exclude.checked = state.exclude;
  exclude.addEventListener("change", () => {
    state.exclude = exclude.checked;
    restart();
    draw();
  });
  const steps = (n) => () => {
    for (let k = 0; k < n; k += 1) advance();
    draw();
  };
  const buttons = element(
    "div",
    { class: "explore-buttons" },
    explore.button("Step", steps(1), true),
    explore.button("20 steps", steps(20)),
    explore.button("Start again", () => {
      restart();
      draw();
    })
  );
  const sentence = explore.sentence();

  /* the circle */

  const circle = svg("svg", { class: "explore-circle", role: "img" });
  const box = element("div", { class: "explore-circle-box" }, circle);
  let width = 0;

  circle.addEventListener("pointerdown", drag);
  circle.addEventListener("pointermove", (event) => event.buttons && drag(event));
  function drag(event) {
    const { left, top } = circle.getBoundingClientRect();
    const angle = Math.atan2(top + width / 2 - event.clientY, event.clientX - left - width / 2);
    const near = Math.round((angle * 180) / Math.PI / 5) * 5;
    state.free = (near * Math.PI) / 180;
    free.set(near);
    last = null;
    draw();
  }

  /** A mark of a class: circle, square or triangle; grey and small for a random row. */
  function mark(label, x, y, size, attributes) {
    const shapes = [
      () => svg("circle", { cx: x, cy: y, r: size, ...attributes }),
      () => svg("rect", { x: x - size * 0.9, y: y - size * 0.9, width: size * 1.8, height: size * 1.8, ...attributes }),
      () =>
        svg("path", {
          d: `M${x} ${y - size * 1.2}L${x + size * 1.1} ${y + size * 0.8}H${x - size * 1.1}Z`,
          ...attributes,
        }),
    ];
    return (shapes[label] || (() => svg("circle", { cx: x, cy: y, r: size * 0.6, ...attributes })))();
  }
  const kind = (label) => (label === undefined ? "explore-random" : `explore-class-${label}`);

  function drawCircle() {
    if (!width) return;
    circle.setAttribute("width", width);
    circle.setAttribute("height", width);
    circle.replaceChildren();
    const middle = width / 2;
    const outside = middle - 18;
    const shown = last ? last.searched : set;
    const oldest = Math.max(1, ...shown.ages);
    // the distance from the rim shows the age; rows that were never pushed are farthest in
    const radius = (age) => outside * (age < 0 ? 0.42 : 0.9 - 0.4 * (age / oldest));
    const place = (row, r) => [middle + r * row[0], middle - r * row[1]];
    circle.append(svg("circle", { cx: middle, cy: middle, r: outside, class: "explore-rim" }));
    const queries = last
      ? last.z.map((angle, b) => ({ row: vector(angle), at: last.found[b], label: labels[last.images[b]] }))
      : [{ row: vector(state.free), at: find(set, vector(state.free)), label: -1 }];
    for (const { row, at } of queries) {
      const [x1, y1] = place(row, outside);
      const [x2, y2] = place(shown.rows[at], radius(shown.ages[at]));
      circle.append(svg("line", { x1, y1, x2, y2, class: "explore-link" }));
    }
    const chosen = new Set(queries.map(({ at }) => at));
    shown.rows.forEach((row, at) => {
      const label = labels[shown.images[at]];
      const [x, y] = place(row, radius(shown.ages[at]));
      const shade = shown.ages[at] < 0 ? 1 : 1 - 0.6 * (shown.ages[at] / oldest);
      circle.append(mark(label, x, y, 6, { class: kind(label), "fill-opacity": shade }));
      if (chosen.has(at)) circle.append(svg("circle", { cx: x, cy: y, r: 11, class: "explore-ring" }));
    });
    for (const { row, label } of queries) {
      const [x, y] = place(row, outside);
      circle.append(
        mark(label < 0 ? 0 : label, x, y, 8, {
          class: `explore-query ${label < 0 ? "explore-free" : kind(label)}`,
        })
      );
    }
  }

  /* the ring as it is in memory */

  const strip = element("ol", { class: "explore-strip", "aria-label": "The rows of the ring, in order" });

  function drawStrip() {
    const written = last ? last.images.map((_, b) => (set.position - B + b + state.size) % state.size) : [];
    strip.replaceChildren(
      ...set.rows.map((_, at) => {
        const label = labels[set.images[at]];
        const age = set.ages[at];
        const swatch = svg("svg", { width: 20, height: 20, "aria-hidden": "true" });
        swatch.append(
          mark(label, 10, 10, 6, {
            class: kind(label),
            "fill-opacity": age < 0 ? 1 : 1 - 0.6 * (age / Math.max(1, ...set.ages)),
          })
        );
        const next = at === set.position;
        return element(
          "li",
          { class: `${written.includes(at) ? "explore-new" : ""} ${next ? "explore-next" : ""}` },
          swatch,
          element("span", {}, age < 0 ? "\u2013" : String(age)),
          element(
            "span",
            { class: "explore-hidden" },
            (age < 0 ? "initial random row" : `${classes[label]}, ${count(age, "push", "pushes")} old`) +
              (next ? ", to be replaced next" : "")
          )
        );
      })
    );
  }

  function draw() {
    drawCircle();
    drawStrip();
    const random = set.ages.filter((age) => age < 0).length;
    let text;
    if (last) {
      const sum = (key) => history.reduce((total, each) => total + each[key], 0);
      const total = B * history.length;
      const pushed = total - sum("random");
      text =
        `Step ${step}. Over the last ${count(history.length, "step")}, ` +
        `${percent(sum("same") / total)} of the neighbours are of the same class` +
        (state.pushFirst ? ` and ${percent(sum("itself") / total)} are the projection itself` : "") +
        (pushed ? `; their mean age is ${fixed((sum("age") + sum("random")) / pushed, 1)} pushes` : "") +
        `. ${random ? `${random} of ${state.size} rows are still random` : "No row is random any more"}. ` +
        `The next row goes to place ${set.position + 1}.`;
    } else {
      const at = find(set, vector(state.free));
      const similarity = vector(state.free).reduce((total, v, k) => total + v * set.rows[at][k], 0);
      text =
        `The nearest row is in place ${at + 1}, with cosine ${fixed(similarity, 3)}. ` +
        (set.ages[at] < 0
          ? "It is one of the initial random rows."
          : `Its class is ${classes[labels[set.images[at]]]}, and it is ${count(set.ages[at], "push", "pushes")} old.`);
    }
    sentence.say(text);
    circle.setAttribute("aria-label", `The support set on the circle. ${text}`);
  }

  const legend = element(
    "ul",
    { class: "explore-legend explore-classes" },
    ...[...classes, "initial random row"].map((name, label) => {
      const swatch = svg("svg", { width: 18, height: 18, "aria-hidden": "true" });
      const each = label < classes.length ? label : undefined;
      swatch.append(mark(each, 9, 9, 6, { class: kind(each) }));
      return element("li", {}, swatch, element("span", {}, name));
    }),
    element("li", {}, element("span", {}, "Projections z are on the rim. Older rows are farther in. Rings mark the nearest rows."))
  );

  explore.mount(
    "explore-support-set",
    element("div", { class: "explore-line" }, buttons, order.node),
    ...sentence.nodes,
    element(
      "div",
      { class: "explore-support" },
      box,
      element(
        "div",
        { class: "explore-side" },
        legend,
        size.node,
        drift.node,
        free.node,
        element(
          "p",
          { class: "explore-check" },
          exclude,
          element("label", { for: exclude.id }, "ignore rows of the view\u2019s own image")
        )
      )
    ),
    element("h3", { class: "explore-title" }, "The rows in memory, with their ages in pushes. The framed row is replaced next."),
    strip
  );
  restart();
  explore.sized(box, (next) => {
    width = Math.min(next, 380);
    drawCircle();
  });
  draw();
})(window.simclrExplore);
