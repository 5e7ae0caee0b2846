// The search on the mistakes page, and what the theme lacks for keyboards and screen readers.
"use strict";

function searchMistakes() {
  const words = document.getElementById("mistake-words");
  if (!words) return;
  const silent = document.getElementById("mistake-silent");
  const count = document.getElementById("mistake-count");
  const entries = [...document.querySelectorAll(".mistakes > li")].map((item) => ({
    item,
    text: (item.textContent + " " + item.parentElement.previousElementSibling.textContent).toLowerCase(),
  }));
  const show = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { item, text } of entries) {
      const fits = wanted.every((word) => text.includes(word));
      item.hidden = !fits || (silent.checked && item.dataset.silent !== "1");
      shown += !item.hidden;
    }
    for (const list of document.querySelectorAll(".mistakes")) {
      const empty = ![...list.children].some((item) => !item.hidden);
      list.hidden = list.previousElementSibling.hidden = empty;
    }
    count.textContent = `${shown} of ${entries.length} mistakes`;
  };
  words.addEventListener("input", show);
  silent.addEventListener("change", show);
  document.querySelector(".mistake-search").hidden = false;
  show();
}

function scrollByKeyboard() {
  for (const box of document.querySelectorAll(".md-typeset__table, .md-typeset__scrollwrap, div.formula")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}

function nameSearch() {
  document.querySelector(".md-search")?.setAttribute("aria-label", "Search");
}

addEventListener("DOMContentLoaded", nameSearch);
addEventListener("DOMContentLoaded", searchMistakes);
addEventListener("load", scrollByKeyboard);
addEventListener("resize", scrollByKeyboard);
