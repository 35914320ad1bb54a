// A small network that learns while you watch: its curves, its weights, and what it reads.

import { gettext } from "../translations.js";
import { loadSamples } from "./data.js";
import { paintValues, paintWeights, pictureItem } from "./drawing.js";
import { TinyNetwork, halved } from "./tiny_network.js";

const TEST = 100; // the last pictures are never trained on
const FRAMES_PER_EPOCH = 4;
const MAX_EPOCHS = 300;
const SHOWN = 10; // test digits with what is read of them
const CHART = { width: 320, height: 140, left: 34, top: 8, bottom: 20 };

export async function start(root) {
  const samples = (await loadSamples()).map((sample) => ({ ...sample, large: sample.picture, picture: halved(sample.picture) }));
  new Training(root, samples).restart();
}

class Training {
  constructor(root, samples) {
    this.root = root;
    this.samples = samples;
    this.running = false;
    const on = (name, act) => this.part(name)?.addEventListener("click", act);
    on("run", () => this.toggle());
    on("step", () => this.step());
    on("restart", () => this.restart());
    for (const name of ["examples", "batch", "dropout", "style"]) {
      root.querySelector(`[name=${name}]`)?.addEventListener("change", () => this.restart());
    }
    root.querySelector("[name=rate]").addEventListener("input", () => this.showRate());
    this.showRate();
  }

  part(name) {
    return this.root.querySelector(`[data-${name}]`);
  }

  setting(name, otherwise) {
    const field = this.root.querySelector(`[name=${name}]`);
    if (!field) return otherwise;
    return field.type === "checkbox" ? field.checked : field.value;
  }

  get learningRate() {
    return 10 ** Number(this.setting("rate"));
  }

  showRate() {
    this.root.querySelector("[data-rate]").textContent = this.learningRate.toPrecision(2).replace(/\.?0+$/, "");
  }

  restart() {
    this.pause();
    const style = this.setting("style", "");
    const suits = (sample) => !style || !sample.style || sample.style === style;
    const others = (sample) => sample.style && sample.style !== style;
    this.trainingSet = this.samples.slice(0, -TEST).filter(suits).slice(0, Number(this.setting("examples", 500)));
    this.testSet = style ? this.samples.filter(others) : this.samples.slice(-TEST);
    this.network = new TinyNetwork({ hidden: 24, seed: 3 });
    this.history = [];
    this.batchesDone = 0;
    this.order = [...this.trainingSet];
    this.makePictures();
    this.measure();
  }

  toggle() {
    if (this.running) this.pause();
    else this.run();
  }

  run() {
    this.running = true;
    this.part("run").textContent = gettext("Pause");
    const frame = () => {
      if (!this.running || !this.root.isConnected) return;
      const batches = Math.ceil(this.trainingSet.length / this.batchSize / FRAMES_PER_EPOCH);
      for (let i = 0; i < batches; i++) this.trainOnce();
      this.measure();
      if (this.epoch >= MAX_EPOCHS) this.pause();
      else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  pause() {
    this.running = false;
    this.part("run").textContent = gettext("Train");
  }

  step() {
    this.pause();
    this.trainOnce();
    this.measure();
  }

  get batchSize() {
    return Number(this.setting("batch", 16));
  }

  get epoch() {
    return (this.batchesDone * this.batchSize) / this.trainingSet.length;
  }

  trainOnce() {
    const perEpoch = Math.ceil(this.trainingSet.length / this.batchSize);
    const at = this.batchesDone % perEpoch;
    if (at === 0) this.shuffle();
    const batch = this.order.slice(at * this.batchSize, (at + 1) * this.batchSize);
    this.network.train(batch, { learningRate: this.learningRate, dropout: this.setting("dropout", false) ? 0.5 : 0 });
    this.batchesDone++;
  }

  shuffle() {
    for (let i = this.order.length - 1; i > 0; i--) {
      const j = Math.floor(this.network.random() * (i + 1));
      [this.order[i], this.order[j]] = [this.order[j], this.order[i]];
    }
  }

  measure() {
    const training = this.network.score(this.trainingSet);
    const test = this.network.score(this.testSet);
    this.history.push({ epoch: this.epoch, training, test });
    this.showFigures(training, test);
    this.showCurves();
    this.showPictures();
  }

  showFigures(training, test) {
    const percent = (share) => `${(share * 100).toFixed(0)} %`;
    const figures = {
      epoch: this.epoch.toFixed(1),
      loss: Number.isFinite(training.loss) ? training.loss.toFixed(3) : "∞",
      training: percent(training.accuracy),
      test: percent(test.accuracy),
    };
    for (const [name, text] of Object.entries(figures)) this.part(`figure-${name}`).textContent = text;
  }

  showCurves() {
    const last = Math.max(1, this.epoch);
    const x = (epoch) => CHART.left + (epoch / last) * (CHART.width - CHART.left - 6);
    const y = (share) => CHART.top + (1 - share) * (CHART.height - CHART.top - CHART.bottom);
    const stride = Math.ceil(this.history.length / 200);
    const shown = this.history.filter((_, i) => i % stride === 0 || i === this.history.length - 1);
    for (const name of ["training", "test"]) {
      const points = shown.map((one) => `${x(one.epoch).toFixed(1)},${y(one[name].accuracy).toFixed(1)}`);
      this.part(`curve-${name}`).setAttribute("points", points.join(" "));
    }
  }

  makePictures() {
    const weights = Array.from({ length: this.network.hidden }, (_, unit) =>
      pictureItem(gettext("Weights of unit %(number)s", { number: unit + 1 })),
    );
    this.weightCanvases = weights.map(({ canvas }) => canvas);
    this.part("weights").replaceChildren(...weights.map(({ item }) => item));
    this.shown = this.testSet.slice(0, SHOWN);
    this.part("test-digits").replaceChildren(
      ...this.shown.map((sample) => {
        const { item, canvas } = pictureItem(gettext("A test digit: %(label)s", { label: String(sample.label) }));
        paintValues(canvas, sample.large, 28, 1);
        item.append(document.createElement("span"));
        return item;
      }),
    );
  }

  showPictures() {
    this.weightCanvases.forEach((canvas, unit) => paintWeights(canvas, this.network.weightsOf(unit), 14));
    this.shown.forEach((sample, i) => {
      const read = this.network.read(sample.picture);
      const text = this.part("test-digits").children[i].lastElementChild;
      text.textContent = read;
      text.classList.toggle("is-wrong", read !== sample.label);
    });
  }
}
