// The keys of the desk. Everything they do is a link or a form on the page: without this file nothing is lost.
"use strict";

const $ = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const isQueue = document.body.classList.contains("queue");
const help = $("#help");
let leaving = false; // one key, one request: what is typed while a page loads is not for the old page

function cards() {
  return all(".card");
}

function current() {
  return document.activeElement?.closest(".card") ?? $(".card.current");
}

function point(card, scroll = true) {
  if (!card) return;
  all(".card.current").forEach((other) => other.classList.remove("current"));
  card.classList.add("current");
  card.focus({ preventScroll: true });
  if (scroll) card.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const listed = cards();
  if (!listed.length) {
    if (step > 0) follow($("[data-next]"));
    return;
  }
  const next = listed.indexOf(current()) + step;
  if (next >= listed.length) follow($("a[rel=next]"));
  else if (next >= 0) point(listed[next]);
}

function follow(link) {
  if (!link) return;
  leaving = true;
  link.click();
}

function press(button) {
  if (!button) return;
  leaving = true;
  button.form.requestSubmit(button);
}

// Where the decision of a key goes: the card pointed at, or the article that is open.
function desk() {
  return isQueue || document.body.classList.contains("conflict") ? current() : $(".deck");
}

function openReject() {
  const reject = desk() && $(".reject", desk());
  if (!reject) return;
  reject.open = true;
  $(".reasons button", reject).focus();
  reject.scrollIntoView({ block: "nearest" });
}

function closeOpen() {
  const reject = $(".reject[open]");
  if (reject) {
    reject.open = false;
    point(reject.closest(".card"));
  } else if (isTyping(document.activeElement)) {
    document.activeElement.blur();
    point(current() ?? cards()[0]);
  }
}

function isTyping(element) {
  return Boolean(element?.matches("input:not([type=checkbox]), textarea, select"));
}

// The key's place on the keyboard counts, so that the keys work in every layout.
function nameOf(event) {
  if (/^[a-z0-9/?]$/.test(event.key)) return event.key;
  if (event.key === "Enter" || event.key === "Escape") return event.key;
  if (event.code === "Slash") return event.shiftKey ? "?" : "/";
  const place = /^(?:Key([A-Z])|(?:Digit|Numpad)([0-9]))$/.exec(event.code);
  return place && !event.shiftKey ? (place[1] ?? place[2]).toLowerCase() : "";
}

const keys = {
  j: () => move(1),
  k: () => (cards().length ? move(-1) : history.back()),
  a: () => press(desk() && $(".accept", desk())),
  r: openReject,
  u: () => press($("#undo button")),
  q: () => follow($("[data-back]")),
  "/": () => $("#q")?.select(),
  "?": () => (help.open ? help.close() : help.showModal()),
  Escape: closeOpen,
  Enter: () => follow(current() && $("a.open", current())),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const name = nameOf(event);
  if (leaving) {
    if (keys[name]) event.preventDefault();
    return;
  }
  if (help.open && name !== "?") return;
  if (isTyping(event.target) && name !== "Escape") return;
  // Enter and space belong to the link, button or summary that has the focus.
  if (name === "Enter" && event.target.closest("a, button, summary, input")) return;
  const reject = $(".reject[open]", desk() ?? document);
  if (/^[1-6]$/.test(name) && reject) {
    event.preventDefault();
    press(all(".reasons button", reject)[Number(name) - 1]);
    return;
  }
  if (!Object.hasOwn(keys, name)) return;
  if (name !== "Escape" && name !== "Enter") event.preventDefault();
  keys[name]();
});

document.addEventListener("focusin", (event) => {
  const card = event.target.closest(".card");
  if (card && !card.classList.contains("current")) {
    all(".card.current").forEach((other) => other.classList.remove("current"));
    card.classList.add("current");
  }
});

document.addEventListener("submit", () => { leaving = true; });
window.addEventListener("pageshow", () => {
  leaving = false;
  // The browser has scrolled to the card that the address names; at the first one the outlets' health stays in sight.
  if (isQueue && location.hash === `#${cards()[0]?.id}`) scrollTo(0, 0);
});

$("[data-help]")?.addEventListener("click", (event) => {
  event.preventDefault();
  help.showModal();
});

document.documentElement.classList.add("js");

const wide = matchMedia("(min-width: 62rem)");
const side = $(".side");
if (side && !wide.matches) side.open = false;

if (location.hash === "#evidence") $("#evidence")?.focus();
else if (cards().length) {
  const asked = location.hash.startsWith("#card-") ? document.getElementById(location.hash.slice(1)) : null;
  point(asked ?? cards()[0], Boolean(asked));
}
