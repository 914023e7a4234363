// Ringing and chimes, made by the browser itself. Browsers keep a page
// silent until it was clicked once: the duty switch is that click. Ringing
// loops inside the audio engine, so a throttled background tab rings on.
import { signal } from '@preact/signals';
import { sounds } from '../state/settings';

export type Chime = 'joined' | 'left' | 'bad';

const RATE = 22050;
/** Whether sound may come out of this page now. */
export const unlocked = signal(false);

let context: AudioContext | null = null;
let ring: AudioBufferSourceNode | null = null;

function audio(): AudioContext {
  if (!context) {
    context = new AudioContext();
    context.onstatechange = () => {
      unlocked.value = context !== null && context.state === 'running';
    };
  }
  return context;
}

/** To be called in a click or key press. */
export function unlock(): void {
  const engine = audio();
  if (engine.state === 'running')
    unlocked.value = true;
  else
    engine.resume().then(() => {
      unlocked.value = engine.state === 'running';
    }).catch(() => undefined);
}

/** Any click or key on the page unlocks. */
export function unlockOnTouch(): void {
  const touched = () => unlock();
  document.addEventListener('pointerdown', touched);
  document.addEventListener('keydown', touched);
}

interface Tone { from: number; to: number; hz: number }

function samples(length_s: number, tones: Tone[]): Float32Array {
  const out = new Float32Array(Math.round(length_s * RATE));
  for (const tone of tones) {
    const first = Math.round(tone.from * RATE);
    const last = Math.round(tone.to * RATE);
    for (let i = first; i < last; i += 1) {
      const edge = Math.min(1, (i - first) / 400, (last - i) / 400);
      out[i] = (out[i] || 0)
        + 0.3 * edge * Math.sin(2 * Math.PI * tone.hz * i / RATE);
    }
  }
  return out;
}

function buffer(engine: AudioContext, wave: Float32Array): AudioBuffer {
  const made = engine.createBuffer(1, wave.length, RATE);
  made.getChannelData(0).set(wave);
  return made;
}

function pair(from: number): Tone[] {
  return [880, 660].map((hz) => ({ from, to: from + 0.35, hz }));
}

export function startRinging(): void {
  if (ring || !sounds.value.ring)
    return;
  const engine = audio();
  engine.resume().catch(() => undefined);
  ring = engine.createBufferSource();
  ring.buffer = buffer(engine, samples(2.4, pair(0).concat(pair(0.5))));
  ring.loop = true;
  ring.connect(engine.destination);
  ring.start();
}

export function stopRinging(): void {
  if (!ring)
    return;
  ring.stop();
  ring.disconnect();
  ring = null;
}

const CHIMES: Record<Chime, Tone[]> = {
  joined: [{ from: 0, to: 0.15, hz: 523 }, { from: 0.15, to: 0.4, hz: 784 }],
  left: [{ from: 0, to: 0.15, hz: 784 }, { from: 0.15, to: 0.4, hz: 523 }],
  bad: [{ from: 0, to: 0.12, hz: 330 }, { from: 0.2, to: 0.32, hz: 330 }],
};

function play(tones: Tone[], loudness: number): void {
  const engine = audio();
  const source = engine.createBufferSource();
  const gain = engine.createGain();
  gain.gain.value = loudness;
  source.buffer = buffer(engine, samples(0.5, tones));
  source.connect(gain);
  gain.connect(engine.destination);
  source.start();
}

export function chime(which: Chime): void {
  if (sounds.value[which])
    play(CHIMES[which], 1);
}

/** Ringing for one who is talking: once, and softly. */
export function knock(): void {
  if (sounds.value.ring)
    play([{ from: 0, to: 0.12, hz: 880 }, { from: 0.2, to: 0.32, hz: 880 }],
      0.4);
}

/** A tune as a WAV file, so that it can be played on a chosen speaker. */
export function testTune(): Blob {
  const wave = samples(1.6, [523, 659, 784, 1047].map((hz, i) => (
    { from: i * 0.4, to: i * 0.4 + 0.35, hz })));
  const view = new DataView(new ArrayBuffer(44 + wave.length * 2));
  const text = (at: number, word: string) => {
    for (let i = 0; i < word.length; i += 1)
      view.setUint8(at + i, word.charCodeAt(i));
  };
  text(0, 'RIFF');
  view.setUint32(4, 36 + wave.length * 2, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE, true);
  view.setUint32(28, RATE * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, wave.length * 2, true);
  wave.forEach((value, i) => view.setInt16(44 + i * 2, value * 32767, true));
  return new Blob([view.buffer], { type: 'audio/wav' });
}

/** Measures a microphone, 0..1, until the returned function is called. */
export function meter(track: MediaStreamTrack,
  show: (level: number) => void): () => void {
  const engine = audio();
  engine.resume().catch(() => undefined);
  const source = engine.createMediaStreamSource(new MediaStream([track]));
  const analyser = engine.createAnalyser();
  analyser.fftSize = 512;
  source.connect(analyser);
  const wave = new Uint8Array(analyser.fftSize);
  let frame = 0;
  const look = () => {
    analyser.getByteTimeDomainData(wave);
    let sum = 0;
    wave.forEach((value) => { sum += (value - 128) * (value - 128); });
    show(Math.min(1, Math.sqrt(sum / wave.length) / 40));
    frame = requestAnimationFrame(look);
  };
  look();
  return () => {
    cancelAnimationFrame(frame);
    source.disconnect();
  };
}
