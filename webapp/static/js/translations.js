// Translates the sentences of the other modules. The page holds the translations of its language.

const element = document.getElementById("translations");
const catalogue = element ? JSON.parse(element.textContent) : {}; // empty in English
const number = new Intl.NumberFormat(document.documentElement.lang);

// gettext("%(count)s files are left.", { count: 3 })
export function gettext(sentence, values = {}) {
  return filled(catalogue[sentence] ?? sentence, values);
}

// ngettext("%(num)s file is left.", "%(num)s files are left.", 3): in English and Spanish, one is
// the only singular.
export function ngettext(singular, plural, num, values = {}) {
  const forms = catalogue[singular] ?? [singular, plural];
  return filled(forms[num === 1 ? 0 : 1], { num, ...values });
}

// Numbers are formatted for the page's language; "%%" is one percent sign.
function filled(sentence, values) {
  return sentence.replace(/%\((\w+)\)s|%%/g, (match, name) => {
    if (match === "%%") return "%";
    const value = values[name];
    return typeof value === "number" ? number.format(value) : value;
  });
}
