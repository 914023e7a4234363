// Pictures and sounds that can be recognised after a lossy way: four fields
// of colour, each card in an order of its own, and a warbling tone.
import fs from 'node:fs';

const WIDTH = 640;
const HEIGHT = 360;
const FRAMES = 15;

/** As Y, U, V (BT.601, limited range), chosen to be far apart. */
const COLOURS = {
  red: [82, 90, 240], green: [145, 54, 34], blue: [41, 240, 110],
  yellow: [210, 16, 146],
};

/** Top left, top right, bottom left, bottom right. */
export const CARDS = {
  clinic: ['red', 'green', 'blue', 'yellow'],
  expert: ['yellow', 'blue', 'green', 'red'],
};
export const TONES_HZ = { clinic: 440, expert: 740 };

/** A light square wanders along the middle, so that there is motion to
 *  encode and the fields stay recognisable. */
function frame(card, number) {
  const luma = Buffer.alloc(WIDTH * HEIGHT);
  const chroma = [Buffer.alloc(WIDTH * HEIGHT / 4),
    Buffer.alloc(WIDTH * HEIGHT / 4)];
  const at = Math.round(number * (WIDTH - 40) / FRAMES);
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let half = 0; half < 2; half += 1) {
      const colour = COLOURS[card[(y < HEIGHT / 2 ? 0 : 2) + half]];
      const from = half * WIDTH / 2;
      luma.fill(colour[0], y * WIDTH + from, y * WIDTH + from + WIDTH / 2);
      if (y % 2 === 0)
        chroma.forEach((plane, i) => plane.fill(colour[1 + i],
          (y * WIDTH / 2 + from) / 2, (y * WIDTH / 2 + from) / 2 + WIDTH / 4));
    }
    if (Math.abs(y - HEIGHT / 2) < 20)
      luma.fill(235, y * WIDTH + at, y * WIDTH + at + 40);
  }
  return Buffer.concat([luma, ...chroma]);
}

export function writePicture(file, card) {
  const out = fs.openSync(file, 'w');
  fs.writeSync(out, `YUV4MPEG2 W${WIDTH} H${HEIGHT} F15:1 Ip A1:1 C420jpeg\n`);
  for (let i = 0; i < FRAMES; i += 1) {
    fs.writeSync(out, 'FRAME\n');
    fs.writeSync(out, frame(card, i));
  }
  fs.closeSync(out);
}

/** Two seconds, a syllable each quarter: a steady tone would be taken for
 *  noise and suppressed. */
export function writeSound(file, tone_hz) {
  const rate = 48000;
  const samples = 2 * rate;
  const data = Buffer.alloc(44 + samples * 2);
  data.write('RIFF', 0);
  data.writeUInt32LE(36 + samples * 2, 4);
  data.write('WAVEfmt ', 8);
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20);
  data.writeUInt16LE(1, 22);
  data.writeUInt32LE(rate, 24);
  data.writeUInt32LE(rate * 2, 28);
  data.writeUInt16LE(2, 32);
  data.writeUInt16LE(16, 34);
  data.write('data', 36);
  data.writeUInt32LE(samples * 2, 40);
  for (let i = 0; i < samples; i += 1) {
    const t = i / rate;
    const loud = Math.max(0, Math.sin(2 * Math.PI * 4 * t));
    const pitch = tone_hz * (1 + 0.2 * Math.sin(2 * Math.PI * 2 * t));
    data.writeInt16LE(Math.round(16000 * loud * Math.sin(2 * Math.PI * pitch
      * t)), 44 + 2 * i);
  }
  fs.writeFileSync(file, data);
}
