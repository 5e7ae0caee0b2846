/* Temperature: one anchor's row of similarities, its softmax, and its gradient.
   The arithmetic is that of simclr_mini/nt_xent.py, for one of the 2B anchors. */

window.simclrExplore = window.simclrExplore || {};

/* ---- arithmetic */

(function (explore) {
  "use strict";

  /** Softmax of similarity / temperature over an anchor's 2B - 1 candidates. */
  function softmax(similarities, temperature) {
    const greatest = Math.max(...similarities);
    const weights = similarities.map((s) => Math.exp((s - greatest) / temperature));
    const sum = weights.reduce((a, b) => a + b);
    return weights.map((w) => w / sum);
  }

  /** Equation 1 for one anchor: -log of its positive's share of the softmax. */
  function loss(similarities, positive, temperature) {
    const greatest = Math.max(...similarities);
    const sum = similarities.reduce((a, s) => a + Math.exp((s - greatest) / temperature), 0);
    return Math.log(sum) - (similarities[positive] - greatest) / temperature;
  }

  /** What this anchor's term adds to the gradient of nt_xent_loss, the mean over 2B anchors, with
      respect to each similarity. There is one more anchor than there are candidates: 2B. */
  function gradient(similarities, positive, temperature) {
    const anchors = similarities.length + 1;
    return softmax(similarities, temperature).map(
      (p, j) => (p - (j === positive ? 1 : 0)) / temperature / anchors
    );
  }

  /** Each negative's share of the push; 0 for the positive. It is the softmax of the negatives
      alone: the positive decides how strong the push is, not how it is divided. */
  function shares(similarities, positive, temperature) {
    const negatives = similarities.filter((_, j) => j !== positive);
    const push = softmax(negatives, temperature);
    push.splice(positive, 0, 0);
    return push;
  }

  /** Over how many negatives the push is spread: e to the entropy of the shares, 1 to 2B - 2. */
  function counting(push) {
    return Math.exp(-push.reduce((sum, q) => (q > 0 ? sum + q * Math.log(q) : sum), 0));
  }

  explore.temperature = { softmax, loss, gradient, shares, counting };
})(window.simclrExplore);

/* ---- the figure */

