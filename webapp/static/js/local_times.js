// Shows times in the time zone and format of the browser.

const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function localise() {
  for (const time of document.querySelectorAll("time[datetime]")) {
    time.textContent = format.format(new Date(time.dateTime));
  }
}

localise();
document.addEventListener("cifra:refreshed", localise);
