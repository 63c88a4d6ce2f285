// Opens the pages in Chromium without a network and checks what a person relies on. Usage: node check.mjs FOLDER
import { readFileSync, existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve, join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const folder = resolve(process.argv[2]);
const shots = join(folder, "shots");
mkdirSync(shots, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf-8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];
const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 360, height: 740 } };
const FOCUSABLE = "a[href], button, input, select, summary, [tabindex='0']";

let passed = 0;
const failed = [];
const check = (name, good, detail = "") => {
  if (good) passed += 1;
  else { failed.push(name); console.error(`FAILED ${name}${detail ? `: ${detail}` : ""}`); }
};

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"],
});

// A page with everything noted that it must not do.
const opened = async (name, size, scheme, script = true) => {
  const url = pathToFileURL(join(folder, `${name}.html`)).href;
  const context = await browser.newContext({
    viewport: SIZES[size], colorScheme: scheme, javaScriptEnabled: script, offline: true,
  });
  const wrong = [];
  await context.route("**/*", (route) => {
    const asked = route.request().url();
    if (asked.split("#")[0] === url) return route.continue();
    wrong.push(`asked for ${asked}`);
    return route.abort();
  });
  const page = await context.newPage();
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) wrong.push(`console: ${message.text()}`); });
  page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => { wrong.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  await page.addInitScript(() => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
  });
  const begun = performance.now();
  await page.goto(url, { waitUntil: "load" });
  return { context, page, wrong, took: performance.now() - begun };
};

const harmless = async (name, page, wrong) => {
  check(`${name}: asks nothing of a network, raises no error, opens no dialog`, wrong.length === 0, wrong.join("; "));
  const violations = await page.evaluate(() => window.violations || []);
  check(`${name}: keeps to its own policy`, violations.length === 0, violations.join("; "));
  const strange = await page.evaluate(() => [...document.querySelectorAll("script")].filter((one) => one.textContent.includes("alert(")).length
    + document.querySelectorAll("img").length);
  check(`${name}: markup in a name is text`, strange === 0);
};

// Marks that are seen and how many places they stand for.
const seen = (page, map = 0) => page.evaluate((map) => {
  const marks = [...document.querySelectorAll("svg.dc-map")[map].querySelectorAll(".dc-marks > *")];
  return marks.filter((mark) => getComputedStyle(mark).display !== "none")
    .reduce((sum, mark) => sum + Number(mark.querySelector("text")?.textContent || 1), 0);
}, map);
const box = (page, map = 0) => page.evaluate((map) => document.querySelectorAll("svg.dc-pan")[map].getAttribute("viewBox"), map);

const looks = async (name) => {
  for (const size of Object.keys(SIZES)) for (const scheme of ["light", "dark"]) {
    const label = `${name}, ${size}, ${scheme}`;
    const { context, page, wrong } = await opened(name, size, scheme);
    await page.screenshot({ path: join(shots, `${name}-${size}-${scheme}.png`), fullPage: true });
    // Folded parts are checked open: what is folded has no contrast.
    await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
    await page.evaluate(axe);
    const found = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags, resultTypes: ["violations"] }), RULES);
    check(`${label}: meets WCAG 2 AA`, found.violations.length === 0,
      found.violations.map((one) => `${one.id} at ${one.nodes.slice(0, 3).map((node) => `${node.target} ${node.any[0]?.message ?? ""}`).join(", ")}`).join("; "));
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    check(`${label}: nothing runs over its width`, over <= 0, `${over} px`);
    await harmless(label, page, wrong);
    await context.close();
  }
};

const tabbed = async (name) => {
  const { context, page } = await opened(name, "desktop", "light");
  const wanted = await page.evaluate((selector) => {
    const all = [...document.querySelectorAll(selector)].filter((one) => one.tabIndex >= 0 && one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length);
    all.forEach((one, place) => { one.dataset.tabbed = String(place); });
    return all.length;
  }, FOCUSABLE);
  const reached = new Set();
  for (let presses = 0; presses < wanted + 5; presses += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => document.activeElement?.dataset?.tabbed ?? null);
    if (at !== null) reached.add(at);
  }
  check(`${name}: Tab reaches all of its ${wanted} controls`, reached.size === wanted && wanted > 0, `${reached.size} of ${wanted}`);
  await context.close();
};

