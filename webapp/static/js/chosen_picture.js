// A picture that was chosen: its row in the list, with thumbnail, progress and its own error.

import { askForCrop, turnedCrop } from "./picture_crop.js";
import { reduced, thumbnail } from "./picture_reduction.js";
import { upload } from "./picture_upload.js";
import { gettext } from "./translations.js";

const MEGABYTE = 1024 * 1024;
const THUMBNAIL_SIDE = 192; // pixels
const PREVIEW_SIDE = 1000; // pixels, to choose a part of it

export class ChosenPicture {
  constructor(file, template, { onRemove }) {
    this.file = file;
    this.turns = 0;
    this.crop = null; // the part that is sent; null for the whole picture
    this.state = "ready"; // then "sending", and "sent" or "refused"
    this.row = template.content.firstElementChild.cloneNode(true);
    this.part("name").textContent = file.name;
    this.part("name").title = file.name;
    this.part("rotate").setAttribute("aria-label", gettext("Rotate %(name)s", { name: file.name }));
    this.part("remove").setAttribute("aria-label", gettext("Remove %(name)s", { name: file.name }));
    this.part("picture").setAttribute("aria-label", gettext("Crop %(name)s", { name: file.name }));
    this.part("rotate").addEventListener("click", () => this.rotate());
    this.part("picture").addEventListener("click", () => this.chooseCrop());
    this.part("remove").addEventListener("click", () => {
      this.row.remove();
      onRemove(this);
    });
  }

  part(name) {
    return this.row.querySelector(`[data-${name}]`);
  }

  async showThumbnail() {
    const canvas = await thumbnail(this.file, { turns: this.turns, crop: this.crop, side: THUMBNAIL_SIDE });
    if (canvas) this.part("picture").replaceChildren(canvas);
    this.part("rotate").hidden = this.part("picture").disabled = !canvas;
  }

  rotate() {
    this.turns = (this.turns + 1) % 4;
    this.crop &&= turnedCrop(this.crop);
    return this.showThumbnail();
  }

  async chooseCrop() {
    this.crop = await askForCrop(await thumbnail(this.file, { turns: this.turns, side: PREVIEW_SIDE }), this.crop);
    await this.showThumbnail();
  }

  refuse(sentence) {
    this.state = "refused";
    this.part("picture").disabled = true;
    this.row.classList.add("is-refused");
    this.part("rotate").hidden = this.part("progress").hidden = true;
    this.part("remove").hidden = false;
    this.say(sentence);
  }

  say(sentence) {
    this.part("state").textContent = sentence;
  }

  // Never rejects: a refusal is shown in the row. The answer is kept.
  async send(address, batch, { original, maxBytes }) {
    this.state = "sending";
    this.part("picture").disabled = true;
    this.part("rotate").hidden = this.part("remove").hidden = true;
    this.part("progress").hidden = false;
    this.say(gettext("Preparing…"));
    const blob = await reduced(this.file, { turns: this.turns, crop: this.crop, original });
    if (blob.size > maxBytes) {
      const limit = Math.round(maxBytes / MEGABYTE);
      this.refuse(gettext("This file is larger than %(limit)s MB. Choose a smaller one.", { limit }));
      return;
    }
    try {
      this.answer = await upload(address, blob, this.file.name, batch, {
        progress: (share) => this.showProgress(share),
        waiting: (sentence) => this.say(sentence),
      });
    } catch (error) {
      this.refuse(error.message || gettext("This picture was not accepted."));
      return;
    }
    this.state = "sent";
    this.row.classList.add("is-sent");
    this.part("progress").value = 1;
    this.say(gettext("Sent"));
  }

  showProgress(share) {
    this.part("progress").value = share;
    this.say(gettext("Sending…"));
  }
}
