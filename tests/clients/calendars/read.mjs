// The calendar as `ical.js` reads it, by the clocks that the calendar itself brings along.
//
//     node tests/clients/calendars/read.mjs FOLDER
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const folder = process.argv[2];
const text = readFileSync(`${folder}/sessions.ics`, "utf8");
const calendar = new ICAL.Component(ICAL.parse(text));

for (const zone of calendar.getAllSubcomponents("vtimezone")) {
  ICAL.TimezoneService.register(zone);
}

function read(component) {
  const event = new ICAL.Event(component);
  const start = component.getFirstProperty("dtstart");
  const starts = event.startDate.toUnixTime();
  const instant = (seconds) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
  return {
    uid: event.uid,
    sequence: event.sequence,
    status: component.getFirstPropertyValue("status"),
    starts_at: instant(starts),
    ends_at: instant(starts + event.duration.toSeconds()),
    zone: start.getParameter("tzid") ?? null,
    title: event.summary,
    description: event.description,
    place: event.location,
    link: component.getFirstPropertyValue("url"),
  };
}

const found = calendar.getAllSubcomponents("vevent").map(read);
found.sort((one, other) => one.sequence - other.sequence);
assert.deepEqual(found, JSON.parse(readFileSync(`${folder}/sessions.json`, "utf8")));
assert.deepEqual(ICAL.parse(calendar.toString()), ICAL.parse(text), "a round trip changes it");
