// Polls a JSON address at growing intervals until a callback has enough. It sleeps in a hidden tab.

const LONGEST_INTERVAL = 8000; // milliseconds

// Returns "done" when the callback returned true, and "gone" when nothing is found there any more:
// the record was deleted, or this browser may not see it any longer.
export async function poll(address, onAnswer, { first = 300, growth = 1.3, longest = LONGEST_INTERVAL } = {}) {
  let interval = first;
  for (;;) {
    const hasReturned = await pause(interval);
    interval = hasReturned ? first : Math.min(interval * growth, longest);
    try {
      const response = await fetch(address, { headers: { Accept: "application/json" } });
      if ([401, 403, 404].includes(response.status)) return "gone";
      if (response.ok && (await onAnswer(await response.json()))) return "done";
    } catch {
      // The network or the server is temporarily unavailable; the next request tries again.
    }
  }
}

// Waits for an interval, in a hidden tab until it is shown again: then it ends at once.
// Resolves to whether somebody returned to the tab.
function pause(interval) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => document.hidden || finish(false), interval);
    const onChange = () => document.hidden || finish(true);
    document.addEventListener("visibilitychange", onChange);
    function finish(hasReturned) {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onChange);
      resolve(hasReturned);
    }
  });
}
