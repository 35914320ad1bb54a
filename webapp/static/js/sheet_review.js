// Steps through the unsure cells of a sheet, magnifies each in the page, and copies the table.

import { gettext } from "./translations.js";

const PADDING = 2.5; // cells around the one in focus that the page shows
const form = document.querySelector("[data-review]");
const page = document.querySelector("[data-page]");
const copy = document.querySelector("[data-copy]");

if (form && page) {
  const inputs = [...form.querySelectorAll("[data-box]")];
  const unsure = inputs.filter((input) => "unsure" in input.dataset);
  const checked = form.querySelector("[data-checked]");
  const seen = new Set();

  form.addEventListener("focusin", ({ target }) => {
    if (target.dataset.box) magnify(target.dataset.box.split(" ").map(Number));
  });
  form.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!input.dataset.box || event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      confirm(input);
      go(input, 1);
    } else if (event.key === "ArrowDown" || (event.key === "ArrowRight" && isAtEnd(input))) {
      event.preventDefault();
      go(input, 1);
    } else if (event.key === "ArrowUp" || (event.key === "ArrowLeft" && isAtStart(input))) {
      event.preventDefault();
      go(input, -1);
    } else if (event.key === "Escape") {
      showWhole();
    }
  });

  function confirm(input) {
    if (!unsure.includes(input)) return;
    seen.add(input.name);
    checked.value = [...seen].join(" ");
    input.closest("td").classList.replace("is-unsure", "is-checked");
  }

  // The next unsure cell in that direction, in reading order; after the last one the save button.
  function go(from, step) {
    const order = inputs.filter((input) => unsure.includes(input) || input === from);
    const next = order[order.indexOf(from) + step];
    const target = next ?? (step > 0 ? form.querySelector("[name=save]") : null);
    target?.focus();
    next?.select();
  }
}

function isAtEnd(input) {
  return input.selectionStart === input.value.length || input.selectionEnd - input.selectionStart === input.value.length;
}

function isAtStart(input) {
  return input.selectionEnd === 0 || input.selectionEnd - input.selectionStart === input.value.length;
}

function magnify([x, y, width, height]) {
  const across = Math.max(width, height) * PADDING;
  const down = height * PADDING;
  page.setAttribute("viewBox", `${x - across} ${y - down} ${width + 2 * across} ${height + 2 * down}`);
  const focus = page.querySelector("[data-focus]");
  for (const [name, value] of Object.entries({ x, y, width, height })) focus.setAttribute(name, value);
}

function showWhole() {
  page.setAttribute("viewBox", `0 0 ${page.dataset.width} ${page.dataset.height}`);
}

copy?.addEventListener("click", async () => {
  const rows = [...document.querySelectorAll("[data-grid] tr:not(.sheet-sums)")].map((row) =>
    [...row.querySelectorAll("td:not(.sheet-sum)")].flatMap(cellTexts).join("\t"),
  );
  await navigator.clipboard.writeText(rows.join("\n"));
  const label = copy.textContent;
  copy.textContent = gettext("Copied");
  setTimeout(() => (copy.textContent = label), 2000);
});

// A cell that spans columns is followed by empty ones.
function cellTexts(cell) {
  const text = cell.querySelector("input")?.value ?? "";
  return [text, ...Array(Math.max(0, cell.colSpan - 1)).fill("")];
}
