// Draws the pictures of the demo: hills in mist, another view for each number.
import { crc32, deflateSync } from "node:zlib";

const WIDTH = 960;
const HEIGHT = 600;

/** A PNG of hills. The same number is always the same picture. */
export function drawHills(number) {
  const random = randomOf(number + 1);
  const hue = random() * 360;
  const layers = Array.from({ length: 6 }, (_, depth) => ({
    base: HEIGHT * (0.38 + depth * 0.11), waves: [0.9, 2.1, 4.7, 11].map((turns, at) => ({ turns: turns * (0.7 + random() * 0.6), phase: random() * 7, height: (90 - depth * 6) / (at * 1.9 + 1) })),
    colour: colourOf(hue + depth * 9, 0.18 + depth * 0.07, 0.74 - depth * 0.115),
  }));
  const [sun, sunX, sunY, sunR] = [colourOf(45, 0.85, 0.9), WIDTH * (0.2 + random() * 0.6), HEIGHT * (0.16 + random() * 0.16), 46 + random() * 30];
  const [top, horizon] = [colourOf(hue + 200, 0.35, 0.82), colourOf(hue + 20, 0.5, 0.93)];
  const rows = Buffer.alloc(HEIGHT * (WIDTH * 3 + 1));
  for (let x = 0; x < WIDTH; x += 1) {
    const ridges = layers.map(({ base, waves }) => base - waves.reduce((sum, { turns, phase, height }) => sum + Math.sin((x / WIDTH) * turns * 6.283 + phase) * height, 0));
    for (let y = 0; y < HEIGHT; y += 1) {
      let nearest = layers.length - 1;
      while (nearest >= 0 && y < ridges[nearest]) nearest -= 1;
      const inSun = Math.hypot(x - sunX, y - sunY) < sunR;
      const colour = nearest < 0 ? (inSun ? sun : mixed(top, horizon, y / (HEIGHT * 0.6))) : mixed(layers[nearest].colour, horizon, Math.max(0, 0.35 - (y - ridges[nearest]) / 500));
      rows.set(colour, y * (WIDTH * 3 + 1) + 1 + x * 3);
    }
  }
  return png(rows);
}

function randomOf(seed) {
  let state = (seed * 2654435761) >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}

/** Red, green and blue of a hue in degrees, a saturation and a lightness. */
function colourOf(hue, saturation, lightness) {
  const spread = saturation * Math.min(lightness, 1 - lightness);
  return [0, 8, 4].map((offset) => {
    const turn = (offset + hue / 30) % 12;
    return Math.round(255 * (lightness - spread * Math.max(-1, Math.min(turn - 3, 9 - turn, 1))));
  });
}

function mixed(from, to, part) {
  const share = Math.min(1, Math.max(0, part));
  return from.map((value, at) => Math.round(value + (to[at] - value) * share));
}

function png(rows) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(type, data) {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(named) >>> 0);
  return Buffer.concat([length, named, check]);
}
