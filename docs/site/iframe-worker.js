// A browser starts no worker from disk (file://). The search needs one: here it runs in a hidden
// frame. With this file in mkdocs.yml's `extra`, the theme does not fetch one from the network.
// What is searched for is looked up in both spellings: colour and color.
"use strict";

const SPELLINGS = [["color", "colour"], ["gray", "grey"], ["center", "centre"],
  ["normaliz", "normalis"], ["optimiz", "optimis"]];

function bothSpellings(message) {
  if (message?.type !== 2 || typeof message.data !== "string") return message;  // 2 is a query
  const words = message.data.split(/\s+/).flatMap((word) => {
    for (const [a, b] of SPELLINGS)
      for (const [from, to] of [[b, a], [a, b]])
        if (word.toLowerCase().includes(from)) return [word, word.toLowerCase().replace(from, to)];
    return [word];
  });
  return { ...message, data: words.join(" ") };
}

if (location.protocol !== "file:") {
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (message, ...rest) {
    post.call(this, bothSpellings(message), ...rest);
  };
}

// A served page would fetch the index, its largest file, at once. It waits until someone searches.
if (location.protocol !== "file:") {
  const asked = new Promise((done) => {
    if (new URLSearchParams(location.search).has("q")) done();
    const heard = ({ target }) => target.closest?.(".md-search, #__search") && done();
    for (const event of ["focusin", "change"]) document.addEventListener(event, heard);
  });
  const { open, send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    this.waits = String(url).endsWith("/search_index.json");
    open.call(this, method, url, ...rest);
  };
  XMLHttpRequest.prototype.send = function (...body) {
    if (this.waits) asked.then(() => send.apply(this, body));
    else send.apply(this, body);
  };
}

if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      frame.srcdoc = "<!doctype html><title>search</title>";
      this.started = new Promise((done) => {
        frame.onload = () => {
          const inside = frame.contentWindow;
          inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
          const script = inside.document.createElement("script");
          script.src = url;
          script.onload = () => done(inside);
          inside.document.body.append(script);
        };
      });
      document.body.append(frame);
    }

    postMessage(message) {
      const data = bothSpellings(message);
      this.started.then((inside) => inside.dispatchEvent(new MessageEvent("message", { data })));
    }
  };
}
