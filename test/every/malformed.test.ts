// What no server of a dialect takes is answered as its provider would: by the gateway where it decides on what is wrong, or where it
// translates; by the provider where only that can judge, and then in its own words.
import { MALFORMED, WHO } from './governed/malformed.ts';
import { OTHERWISE, PLAIN, THROUGH } from './governed/rows.ts';
import { holds } from './governed/table.ts';

holds({
  title: 'What no server takes',
  legend: WHO,
  rows: [...THROUGH, ...OTHERWISE, ...PLAIN],
  columns: MALFORMED,
});
