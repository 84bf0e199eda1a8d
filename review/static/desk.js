// The keys of the desk. Everything they do is a link or a form on the page: without this file nothing is lost.
"use strict";

const $ = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const isQueue = document.body.classList.contains("queue");
const isStory = document.body.classList.contains("story-page");
const hasCards = isQueue || isStory;
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
  if (next >= listed.length) follow($("a[rel=next], [data-next]"));
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
  return isQueue || document.body.matches(".conflict, .merge") ? current() : $(".deck");
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
    return;
  }
  const box = document.activeElement?.closest(".work details[open], #bulk details[open]");
  if (box) {
    box.open = false;
    $("summary", box).focus();
  } else if (isTyping(document.activeElement)) {
    document.activeElement.blur();
    point(current() ?? cards()[0]);
  }
}

// What a card or an open article is made of, for the forms that stand once on the page.
function items(card) {
  if (card.dataset.items) return card.dataset.items.split(" ");
  return all(".decide input[name=item]", card).flatMap((input) => input.value.split(" "));
}

function fill(form, card, listed) {
  $("[name=item]", form).value = listed.join(" ");
  $("[name=focus]", form).value = card.id.slice(5);
}

// n and @: on a card in a dialog, on an article in its own form.
function write(name, only) {
  const card = hasCards && current();
  if (!card) return openAt(name);
  const dialog = $(`#${name}-dialog`);
  if (!dialog) return false; // who only reads has none
  const form = $("form", dialog);
  fill(form, card, only ? items(card).slice(0, 1) : items(card));
  dialog.setAttribute("aria-label", `${name}: ${$("h3", card).textContent}`);
  dialog.showModal();
  $("textarea, input[name=to]", form).select();
  return true;
}

function flag() {
  const card = hasCards && current();
  if (!card) return press($(".work .flag"));
  const button = $(".flag-form .flag");
  if (!button) return false;
  fill(button.form, card, items(card));
  button.value = card.classList.contains("is-flagged") ? "unflag" : "flag";
  return press(button);
}

