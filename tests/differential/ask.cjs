// The implementations on Node: reads values as JSON lines from standard input, writes what each library says of them.
//
// The first argument is the folder whose node_modules has the libraries. See theirs.py for what an answer is. To add a
// library, add a function to LIBRARIES, and its name to ON_NODE in theirs.py.
"use strict";

const { createRequire } = require("node:module");
const { readFileSync } = require("node:fs");
const path = require("node:path");

const installed = createRequire(path.join(process.argv[2], "/"));
const days = installed("chinese-days");
const { PhoneNumberUtil, PhoneNumberFormat, PhoneNumberType } = installed("google-libphonenumber");
const phones = PhoneNumberUtil.getInstance();

const PERSONAL = ["MOBILE", "FIXED_LINE", "FIXED_LINE_OR_MOBILE", "PERSONAL_NUMBER", "VOIP", "PAGER", "UNKNOWN"];
const DAY_MS = 86_400_000;
const SHANGHAI_MS = 8 * 3_600_000;

const dateOf = (ms) => new Date(ms).toISOString().slice(0, 10);

function calendarDay(day) {
  return { says: days.isWorkday(day) ? "working_day" : "off_day" };
}

// Counted day by day: `findWorkday` has another idea of where to begin.
function calendar({ start, working_days: count }) {
  let day = Date.parse(start) + SHANGHAI_MS;
  for (let left = count; left > 0; ) {
    day += DAY_MS;
    if (days.isWorkday(dateOf(day))) left -= 1;
  }
  return { says: dateOf(day) };
}

function phone(text) {
  let number;
  try {
    number = phones.parse(text, "CN");
  } catch {
    return { says: "invalid", why: "unreadable" };
  }
  if (!phones.isValidNumber(number)) return { says: "invalid", why: "not valid" };
  const type = phones.getNumberType(number);
  const kind = Object.keys(PhoneNumberType).find((name) => PhoneNumberType[name] === type) ?? "UNKNOWN";
  if (!PERSONAL.includes(kind)) return { says: "invalid", why: kind };
  return { says: "valid", why: kind, form: phones.format(number, PhoneNumberFormat.E164) };
}

const LIBRARIES = {
  "chinese-days": { calendar_day: calendarDay, calendar },
  "google-libphonenumber": { phone },
};

const lines = [];
for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const { id, kind, input } = JSON.parse(line);
  for (const [library, kinds] of Object.entries(LIBRARIES)) {
    if (kinds[kind]) lines.push(JSON.stringify({ library, id, why: "", form: null, ...kinds[kind](input) }));
  }
}
process.stdout.write(lines.join("\n") + "\n");
