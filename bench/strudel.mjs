// The rows of bench/patterns.py in Strudel, for `--peers`: reads a row and a number of cycles from a line of standard
// input, queries the cycles one after another and prints how many events began in them, how many of those in the first
// cycle, and how many seconds it took.

import { createInterface } from 'node:readline';
import { n, s, sine, stack } from '@strudel/core';
import { mini } from '@strudel/mini';
import '@strudel/tonal';

const drums = () => s(mini('[bd bd]*2, ~ sn ~ sn, hh*8'));
const spread = () => s(mini('bd(3,8), sn(5,8,2), hh(<7 11>,16)'));
const layered = (pattern) =>
  pattern
    .every(4, (x) => x.rev())
    .jux((x) => x.rev())
    .off(1 / 8, (x) => x.speed(2));

const rows = {
  P1: () => s(mini('bd*4')),
  P2: drums,
  P3: () => n(mini('0 .. 7')).scale(mini('c:minor')),
  P4: () => layered(drums()).sometimesBy(0.5, (x) => x.hurry(2)),
  P5: () => spread().lpf(sine.range(200, 2000).segment(16)),
  P6: () => stack(...Array.from({ length: 8 }, drums)).chop(8).ply(2),
  P7: () => layered(s(mini('[bd? bd?]*2, ~ sn? ~ sn?, hh?*8'))),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [row, cycles] = line.split(' ');
  const pattern = rows[row]();
  let events = 0;
  let first = 0;
  const start = performance.now();
  for (let c = 0; c < Number(cycles); c++) {
    for (const hap of pattern.queryArc(c, c + 1)) {
      if (hap.hasOnset()) events++;
    }
    if (c === 0) first = events;
  }
  process.stdout.write(`RESULT ${events} ${first} ${(performance.now() - start) / 1000}\n`);
}
