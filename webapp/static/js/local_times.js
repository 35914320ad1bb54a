// Shows times in the time zone of the browser and the language of the page. In a list, a time
// after one of the same day is shown without the day.

const language = document.documentElement.lang;
const full = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const short = new Intl.DateTimeFormat(language, { timeStyle: "short" });

function localise() {
  for (const time of document.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    const before = time.dataset.after && new Date(time.dataset.after);
    const isSameDay = before && before.toDateString() === moment.toDateString();
    time.textContent = (isSameDay ? short : full).format(moment);
    time.title = full.format(moment);
  }
}

localise();
document.addEventListener("cifra:refreshed", localise);