const mapped = async (name, places) => {
  const { context, page, wrong } = await opened(name, "desktop", "light");
  const view = page.locator(".dc-view").first();
  await view.focus();
  const whole = await box(page);
  check(`${name}: the map counts every place`, await seen(page) === places, `${await seen(page)} of ${places}`);
  let boxes = new Set([whole]);
  for (let press = 0; press < 7; press += 1) {
    await page.keyboard.press("+");
    boxes.add(await box(page));
    check(`${name}: enlarged ${press + 1} times, the map counts every place`, await seen(page) === places, `${await seen(page)} of ${places}`);
  }
  check(`${name}: + enlarges the map`, boxes.size >= 6);
  const before = await box(page);
  await page.keyboard.press("ArrowRight");
  check(`${name}: an arrow key moves the map`, await box(page) !== before);
  await page.keyboard.press("0");
  check(`${name}: 0 shows the whole map`, await box(page) === whole);
  await page.keyboard.press("n");
  const told = await page.evaluate(() => ({
    label: document.activeElement.getAttribute("aria-label"),
    tip: [...document.querySelectorAll(".dc-tip")].filter((one) => !one.hidden).map((one) => one.textContent),
  }));
  check(`${name}: n leads to a mark and says what it is`, Boolean(told.label) && told.tip[0] === told.label, JSON.stringify(told));
  for (let press = 0; press < 40; press += 1) {
    if (await page.evaluate(() => document.activeElement.localName === "g")) break;
    await page.keyboard.press("n");
  }
  await page.keyboard.press("Enter");
  check(`${name}: Enter opens a disc`, await box(page) !== whole);
  await page.keyboard.press("0");
  await page.locator(".dc-tools button").first().press("Enter");
  check(`${name}: the button enlarges the map by keyboard`, await box(page) !== whole);
  await page.keyboard.press("Tab");
  await view.focus();
  await page.keyboard.press("0");
  await view.hover();
  await page.mouse.wheel(0, -300);
  await page.waitForTimeout(50);
  check(`${name}: the wheel enlarges the map`, await box(page) !== whole);
  const held = await box(page), at = await view.boundingBox();
  await page.mouse.move(at.x + 200, at.y + 200);
  await page.mouse.down();
  await page.mouse.move(at.x + 120, at.y + 160, { steps: 4 });
  await page.mouse.up();
  check(`${name}: dragging moves the map`, await box(page) !== held);
  await harmless(`${name}, its map used`, page, wrong);
  await context.close();
};

const tabled = async () => {
  const { context, page, wrong } = await opened("list", "desktop", "light");
  const first = () => page.evaluate(() => [...document.getElementById("table").tBodies].filter((one) => !one.hidden).map((one) => one.rows[0].cells[2].dataset.s));
  const load = page.locator("#table thead button", { hasText: "New load" });
  await load.press("Enter");
  const up = (await first()).filter(Boolean).map(Number);
  check("list: Enter in a heading sorts", up.every((one, place) => !place || up[place - 1] <= one), up.join(" "));
  check("list: the heading says how it is sorted", await page.locator("#table th[aria-sort=ascending]").count() === 1);
  await load.press("Enter");
  const down = (await first()).filter(Boolean).map(Number);
  check("list: Enter again sorts the other way", down.every((one, place) => !place || down[place - 1] >= one), down.join(" "));
  check("list: what is empty comes last", (await first()).slice(-1)[0] === undefined);

  const shown = () => page.evaluate(() => [...document.getElementById("table").tBodies].filter((one) => !one.hidden).length);
  const all = await shown();
  await page.locator("input[name=qualifying][value=UNKNOWN]").press("Space");
  const kept = await page.evaluate(() => [...document.getElementById("table").tBodies].filter((one) => !one.hidden).map((one) => one.dataset.q));
  check("list: Space in a box filters by outcome", kept.length > 0 && kept.length < all && !kept.includes("UNKNOWN"));
  await page.locator("#clear").press("Enter");
  check("list: all are shown again", await shown() === all);
  await page.locator("#search").pressSequentially("WITHOUT place");
  check("list: typing searches", await shown() === 1);
  check("list: the number shown is said", (await page.locator("#count").textContent()).startsWith(`1 of ${all}`));
  await page.locator("#clear").press("Enter");

  const fold = page.locator("#row-1 summary").first();
  await fold.press("Enter");
  await page.waitForSelector("#row-1 .dc-proof");
  check("list: Enter unfolds a project with its proofs", await page.locator("#row-1 .dc-proof").count() === 4);
  const values = await page.locator("#row-1 .dc-proof").first().innerText();
  check("list: a project's proof holds what it states", values.includes("180 MW") && !values.includes("as each project states it"));
  await fold.press("Enter");
  check("list: Enter folds it again", !(await page.locator("#row-1 details").first().evaluate((one) => one.open)));

  // A disc that no enlargement opens shows its rows alone.
  await page.evaluate(() => {
    const disc = [...document.querySelectorAll("[data-rows]")].find((one) => one.dataset.rows.split(" ").length === 9);
    disc.dispatchEvent(new CustomEvent("dc-rows", { bubbles: true, detail: disc.dataset.rows.split(" ") }));
  });
  check("list: a place shared by nine projects shows those nine", await shown() === 9);
  await harmless("list, used", page, wrong);
  await context.close();
};

