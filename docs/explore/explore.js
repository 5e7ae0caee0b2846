/* What the live figures share: elements, numbers as text, random draws, and words for a screen
   reader. The arithmetic of each figure is in the figure's own file, next to its drawing code. */

window.simclrExplore = window.simclrExplore || {};

(function (explore) {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";

  /* ---- elements */

  /** An element with attributes and children. A key that starts with "on" is a listener. */
  function build(node, attributes, children) {
    for (const [key, value] of Object.entries(attributes || {})) {
      if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
      else if (value === true) node.setAttribute(key, "");
      else if (value !== false && value !== undefined) node.setAttribute(key, value);
    }
    node.append(...children.filter((child) => child !== undefined));
    return node;
  }

  explore.element = (name, attributes, ...children) =>
    build(document.createElement(name), attributes, children);

  explore.svg = (name, attributes, ...children) =>
    build(document.createElementNS(SVG, name), attributes, children);

  let names = 0;
  explore.name = () => `explore-${++names}`;

  /** A native slider under its label, with its value as text.
      `words(value)` is what is shown and what a screen reader says. */
  explore.slider = function ({ label, min, max, step, value, words, input }) {
    const id = explore.name();
    const output = explore.element("output", { for: id, class: "explore-value" });
    const range = explore.element("input", { type: "range", id, min, max, step, value });
    function show() {
      output.textContent = words(Number(range.value));
      range.setAttribute("aria-valuetext", output.textContent);
    }
    range.addEventListener("input", () => {
      show();
      input(Number(range.value));
    });
    show();
    return {
      node: explore.element(
        "div",
        { class: "explore-slider" },
        explore.element("label", { for: id }, label),
        output,
        range
      ),
      range,
      output,
      set(next) {
        range.value = next;
        show();
      },
    };
  };

  /** A row of native radio buttons. Choices are [value, label] pairs; a label can be a node. */
  explore.radios = function ({ legend, choices, value, change, quiet = false }) {
    const name = explore.name();
    const inputs = new Map();
    const labels = choices.map(([key, label]) => {
      const radio = explore.element("input", { type: "radio", name, value: key });
      radio.checked = key === value;
      radio.addEventListener("change", () => change(key));
      inputs.set(key, radio);
      return explore.element("label", {}, radio, explore.element("span", {}, label));
    });
    const title = explore.element("legend", quiet ? { class: "explore-hidden" } : {}, legend);
    return {
      node: explore.element("fieldset", { class: "explore-radios" }, title, ...labels),
      set(key) {
        for (const [each, radio] of inputs) radio.checked = each === key;
      },
    };
  };

  explore.button = (label, click, main = false) =>
    explore.element(
      "button",
      { type: "button", class: main ? "explore-button explore-main" : "explore-button", onclick: click },
      label
    );

  /** A sentence that all readers get; a screen reader speaks it after a pause. */
  explore.sentence = function () {
    const seen = explore.element("p", { class: "explore-sentence", "aria-hidden": "true" });
    const heard = explore.element("p", { class: "explore-hidden", "aria-live": "polite" });
    let wait = 0;
    return {
      nodes: [seen, heard],
      /** Show a text without speaking it, while the figure is still computing. */
      show(text) {
        clearTimeout(wait);
        seen.textContent = text;
      },
      say(text) {
        this.show(text);
        wait = setTimeout(() => {
          if (heard.textContent !== text) heard.textContent = text;
        }, 400);
      },
    };
  };

  /** Put a figure into its place on the page, and hide its still picture. */
  explore.mount = function (id, ...children) {
    const place = document.getElementById(id);
    if (!place) return null;
    place.replaceChildren(...children);
    place.dataset.live = "";
    return place;
  };

  /** Call `draw(width)` now and whenever the width of `node` changes. */
  explore.sized = function (node, draw) {
    let last = 0;
    function measure() {
      const width = Math.floor(node.clientWidth);
      if (width > 0 && width !== last) {
        last = width;
        draw(width);
      }
    }
    new ResizeObserver(measure).observe(node);
    measure();
  };

  /* ---- pictures: planar bytes, red then green then blue, as the library's (3, H, W) */

  explore.bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

  /** Paint a square picture of bytes (3, side, side) on a canvas. */
  explore.paint = function (canvas, bytes, side) {
    canvas.width = canvas.height = side;
    const pixels = new ImageData(side, side);
    const area = side * side;
    for (let at = 0; at < area; at += 1) {
      for (let channel = 0; channel < 3; channel += 1) {
        pixels.data[4 * at + channel] = bytes[channel * area + at];
      }
      pixels.data[4 * at + 3] = 255;
    }
    canvas.getContext("2d").putImageData(pixels, 0, 0);
    return canvas;
  };

  /** A picture as the address of an image, for SVG. */
  explore.address = (bytes, side) =>
    explore.paint(document.createElement("canvas"), bytes, side).toDataURL();

  explore.canvas = (label) =>
    explore.element("canvas", { role: "img", "aria-label": label, class: "explore-pixels" });

  /* ---- numbers as text */

  explore.fixed = (value, digits) => {
    const text = value.toFixed(digits);
    return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "\u2212");
  };

  explore.percent = (share) => `${explore.fixed(100 * share, 0)}\u00a0%`;

  explore.count = (n, one, many) => `${n} ${n === 1 ? one : many || one + "s"}`;

  /* ---- random draws */

  /** Uniform, integer and normal random numbers; each seed gives one stream. Xorshift. */
  explore.source = function (seed) {
    let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0 || 1;
    function next() {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      state >>>= 0;
      return state / 2 ** 32;
    }
    for (let i = 0; i < 20; i += 1) next(); // streams of neighbouring seeds diverge
    return {
      uniform: next,
      integer: (n) => Math.floor(n * next()),
      normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    };
  };

  /** The numbers 0 to n - 1 in random order. */
  explore.permutation = function (n, source) {
    const order = Array.from({ length: n }, (_, i) => i);
    for (let last = n - 1; last > 0; last -= 1) {
      const other = source.integer(last + 1);
      [order[last], order[other]] = [order[other], order[last]];
    }
    return order;
  };
})(window.simclrExplore);
