/** Certificates of middle size, damaged in every way in each place: `npm test` damages them in one way. */
import { expect, test } from 'vitest';
import { library } from './library.js';
import { isLarge, manyWays, proves, wronglyProved } from './library-damage.js';
import { countPlaces, type Json, oneChangeAway } from './one-change-away.js';

const most = 400;
const files = library().flatMap((file) => {
  const json = JSON.parse(file.text) as Json;
  const places = countPlaces(json);
  return places > manyWays && places <= most && !isLarge(file) ? [{ ...file, json }] : [];
});

test.each(files)('$name', ({ text, json }) => {
  const statement = proves(text);
  expect(statement).not.toBeNull();
  expect(wronglyProved(oneChangeAway(json, most, most, most), statement)).toEqual([]);
});
