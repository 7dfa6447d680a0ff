// Everything a page does: the theme, the filters, the order, and what opens by itself. Without it the whole content is still there.
"use strict";
(() => {
  const root = document.documentElement;
  const KEY = "lean-silicon-theme";

  const stored = () => {
    try { return localStorage.getItem(KEY) || ""; } catch { return ""; } // a file that may not store forgets, nothing else
  };

  const turn = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };

  turn(stored()); // before the first paint

  const themes = () => {
    const field = document.querySelector(".theme");
    for (const choice of field.querySelectorAll("input")) {
      choice.checked = choice.value === (root.dataset.theme || "");
      choice.addEventListener("change", () => {
        turn(choice.value);
        try { localStorage.setItem(KEY, choice.value); } catch { /* as above */ }
      });
    }
    field.hidden = false;
  };

  // An option's value is "=" and the text to equal, "-" for entries without any, or nothing for all.
  const agrees = (wanted, value) => !wanted || (wanted === "-" ? !value : value === wanted.slice(1));

  const plural = (shown, all, name, names) =>
    shown === all ? `${all.toLocaleString("en")} ${all === 1 ? name : names}`
      : `${shown.toLocaleString("en")} of ${all.toLocaleString("en")} ${names}`;

  const NAMES = {
    finding: ["finding", "findings"],
    accepted: ["accepted", "accepted"],
    machines: ["place with machines", "places with machines"],
  };

  const filters = (form) => {
    const entries = Array.from(document.querySelectorAll("[data-entry]"), (element) => ({
      element, kind: element.dataset.entry, stack: element.dataset.stack, team: element.dataset.team,
      rule: element.dataset.rule, severity: element.dataset.severity, words: null,
    }));
    const status = document.getElementById("shown");
    let waiting = 0;

    const wordsOf = (entry) => (entry.words ??= entry.element.textContent.toLowerCase());

    const apply = () => {
      const asked = new FormData(form);
      const severities = new Set(asked.getAll("severity"));
      const words = asked.get("words").toLowerCase().split(/\s+/).filter(Boolean);
      const counts = {};
      for (const entry of entries) {
        const passes = agrees(asked.get("stack"), entry.stack) && agrees(asked.get("team"), entry.team)
          && (entry.kind === "machines" // a machine has neither rule nor severity
            || (agrees(asked.get("rule"), entry.rule) && severities.has(entry.severity)))
          && words.every((word) => wordsOf(entry).includes(word));
        if (entry.element.hidden === passes) entry.element.hidden = !passes;
        const count = (counts[entry.kind] ??= { shown: 0, all: 0 });
        count.all += 1;
        count.shown += passes ? 1 : 0;
      }
      status.textContent = Object.entries(counts)
        .map(([kind, { shown, all }]) => plural(shown, all, ...NAMES[kind])).join(", ");
      for (const note of document.querySelectorAll("[data-nothing]")) {
        const count = counts[note.dataset.nothing];
        note.hidden = !count || count.shown > 0;
      }
    };

    const later = () => {
      clearTimeout(waiting);
      waiting = setTimeout(apply, 120); // one announcement for a word, not for each of its letters
    };

    form.addEventListener("input", (event) => {
      if (event.target.name === "order") order(event.target.value);
      else if (event.target.name === "words") later();
      else apply();
    });
    form.addEventListener("reset", () => setTimeout(() => { order("saving"); apply(); }));
    form.addEventListener("submit", (event) => { event.preventDefault(); apply(); });
    form.parentElement.hidden = false;
    root.dataset.filters = ""; // for the styles; a selector that looks for them would be asked at each entry that is hidden
    apply(); // a browser may have kept what was chosen before a reload
    order(form.elements.order.value);
  };

  const RANKS = { error: 0, warning: 1, note: 2 };

  const order = (by) => {
    const list = document.querySelector(".findings");
    if (!list) return;
    const position = (item) => Number(item.dataset.at);
    const compare = {
      saving: () => 0,
      severity: (one, other) => RANKS[one.dataset.severity] - RANKS[other.dataset.severity],
      stack: (one, other) => (one.dataset.stack || "").localeCompare(other.dataset.stack || ""),
    }[by];
    const items = Array.from(list.children);
    const sorted = [...items].sort((one, other) => compare(one, other) || position(one) - position(other));
    if (sorted.some((item, at) => item !== items[at])) list.append(...sorted);
  };

  // A link to what is filtered out or folded away shows it.
  const reveal = () => {
    let target = null;
    try { target = document.getElementById(decodeURIComponent(location.hash.slice(1))); } catch { /* not an id */ }
    if (!target) return;
    if (target instanceof HTMLDetailsElement) target.open = true;
    const form = document.getElementById("filters");
    if (target.hidden && form) {
      form.reset();
      setTimeout(() => target.scrollIntoView());
      return;
    }
    target.scrollIntoView();
  };

  const printing = () => {
    let opened = [];
    addEventListener("beforeprint", () => {
      opened = Array.from(document.querySelectorAll("main details:not([open]):not(.rule)"));
      for (const details of opened) details.open = true;
    });
    addEventListener("afterprint", () => {
      for (const details of opened) details.open = false;
      opened = [];
    });
  };

  document.addEventListener("DOMContentLoaded", () => {
    themes();
    const form = document.getElementById("filters");
    if (form) filters(form);
    printing();
    addEventListener("hashchange", reveal);
    if (location.hash) reveal();
  });
})();
