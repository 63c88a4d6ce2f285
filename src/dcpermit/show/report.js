// On paper what is folded is open; proofs stand there once, with what came out alike.
(() => {
  "use strict";
  let opened = [];
  window.addEventListener("beforeprint", () => {
    document.body.dataset.paper = "";
    opened = [...document.querySelectorAll("details:not([open])")];
    opened.forEach((one) => { one.open = true; });
  });
  window.addEventListener("afterprint", () => {
    delete document.body.dataset.paper;
    opened.forEach((one) => { one.open = false; });
  });
})();

// Sorts, filters and unfolds the table of a report, which is whole without it.
(() => {
  "use strict";
  const table = document.getElementById("table");
  if (!table) return;
  const bodies = [...table.tBodies], heads = [...table.tHead.rows[0].cells];
  const ORDER = ["MEETS", "UNKNOWN", "FAILS", "NOT IN FORCE"];

  // A cell's place in an order: its figure, else its outcome, else its text; what is empty comes last either way.
  const value = (body, column) => {
    const cell = body.rows[0].cells[column], text = cell.textContent.trim();
    if (cell.dataset.s) return Number(cell.dataset.s);
    if (!text) return null;
    const outcome = ORDER.findIndex((word) => text.includes(word));
    if (outcome >= 0) return outcome;
    return text !== "" && !Number.isNaN(Number(text)) ? Number(text) : text.toLowerCase();
  };
  const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b)));
  const sort = (column) => {
    const head = heads[column], up = head.getAttribute("aria-sort") !== "ascending";
    heads.forEach((one) => one.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const keyed = bodies.map((body, place) => [value(body, column), place, body]);
    keyed.sort((a, b) => {
      if ((a[0] === null) !== (b[0] === null)) return a[0] === null ? 1 : -1;
      const by = a[0] === null ? 0 : compare(a[0], b[0]);
      return (up ? by : -by) || a[1] - b[1];
    });
    table.append(...keyed.map((one) => one[2]));
  };
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sort(column));
    head.replaceChildren(button);
  });

  const filters = document.getElementById("filters"), search = document.getElementById("search");
  const contested = document.getElementById("contested"), count = document.getElementById("count");
  const boxes = [...filters.querySelectorAll("fieldset input")];
  let words = null; // of each row, once they are sought
  let only = null; // the rows of one place on the map
  const filter = () => {
    const sought = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    if (sought.length && !words) words = bodies.map((body) => body.textContent.toLowerCase());
    const known = new Set(boxes.map((box) => box.value));
    const wanted = { qualifying: new Set(), federal: new Set() };
    boxes.filter((box) => box.checked).forEach((box) => wanted[box.name].add(box.value));
    const passes = (kind, said) => wanted[kind].has(said) || !known.has(said);
    let shown = 0;
    bodies.forEach((body, place) => {
      const keep = passes("qualifying", body.dataset.q) && passes("federal", body.dataset.f)
        && (!contested.checked || body.dataset.c) && (!only || only.has(body.id))
        && sought.every((word) => words[place].includes(word));
      body.hidden = !keep;
      shown += keep ? 1 : 0;
    });
    const of = only ? ", those at one place on the map" : "";
    count.textContent = `${shown.toLocaleString("en-US")} of ${bodies.length.toLocaleString("en-US")} projects shown${of}.`;
  };
  const clear = () => {
    search.value = ""; contested.checked = false; only = null;
    boxes.forEach((box) => { box.checked = true; });
    filter();
  };
  filters.hidden = false;
  filters.addEventListener("input", filter);
  document.getElementById("clear").addEventListener("click", clear);
  document.addEventListener("dc-rows", (event) => {
    clear();
    only = new Set(event.detail);
    filter();
    document.getElementById("projects").scrollIntoView();
  });
  filter();

  // A row's proofs are those it shares with others, with what it says by itself put in.
  const said = document.getElementById("proofs");
  const proofs = said ? JSON.parse(said.textContent) : null;
  const fill = (body) => {
    const place = body.querySelector(".proofs");
    if (!proofs || !place || place.dataset.full) return;
    place.dataset.full = "1";
    const drawn = proofs.rows[Number(body.id.slice(4)) - 1].map(([pattern, ...notes]) => {
      const tree = document.getElementById(`why-${pattern + 1}`).querySelector(".dc-proof").cloneNode(true);
      notes.forEach((note, leaf) => { tree.querySelector(`[data-leaf="${leaf}"]`).textContent = proofs.notes[note]; });
      return tree;
    });
    place.after(...drawn);
  };
  table.addEventListener("toggle", (event) => {
    if ("paper" in document.body.dataset || !event.target.open) return;
    if (event.target.parentElement.matches(".why > td")) fill(event.target.closest("tbody"));
  }, true);

  // What a link leads to is shown and open, whatever was filtered.
  const lead = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.hidden) clear();
    const fold = target.matches("details") ? target : target.querySelector(".why details");
    if (fold && target.matches("tbody, details")) { fold.open = true; target.scrollIntoView(); }
  };
  window.addEventListener("hashchange", lead);
  lead();
})();
