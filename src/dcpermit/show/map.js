// Moves and enlarges maps that stand still without it. Each map is bound once, however often this runs.
(() => {
  "use strict";
  const LEVELS = 9, WIDEST = 256, APART = 40, MOST = 64; // as in clusters.py; APART in pixels

  const bind = (figure) => {
    figure.dataset.dcOn = "";
    const view = figure.querySelector(".dc-view"), pan = figure.querySelector(".dc-pan");
    const tools = figure.querySelector(".dc-tools"), tip = figure.querySelector(".dc-tip");
    const rule = figure.querySelector(".dc-rule"), whole = pan.viewBox.baseVal;
    const full = { x: whole.x, y: whole.y, w: whole.width, h: whole.height };
    const panels = JSON.parse(pan.dataset.panels || "[]"); // left, top, right, bottom, how many times the scale
    const marks = [...pan.querySelectorAll(".dc-marks > *")];
    let at = { ...full };

    const factor = () => full.w / at.w;
    const draw = () => {
      at.w = Math.min(full.w, Math.max(full.w / MOST, at.w));
      at.h = at.w * full.h / full.w;
      at.x = Math.min(full.x + full.w - at.w, Math.max(full.x, at.x));
      at.y = Math.min(full.y + full.h - at.h, Math.max(full.y, at.y));
      pan.setAttribute("viewBox", `${at.x} ${at.y} ${at.w} ${at.h}`);
      const pixels = (pan.clientWidth || 1000) / at.w;
      const level = Math.round(Math.log2(WIDEST * pixels / APART));
      pan.dataset.z = String(Math.min(LEVELS - 1, Math.max(0, level)));
      pan.style.setProperty("--dc-s", String(0.78 / pixels));
      pan.toggleAttribute("data-near", factor() > 1.01);
      tip.hidden = true;
      measure();
    };

    // A round length of at most a quarter of what is seen.
    const measure = () => {
      const x = at.x + at.w / 2, y = at.y + at.h / 2;
      const inset = panels.find((one) => x >= one[0] && x <= one[2] && y >= one[1] && y <= one[3]);
      const km = Number(rule.dataset.km) / factor() / (inset ? inset[4] : 1);
      [...rule.querySelectorAll("g")].forEach((bar, place) => {
        const unit = Number(bar.dataset.km), most = km / unit / 4;
        const ten = 10 ** Math.floor(Math.log10(most));
        const round = [5, 2, 1].find((step) => step * ten <= most) * ten;
        bar.querySelector("rect").setAttribute("width", `${100 * round * unit / km}%`);
        const where = place || !panels.length || inset ? "" : ", on the mainland";
        bar.querySelector("text").textContent = `${Number(round.toPrecision(1))} ${bar.dataset.unit}${where}`;
      });
    };

    const zoom = (times, x = at.x + at.w / 2, y = at.y + at.h / 2) => {
      const w = Math.min(full.w, Math.max(full.w / MOST, at.w / times)), share = w / at.w;
      at = { x: x - (x - at.x) * share, y: y - (y - at.y) * share, w, h: at.h * share };
      draw();
    };
    const move = (x, y) => { at.x += x * at.w; at.y += y * at.h; draw(); };
    const all = () => { at = { ...full }; draw(); };
    const spot = (event) => {
      const box = pan.getBoundingClientRect();
      return [at.x + (event.clientX - box.left) / box.width * at.w, at.y + (event.clientY - box.top) / box.height * at.h];
    };
    const placed = (mark) => { const { e, f } = mark.transform.baseVal.consolidate().matrix; return [e, f]; };
    const markOf = (target) => (target.closest ? target.closest(".dc-marks > *") : null);

    const tell = (mark) => {
      tip.textContent = mark.getAttribute("aria-label") || "";
      tip.hidden = !tip.textContent;
      const box = view.getBoundingClientRect(), own = mark.getBoundingClientRect();
      const left = own.left + own.width / 2 - box.left, top = own.top - box.top;
      tip.style.left = `${Math.max(4, Math.min(left - tip.offsetWidth / 2, box.width - tip.offsetWidth - 4))}px`;
      const above = top - tip.offsetHeight - 6;
      tip.style.top = `${above > 2 ? above : Math.min(top + own.height + 6, box.height - tip.offsetHeight - 2)}px`;
    };

    // A disc opens by enlarging the map about it; one that no enlargement opens tells the page what it stands for.
    const open = (mark) => {
      const [x, y] = placed(mark);
      if (mark.localName === "a") return;
      if (mark.dataset.rows && factor() > MOST / 4) {
        mark.dispatchEvent(new CustomEvent("dc-rows", { bubbles: true, detail: mark.dataset.rows.split(" ") }));
        return;
      }
      at.x = x - at.w / 2; at.y = y - at.h / 2;
      zoom(3, x, y);
    };

    const step = (by) => {
      const seen = marks.filter((mark) => {
        const [x, y] = placed(mark);
        return x >= at.x && x <= at.x + at.w && y >= at.y && y <= at.y + at.h && getComputedStyle(mark).display !== "none";
      }).sort((a, b) => placed(a)[0] - placed(b)[0]);
      if (!seen.length) return;
      const now = seen.indexOf(document.activeElement);
      seen[(now < 0 ? (by > 0 ? 0 : seen.length - 1) : now + by + seen.length) % seen.length].focus({ preventScroll: true });
    };

    for (const mark of marks) {
      const title = mark.querySelector("title");
      if (title) { mark.setAttribute("aria-label", title.textContent); title.remove(); }
      if (mark.localName !== "a") { mark.setAttribute("tabindex", "-1"); mark.setAttribute("role", "button"); }
    }

    const keys = {
      "+": () => zoom(2), "=": () => zoom(2), "-": () => zoom(0.5), "0": all,
      ArrowLeft: () => move(-0.2, 0), ArrowRight: () => move(0.2, 0),
      ArrowUp: () => move(0, -0.2), ArrowDown: () => move(0, 0.2),
      n: () => step(1), p: () => step(-1),
      Escape: () => { tip.hidden = true; view.focus(); },
    };
    view.tabIndex = 0;
    view.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const mark = markOf(event.target);
      if (event.key === "Enter" && mark && mark.localName !== "a") { open(mark); view.focus(); event.preventDefault(); }
      if (!keys[event.key]) return;
      event.preventDefault();
      keys[event.key]();
    });
    tools.hidden = false;
    tools.addEventListener("click", (event) => {
      const key = event.target.dataset.key;
      if (key) keys[key]();
    });

    // The page scrolls by the wheel until the map is asked: by a click into it, or with Ctrl.
    view.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey && !view.contains(document.activeElement)) return;
      event.preventDefault();
      zoom(2 ** (-event.deltaY / (event.deltaMode ? 10 : 300)), ...spot(event));
    }, { passive: false });

    let held = null, moved = false;
    pan.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      held = [event.clientX, event.clientY]; moved = false;
      view.focus({ preventScroll: true });
    });
    pan.addEventListener("pointermove", (event) => {
      if (held === null || !event.buttons) { held = null; return; }
      const [x, y] = [event.clientX - held[0], event.clientY - held[1]];
      if (!moved && Math.hypot(x, y) < 4) return;
      if (!moved) pan.setPointerCapture(event.pointerId);
      moved = true; held = [event.clientX, event.clientY];
      move(-x / pan.clientWidth, -y / pan.clientHeight);
    });
    pan.addEventListener("pointerup", () => { held = null; });
    pan.addEventListener("dragstart", (event) => event.preventDefault());
    pan.addEventListener("click", (event) => {
      const mark = markOf(event.target);
      if (moved) event.preventDefault(); else if (mark) open(mark);
    }, true);
    pan.addEventListener("pointerover", (event) => { const mark = markOf(event.target); if (mark) tell(mark); else tip.hidden = true; });
    pan.addEventListener("pointerleave", () => { tip.hidden = true; });
    pan.addEventListener("focusin", (event) => { const mark = markOf(event.target); if (mark) tell(mark); });

    new ResizeObserver(draw).observe(view); // and at once, when the page is laid out
  };

  document.querySelectorAll("[data-dc-map]:not([data-dc-on])").forEach(bind);
})();
