/** Every certificate of the library, damaged in every single place (`npm test` takes a sample): the large ones, and rows of a table for three units, in places drawn with a fixed seed. */
import { expect, test } from 'vitest';
import { isTableRow, library, named } from './library.js';
import { isLarge, isTrained, proves, wronglyProved } from './library-damage.js';
import { type Json, oneChangeAway } from './one-change-away.js';

const largePlaces = 12;
const trainedPlaces = 150;
const tablePlaces = 40;

test.each(named(library()))('%s', (_, file) => {
  const statement = proves(file.text);
  expect(statement).not.toBeNull();
  const json = JSON.parse(file.text) as Json;
  const places = isLarge(file) ? largePlaces : isTrained(file) ? trainedPlaces : isTableRow(file) ? tablePlaces : null;
  const changes = places === null ? oneChangeAway(json) : oneChangeAway(json, 0, places);
  expect(wronglyProved(changes, statement)).toEqual([]);
});
