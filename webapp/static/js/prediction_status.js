// Updates the page of a prediction, or of a batch, when its state changes.

import { refreshLiveRegion, replaceLiveRegion } from "./live_region.js";
import { poll } from "./polling.js";
import { gettext } from "./translations.js";

let region = document.querySelector("[data-live]");

watch();

// The page is refreshed when the answer differs from the state that the page was made for.
async function watch() {
  const end = await poll(region.dataset.live, async (answer) => {
    if (stateOf(answer) !== region.dataset.state) region = await refreshLiveRegion();
    return answer.is_settled;
  });
  if (end === "gone") {
    replaceLiveRegion(
      gettext("This is not here for you any more: it was deleted, or you have signed out."),
    );
  }
}

// A picture's status and those ahead of it, or how many pictures of a batch are settled.
function stateOf({ status, ahead, settled }) {
  return [status, ahead, settled].filter((part) => part !== undefined && part !== null).join(" ");
}