(function (explore) {
  "use strict";
  if (!document.getElementById("explore-temperature")) return;

  const { element, svg, fixed, percent } = explore;
  const { softmax, loss, gradient, shares, counting } = explore.temperature;
  const start = explore.data.temperature;
  const TEMPERATURES = start.temperatures;
  const POSITIVE = start.names.findIndex((_, j) => start.kinds[j] === "positive");
  const picture = (j) => explore.bytes(start.pictures[j]);
  const state = { similarities: [...start.similarities], temperature: start.temperature };

  /* one row for each candidate: similarity, softmax, gradient */

  function bar(kind) {
    const fill = element("span", { class: `explore-fill explore-${kind}` });
    const text = element("span", { class: "explore-number" });
    const node = element(
      "div",
      { class: "explore-bar" },
      element("span", { class: "explore-track" }, fill),
      text
    );
    return { fill, text, node };
  }

  const rows = start.names.map((name, j) => {
    const thumb = explore.paint(explore.canvas(""), picture(j + 1), start.side);
    thumb.setAttribute("aria-hidden", "true");
    const slider = explore.slider({
      label: name,
      min: -1,
      max: 1,
      step: 0.05,
      value: state.similarities[j],
      words: (s) => fixed(s, 2),
      input(s) {
        state.similarities[j] = s;
        draw();
      },
    });
    const [share, force] = [bar(start.kinds[j]), bar(start.kinds[j])];
    const node = element(
      "div",
      { class: "explore-candidate" },
      thumb,
      slider.node,
      share.node,
      force.node
    );
    return { node, slider, share, force };
  });

  const anchor = explore.paint(explore.canvas(start.anchor), picture(0), start.side);
  const head = element(
    "div",
    { class: "explore-candidate explore-head", "aria-hidden": "true" },
    element("span", {}),
    element("span", {}, "similarity to the anchor"),
    element("span", {}, "softmax"),
    element("span", {}, "gradient")
  );
  const temperature = explore.slider({
    label: "temperature \u03c4",
    min: 0,
    max: TEMPERATURES.length - 1,
    step: 1,
    value: TEMPERATURES.indexOf(state.temperature),
    words: (i) => String(TEMPERATURES[i]),
    input(i) {
      state.temperature = TEMPERATURES[i];
      draw();
    },
  });
  const presets = element(
    "div",
    { class: "explore-buttons", role: "group", "aria-label": "Initial similarities" },
    ...Object.entries(start.presets).map(([name, similarities]) =>
      explore.button(name, () => {
        state.similarities = [...similarities];
        rows.forEach((row, j) => row.slider.set(similarities[j]));
        draw();
      })
    )
  );
  const sentence = explore.sentence();

  /* the share of each negative at every temperature */

  const HEIGHT = 250;
  const MARGIN = { top: 8, right: 40, bottom: 42, left: 44 };
  const LOWEST = Math.log(TEMPERATURES[0]);
  const HIGHEST = Math.log(TEMPERATURES[TEMPERATURES.length - 1]);
  const chart = svg("svg", { class: "explore-chart", height: HEIGHT, role: "img" });
  const box = element("div", { class: "explore-chart-box" }, chart);
  let width = 0;
  const right = (tau) =>
    MARGIN.left + ((Math.log(tau) - LOWEST) / (HIGHEST - LOWEST)) * (width - MARGIN.left - MARGIN.right);
  const down = (share) => MARGIN.top + share * (HEIGHT - MARGIN.top - MARGIN.bottom);

  /** The temperature on the list that is nearest to a place on the chart. */
  function at(event) {
    const x = event.clientX - chart.getBoundingClientRect().left;
    const distances = TEMPERATURES.map((tau) => Math.abs(right(tau) - x));
    return distances.indexOf(Math.min(...distances));
  }

  function choose(event) {
    if (event.type === "pointermove" && !event.buttons) return;
    temperature.set(at(event));
    state.temperature = TEMPERATURES[at(event)];
    draw();
  }
  chart.addEventListener("pointerdown", choose);
  chart.addEventListener("pointermove", choose);

  function drawChart() {
    if (!width) return;
    chart.setAttribute("width", width);
    chart.replaceChildren();
    const steps = Array.from({ length: 81 }, (_, i) =>
      Math.exp(LOWEST + (i / 80) * (HIGHEST - LOWEST))
    );
    const columns = steps.map((tau) => shares(state.similarities, POSITIVE, tau));
    let below = steps.map(() => 0);
    start.names.forEach((name, j) => {
      if (j === POSITIVE) return;
      const above = below;
      below = above.map((share, i) => share + columns[i][j]);
      const edge = (heights) => heights.map((share, i) => `${right(steps[i])},${down(share)}`);
      chart.append(
        svg("polygon", {
          points: [...edge(above), ...edge(below).reverse()].join(" "),
          class: `explore-band explore-${start.kinds[j]}`,
        })
      );
      const last = steps.length - 1;
      const middle = down((above[last] + below[last]) / 2);
      const side = Math.min(26, down(below[last]) - down(above[last]) - 3);
      if (side > 7) {
        chart.append(
          svg("image", {
            href: addresses[j],
            x: width - MARGIN.right + 7,
            y: middle - side / 2,
            width: side,
            height: side,
            class: "explore-pixels",
          })
        );
      }
    });
    for (const share of [0, 0.5, 1]) {
      chart.append(
        svg("text", { x: MARGIN.left - 7, y: down(1 - share) + 4, class: "explore-tick explore-end" },
          percent(share))
      );
    }
    for (const tau of [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2]) {
      chart.append(
        svg("line", { x1: right(tau), x2: right(tau), y1: down(1), y2: down(1) + 5, class: "explore-axis" }),
        svg("text", { x: right(tau), y: down(1) + 19, class: "explore-tick explore-middle" }, String(tau))
      );
    }
    const x = right(state.temperature);
    chart.append(
      svg("text", { x: right(0.2), y: HEIGHT - 5, class: "explore-tick explore-middle" }, "temperature \u03c4"),
      svg("line", { x1: x, x2: x, y1: down(0), y2: down(1), class: "explore-cursor-back" }),
      svg("line", { x1: x, x2: x, y1: down(0), y2: down(1), class: "explore-cursor" }),
      svg("circle", { cx: x, cy: down(1), r: 6, class: "explore-knob" })
    );
  }
  const addresses = start.names.map((_, j) => explore.address(picture(j + 1), start.side));

  function draw() {
    const { similarities, temperature: tau } = state;
    const p = softmax(similarities, tau);
    const g = gradient(similarities, POSITIVE, tau);
    const push = shares(similarities, POSITIVE, tau);
    rows.forEach((row, j) => {
      row.share.fill.style.width = `${100 * p[j]}%`;
      row.share.text.textContent = percent(p[j]);
      row.force.fill.style.width = `${100 * (j === POSITIVE ? 1 : push[j])}%`;
      row.force.text.textContent = (g[j] < 0 ? "" : "+") + fixed(g[j], 3);
      row.node.classList.toggle("explore-still-row", j !== POSITIVE && push[j] < 0.005);
    });
    const most = push.indexOf(Math.max(...push));
    const counts = counting(push);
    const all = push.length - 1;
    const even = Math.max(...push) - 1 / all < 1e-9;
    sentence.say(
      `At \u03c4 = ${tau} this anchor\u2019s loss is ${fixed(loss(similarities, POSITIVE, tau), 2)}` +
        ` (chance ${fixed(Math.log(p.length), 2)}). ` +
        (even
          ? `All ${all} negatives share the push evenly.`
          : `The negative pushed hardest is \u201c${start.names[most]}\u201d, with ${percent(push[most])} of the push. ` +
            `The push is spread as if over ${fixed(counts, 1)} of the ${all} negatives.`)
    );
    chart.setAttribute(
      "aria-label",
      `Stacked chart of each negative\u2019s share of the push, by temperature. At ${TEMPERATURES[0]} the largest share is ` +
        `${percent(Math.max(...shares(similarities, POSITIVE, TEMPERATURES[0])))}, at 2 it is ` +
        `${percent(Math.max(...shares(similarities, POSITIVE, 2)))}.`
    );
    drawChart();
  }

  explore.mount(
    "explore-temperature",
    element(
      "div",
      { class: "explore-anchor" },
      anchor,
      element("p", {}, "The anchor is one view of a picture of dots. With B = 4 it has 7 candidates."),
      presets
    ),
    temperature.node,
    ...sentence.nodes,
    head,
    ...rows.map((row) => row.node),
    element("h3", { class: "explore-title" }, "Share of the push, by temperature"),
    box
  );
  temperature.node.classList.add("explore-wide");
  explore.sized(box, (next) => {
    width = next;
    drawChart();
  });
  draw();
})(window.simclrExplore);
