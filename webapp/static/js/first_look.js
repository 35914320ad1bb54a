// A first look at a drawing, by a small network in the browser: what it reads appears after each
// stroke, and nothing is sent. The network is fetched when the first stroke begins.

import { probabilities } from "./networks/forward.js";
import { digitsOf } from "./networks/picture.js";
import { loadNetwork } from "./networks/weights.js";
import { gettext } from "./translations.js";

const NETWORK = "small-cnn";
const LEAST_PROBABILITY = 0.6; // of the least certain digit; below, nothing is said
const MOST = 0.99; // no reading is certain
const LEAST_HEIGHT = 0.15; // of a digit, as a share of the canvas: points and dashes are no digits
const WIDEST = 1.6; // times its height: a wider run of ink is a dash, or digits that touch
const MOST_DIGITS = 12;

const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent", maximumFractionDigits: 0 });

export class FirstLook {
  #canvas;
  #region;
  #network = null;
  #scheduled = 0;

  // region: the element with the sentence, which names the files of the networks.
  constructor(canvas, region) {
    this.#canvas = canvas;
    this.#region = region;
  }

  // Fetches the network, once. Without it, as offline, there is no first look.
  async prepare() {
    this.#network ??= loadNetwork(NETWORK, this.#region.dataset).catch(() => null);
    if (!(await this.#network)) this.#network = null;
  }

  clear() {
    this.#scheduled += 1;
    this.#region.textContent = "";
  }

  // Looks at the drawing as soon as the browser has painted it.
  update() {
    const scheduled = (this.#scheduled += 1);
    requestAnimationFrame(() =>
      setTimeout(async () => {
        const network = await this.#network;
        if (network && scheduled === this.#scheduled) this.#region.textContent = this.#sentence(network);
      }),
    );
  }

  #sentence(network) {
    const digits = digitsOf(this.#canvas);
    const isLegible = ({ box }) => box.height >= LEAST_HEIGHT * this.#canvas.height && box.width <= WIDEST * box.height;
    if (!digits.length || digits.length > MOST_DIGITS || !digits.every(isLegible)) return "";
    const tens = digits.map(({ picture }) => probabilities(network, picture));
    const least = Math.min(...tens.map((ten) => Math.max(...ten)));
    if (least < LEAST_PROBABILITY) return "";
    return gettext("First look: %(number)s (%(confidence)s)", {
      number: tens.map((ten) => ten.indexOf(Math.max(...ten))).join(""),
      confidence: percent.format(Math.min(least, MOST)),
    });
  }
}
