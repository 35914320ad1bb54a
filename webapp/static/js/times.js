// Shows times in the reader's own time zone and manner.

const manner = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function localise() {
  for (const time of document.querySelectorAll("time[datetime]")) {
    time.textContent = manner.format(new Date(time.dateTime));
  }
}

localise();
document.addEventListener("cifra:swapped", localise);