const still = async (places) => {
  const { context, page, wrong } = await opened("list", "desktop", "light", false);
  check("list without scripts: every project has its outcome and reason",
    await page.locator("#table tbody:visible").count() === await page.locator("#table .why summary:visible").count());
  check("list without scripts: no control that does nothing", await page.locator("#filters, .dc-tools").filter({ visible: true }).count() === 0);
  check("list without scripts: the map counts every place", await seen(page) === places, `${await seen(page)}`);
  check("list without scripts: nothing is asked for", wrong.length === 0, wrong.join("; "));
  await context.close();
  const notebook = await opened("notebook", "desktop", "light", false);
  check("notebook without scripts: both maps are there", await seen(notebook.page, 0) === places && await seen(notebook.page, 1) === 12);
  await notebook.context.close();
};

const printed = async (name) => {
  const { context, page, wrong } = await opened(name, "desktop", "dark");
  await page.pdf({ path: join(folder, `${name}.pdf`), preferCSSPageSize: true, printBackground: false });
  await page.emulateMedia({ media: "print" });
  check(`${name} on paper: no controls`, await page.locator(".dc-tools, .filters, .contents").filter({ visible: true }).count() === 0);
  const folded = await page.evaluate(() => {
    window.dispatchEvent(new Event("beforeprint"));
    const left = document.querySelectorAll("details:not([open])").length;
    window.dispatchEvent(new Event("afterprint"));
    return left;
  });
  check(`${name} on paper: nothing is folded`, folded === 0, `${folded}`);
  const ink = await page.evaluate(() => getComputedStyle(document.querySelector("h1")).color);
  check(`${name} on paper: dark ink whatever the screen`, ink.match(/\d+/g).slice(0, 3).every((part) => Number(part) < 90), ink);
  check(`${name} on paper: nothing is asked for`, wrong.length === 0, wrong.join("; "));
  await context.close();
};

const PLACES = 27;
for (const name of ["list", "project", "map", "site", "notebook"]) await looks(name);
for (const name of ["list", "project", "map", "notebook"]) await tabbed(name);
await mapped("list", PLACES);
await mapped("map", PLACES);
await mapped("notebook", PLACES);
await tabled();
await still(PLACES);
await printed("list");
await printed("project");
if (existsSync(join(folder, "real.html"))) {
  const { context, page, wrong, took } = await opened("real", "desktop", "light");
  const rows = await page.locator("#table tbody").count();
  console.log(`a report of ${rows} real projects opened in ${(took / 1000).toFixed(2)} s`);
  await harmless("real list", page, wrong);
  await page.screenshot({ path: join(shots, "real-desktop-light.png") });
  await context.close();
  const phone = await opened("real", "phone", "light");
  const over = await phone.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check("real list, phone: nothing runs over its width", over <= 0, `${over} px`);
  await phone.context.close();
}
await browser.close();
console.log(`${passed} passed, ${failed.length} failed`);
process.exit(failed.length ? 1 : 0);
