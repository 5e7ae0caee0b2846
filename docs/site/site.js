// The search on the mistakes page, the choice of a kill matrix, and what the theme lacks for keyboards and screen readers.
"use strict";

function searchMistakes() {
  const words = document.getElementById("mistake-words");
  if (!words) return;
  const silent = document.getElementById("mistake-silent");
  const count = document.getElementById("mistake-count");
  const intro = document.querySelector(".mistake-intro");
  // a section is a lesson's heading, then for each function a heading and a list
  const lists = [...document.querySelectorAll(".mistakes")].map((list) => ({
    list,
    heading: list.previousElementSibling,
    items: [...list.children].map((item) => ({
      item,
      text: (item.textContent + " " + list.previousElementSibling.textContent).toLowerCase(),
    })),
  }));
  const everything = lists.reduce((sum, { items }) => sum + items.length, 0);
  const show = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { list, heading, items } of lists) {
      let here = 0;
      for (const { item, text } of items) {
        const fits = wanted.every((word) => text.includes(word));
        item.hidden = !fits || (silent.checked && item.dataset.silent !== "1");
        here += !item.hidden;
      }
      list.hidden = heading.hidden = !here;
      shown += here;
    }
    for (const lesson of document.querySelectorAll(".md-content h2")) {
      let next = lesson.nextElementSibling;
      while (next && next.localName !== "h2" && next.hidden) next = next.nextElementSibling;
      lesson.hidden = !next || next.localName === "h2";
    }
    intro.hidden = wanted.length > 0;
    count.textContent = shown
      ? `${shown} of ${everything} mistakes`
      : "Nothing found. Try one word, such as the name of a function or of a PyTorch call.";
  };
  words.addEventListener("input", show);
  silent.addEventListener("change", show);
  document.querySelector(".mistake-search").hidden = false;
  show();
}

function chooseMatrix() {
  const choice = document.getElementById("matrix-lesson");
  if (!choice) return;
  const headings = [...document.querySelectorAll(".md-content h2")];
  const sections = headings.map((heading) => {
    const parts = [heading];
    while (parts.at(-1).nextElementSibling?.matches("p, ol, table.matrix, .md-typeset__scrollwrap"))
      parts.push(parts.at(-1).nextElementSibling);
    return parts;
  });
  const show = () => {
    const asked = headings.findIndex((heading) => "#" + heading.id === location.hash);
    choice.selectedIndex = Math.max(asked, 0);
    sections.forEach((parts, i) => parts.forEach((part) => (part.hidden = i !== choice.selectedIndex)));
  };
  for (const heading of headings)
    choice.append(new Option(heading.firstChild.textContent, heading.id));
  choice.addEventListener("change", () => (location.hash = choice.value));
  addEventListener("hashchange", show);
  choice.closest(".matrix-choice").hidden = false;
  show();
}

function scrollByKeyboard() {
  const boxes = ".md-typeset__table, .md-typeset__scrollwrap, div.formula, :is(div, p):has(> .picture), p:has(> img[src*='-losses'])";
  for (const box of document.querySelectorAll(boxes)) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}

// The theme opens every box before it prints. What the reader has not opened stays closed on paper.
function rememberOpened({ target }) {
  if (target.localName === "details" && !matchMedia("print").matches)
    target.toggleAttribute("data-opened", target.open);
}

function nameSearch() {
  document.querySelector(".md-search")?.setAttribute("aria-label", "Search");
}

addEventListener("toggle", rememberOpened, true);
addEventListener("DOMContentLoaded", nameSearch);
addEventListener("DOMContentLoaded", searchMistakes);
addEventListener("DOMContentLoaded", chooseMatrix);
addEventListener("load", scrollByKeyboard);
addEventListener("resize", scrollByKeyboard);