// Opens the part of the page with this id, and puts the focus on its first field.
function openAt(id) {
  const part = document.getElementById(id);
  const field = part && ($("[data-first]", part) ?? $("input:not([type=hidden]), select, textarea, button", part));
  if (!field) return false;
  for (let box = part.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  field.focus();
  part.scrollIntoView({ block: "nearest" });
  return true;
}

// e, t, g, s: here when this page has the form, else on the page of the card that has it.
function go(id) {
  if (document.body.dataset.reader) return;
  if (!openAt(id)) follow($(`a[href$="#${id}"]`, (hasCards && current()) || document));
}

// g and s lead to the pages of the story that is pointed at or open; there they choose.
function story(way) {
  const at = current()?.dataset.story ?? $("[data-story]")?.dataset.story;
  if (!at || document.body.dataset.reader) return;
  leaving = true;
  const address = new URL(at, location.href);
  address.pathname += `/${way}`;
  location.assign(address);
}

function choose() {
  if (!document.body.matches(".split")) return story("split");
  const box = current() && $("[name=item]", current());
  if (!box) return undefined;
  box.checked = !box.checked;
  return announce(`${box.checked ? "chosen" : "not chosen"}: ${all("[name=item]:checked").length} in all`);
}

function openBulk() {
  const box = $("#bulk details");
  if (!box) return;
  box.open = true;
  $(".accept", box).focus();
  box.scrollIntoView({ block: "nearest" });
  announce($("#bulk-count").textContent);
}

function announce(text) {
  $("#said").textContent = text.replace(/\s+/g, " ").trim();
}

function isTyping(element) {
  return Boolean(element?.matches("input:not([type=checkbox]), textarea, select"));
}

// The key's place on the keyboard counts, so that the keys work in every layout.
function nameOf(event) {
  if (/^[a-z0-9/?]$/.test(event.key)) return event.key;
  if (event.key === "Enter" || event.key === "Escape") return event.key;
  if (event.code === "Slash") return event.shiftKey ? "?" : "/";
  if (event.key === "@" || (event.code === "Digit2" && event.shiftKey)) return "@";
  if (event.code === "KeyA" && event.shiftKey) return "A";
  const place = /^(?:Key([A-Z])|(?:Digit|Numpad)([0-9]))$/.exec(event.code);
  return place && !event.shiftKey ? (place[1] ?? place[2]).toLowerCase() : "";
}

const keys = {
  j: () => move(1),
  k: () => (cards().length ? move(-1) : history.back()),
  a: () => press(desk() && $(".accept", desk())),
  A: openBulk,
  r: openReject,
  e: () => go("facts"),
  t: () => go("tags"),
  g: () => (document.body.matches(".merge") ? press(current() && $(".accept", current())) : story("merge")),
  s: choose,
  n: () => write("note", true),
  "@": () => write("assign", false),
  f: flag,
  u: () => press($("#undo button")),
  q: () => follow($("[data-back]")),
  "/": () => $("#q")?.select(),
  "?": () => (help.open ? help.close() : help.showModal()),
  Escape: closeOpen,
  Enter: () => follow(current() && $("a.open", current())),
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("[data-send]")) {
    event.preventDefault();
    press($("button", event.target.form));
    return;
  }
  // On some layouts the @ needs AltGr, which says that Control and Alt are down.
  if (event.key !== "@" && (event.ctrlKey || event.metaKey || event.altKey)) return;
  const name = nameOf(event);
  if (leaving) {
    if (keys[name]) event.preventDefault();
    return;
  }
  if (help.open ? name !== "?" : $("dialog[open]")) return;
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

// What was done is told on the page that comes of it, for those who do not see it.
document.addEventListener("submit", (event) => {
  if (event.target.method === "dialog") return;
  leaving = true;
  if (event.target.method === "post") sessionStorage.setItem("done", event.submitter?.textContent ?? "");
});
window.addEventListener("pageshow", () => {
  leaving = false;
  const done = sessionStorage.getItem("done");
  sessionStorage.removeItem("done");
  if (done !== null) setTimeout(() => announce(`${done}: ${$("h1")?.textContent ?? ""} ${$(".list-head .soft")?.textContent ?? ""}`), 100);
  // The browser goes to the part that the address names, and takes the focus from its fields: they get it back.
  if (!isQueue && location.hash) setTimeout(() => openAt(location.hash.slice(1)), 0);
  // The browser has scrolled to the card that the address names; at the first one the outlets' health stays in sight.
  if (isQueue && location.hash === `#${cards()[0]?.id}`) setTimeout(() => scrollTo(0, 0), 0);
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

// Where there are colleagues, they are told which story is looked at: the one on which the focus rests for a moment.
const RESTS = 1500;
const AGAIN = 60000;
let resting = 0;

function looked() {
  const at = (current() ?? $("[data-story]"))?.closest("[data-story]") ?? $("main[data-story], .reader[data-story]");
  return at?.dataset.story.match(/^\/story\/([0-9]+)/)?.[1];
}

async function tell() {
  const story = looked();
  if (!story || document.hidden || leaving) return;
  const answer = await fetch("/looking", { method: "POST", body: new URLSearchParams({ story }) });
  if (!answer.ok) return;
  const others = await answer.json();
  for (const badge of all(".looking")) {
    const names = others[badge.closest("[data-story]")?.dataset.story.match(/^\/story\/([0-9]+)/)?.[1]];
    const words = names ? `${names.join(", ")} ${names.length === 1 ? "is" : "are"} looking at this` : "";
    if (names && badge.textContent !== words && badge.closest(".card") === (current() ?? null)) announce(words);
    badge.textContent = words;
    badge.hidden = !names;
  }
}

function rest() {
  clearTimeout(resting);
  resting = setTimeout(tell, RESTS);
}

if ("colleagues" in document.body.dataset && $("[data-story]")) {
  document.addEventListener("focusin", rest);
  setInterval(tell, AGAIN);
  rest();
}
