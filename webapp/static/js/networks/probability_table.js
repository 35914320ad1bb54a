// The table of the ten probabilities of each network, which changes while a picture changes.

const LABELS = 10;
const MOST = 0.9995; // no reading is certain, so that none is shown as 100 %
const number = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

function percent(probability) {
  return probability < MOST ? `${number.format(probability * 100)} %` : `>\u00a0${number.format(99.9)} %`;
}

export class ProbabilityTable {
  #answers;
  #cells;

  // The table has a row of answers and ten rows, with one cell a network in each.
  constructor(table) {
    this.#answers = [...table.querySelectorAll("[data-answer]")];
    this.#cells = Array.from({ length: LABELS }, (_, label) => [
      ...table.querySelectorAll(`[data-label="${label}"] [data-probability]`),
    ]);
  }

  // probabilities: one list of ten for each network. Returns the label that each network reads.
  show(probabilities) {
    return probabilities.map((ten, network) => {
      const read = best(ten);
      this.#answers[network].textContent = read;
      ten.forEach((probability, label) => {
        const cell = this.#cells[label][network];
        cell.style.setProperty("--share", probability);
        cell.lastElementChild.textContent = percent(probability);
        cell.classList.toggle("is-best", label === read);
      });
      return read;
    });
  }

  clear() {
    for (const answer of this.#answers) answer.textContent = "–";
    for (const cell of this.#cells.flat()) {
      cell.style.setProperty("--share", 0);
      cell.classList.remove("is-best");
      cell.lastElementChild.textContent = "";
    }
  }
}

export function best(probabilities) {
  return probabilities.indexOf(Math.max(...probabilities));
}
