// The media side of the consultation that this person is in. It follows
// the store by itself: starts, survives a lost line, and stops; screens
// only look at its signals.
import { batch, effect, signal, untracked } from '@preact/signals';
import { call } from '../state/session';
import { devices } from '../state/settings';
import * as store from '../state/store';
import type { Consultation } from '../protocol/types';
import { capture, onDevicesChanged } from './devices';
import type { Problem } from './devices';
import { Peer } from './peer';
import type { PeerState } from './peer';
import { Quality, StatsReader } from './quality';
import type { Verdict } from './quality';

export const peerState = signal<PeerState | 'none'>('none');
export const remoteStream = signal<MediaStream | null>(null);
export const pictureFlows = signal(false);
export const ownVideo = signal<MediaStreamTrack | null>(null);
export const ownAudio = signal<MediaStreamTrack | null>(null);
export const microphoneOn = signal(true);
export const cameraOn = signal(true);
export const audioProblem = signal<Problem | null>(null);
export const videoProblem = signal<Problem | null>(null);
export const verdict = signal<Verdict>('good');
/** Opening devices: a question of the browser may be on the screen. */
export const asking = signal(false);

const SAMPLE_MS = 2000;

let consultation = '';
let peer: Peer | null = null;
let builtFor = '';
let quality = new Quality();
let reader = new StatsReader();
let timer = 0;
let opening = 0;

/** The one that should have media now. */
function wanted(): Consultation | null {
  const active = store.currentCall.value;
  if (active)
    return active;
  const waiting = store.currentWait.value;
  if (waiting && (waiting.state === 'offered'
      || waiting.id === consultation))
    return waiting;
  return null;
}

export function startMedia(): void {
  effect(() => {
    const one = wanted();
    const epoch = store.epoch.value;
    const live = store.linkState.value === 'live';
    const away = store.linkState.value === 'taken'
      || store.linkState.value === 'signed-out';
    untracked(() => follow(away ? null : one, epoch, live));
  });
  onDevicesChanged(() => untracked(devicesChanged));
  window.addEventListener('online', () => {
    if (peer && peerState.value !== 'connecting')
      peer.restart();
  });
}

function follow(one: Consultation | null, epoch: string,
  live: boolean): void {
  if (consultation && (!one || one.id !== consultation))
    stop();
  if (!one)
    return;
  if (!consultation)
    begin(one.id);
  if (live && (!peer || builtFor !== epoch || peerState.value === 'failed'))
    build();
  else if (peer)
    peer.nudge();
}

function begin(id: string): void {
  consultation = id;
  batch(() => {
    microphoneOn.value = true;
    cameraOn.value = !devices.value.voiceOnly;
    verdict.value = 'good';
  });
  openDevices();
  timer = window.setInterval(sample, SAMPLE_MS);
}

function stop(): void {
  window.clearInterval(timer);
  if (store.linkState.value === 'live')
    call('media.close', { consultation }).catch(() => undefined);
  consultation = '';
  opening += 1;
  if (peer)
    peer.close();
  peer = null;
  [ownAudio.value, ownVideo.value].forEach((track) => track && track.stop());
  batch(() => {
    peerState.value = 'none';
    remoteStream.value = null;
    pictureFlows.value = false;
    ownAudio.value = null;
    ownVideo.value = null;
    audioProblem.value = null;
    videoProblem.value = null;
    asking.value = false;
  });
}

function build(): void {
  if (peer)
    peer.close();
  builtFor = store.epoch.value;
  quality = new Quality();
  reader = new StatsReader();
  pictureFlows.value = false;
  peer = new Peer(consultation, {
    offer: (params) => call('media.offer', params),
    state: (state) => {
      peerState.value = state;
      if (state === 'connected')
        tellState();
    },
    picture: (flows) => { pictureFlows.value = flows; },
    rebuild: () => {
      if (consultation)
        build();
    },
  });
  peer.setMicrophone(ownAudio.value);
  peer.setCamera(ownVideo.value);
  remoteStream.value = peer.remote;
}

/** Opens what is wanted and not open; also after a device was chosen. */
export async function openDevices(): Promise<void> {
  opening += 1;
  const turn = opening;
  const want = { audio: !ownAudio.value, video: cameraOn.value
    && !ownVideo.value };
  if (!want.audio && !want.video)
    return;
  asking.value = true;
  const got = await capture(want);
  if (turn !== opening) {
    [got.audio, got.video].forEach((track) => track && track.stop());
    return;
  }
  batch(() => {
    asking.value = false;
    if (want.audio) {
      ownAudio.value = got.audio;
      audioProblem.value = got.audioProblem;
    }
    if (want.video) {
      ownVideo.value = got.video;
      videoProblem.value = got.videoProblem;
    }
  });
  [got.audio, got.video].forEach((track) => {
    if (track)
      track.onended = () => lost(track);
  });
  if (got.audio)
    got.audio.enabled = microphoneOn.value;
  send();
}

function send(): void {
  if (peer) {
    peer.setMicrophone(ownAudio.value);
    peer.setCamera(ownVideo.value);
  }
  tellState();
}

function tellState(): void {
  if (consultation && store.linkState.value === 'live')
    call('media.state', { consultation,
      audio: microphoneOn.value && ownAudio.value !== null,
      video: cameraOn.value && ownVideo.value !== null,
    }).catch(() => undefined);
}

/** Unplugged, or taken by another program. */
function lost(track: MediaStreamTrack): void {
  if (track === ownAudio.value) {
    ownAudio.value = null;
    audioProblem.value = 'missing';
  } else if (track === ownVideo.value) {
    ownVideo.value = null;
    videoProblem.value = 'missing';
  }
  send();
}

function devicesChanged(): void {
  if (consultation && !asking.value
      && (audioProblem.value || videoProblem.value))
    openDevices();
}

export function toggleMicrophone(): void {
  microphoneOn.value = !microphoneOn.value;
  if (ownAudio.value)
    ownAudio.value.enabled = microphoneOn.value;
  else if (microphoneOn.value)
    openDevices();
  tellState();
}

/** Off means that the camera's light goes out. */
export function toggleCamera(): void {
  cameraOn.value = !cameraOn.value;
  if (cameraOn.value) {
    openDevices();
    return;
  }
  opening += 1;
  asking.value = false;
  if (ownVideo.value)
    ownVideo.value.stop();
  ownVideo.value = null;
  videoProblem.value = null;
  send();
}

/** Another microphone or camera was chosen in mid call. */
export function reopenDevices(): void {
  if (!consultation)
    return;
  [ownAudio.value, ownVideo.value].forEach((track) => track && track.stop());
  ownAudio.value = null;
  ownVideo.value = null;
  openDevices();
}

async function sample(): Promise<void> {
  if (!peer || peerState.value !== 'connected')
    return;
  const one = store.consultations.value.get(consultation);
  const other = one && (one.mine === 'clinic' ? one.sides.expert
    : one.sides.clinic);
  const report = await peer.stats().catch(() => null);
  const taken = report && reader.read(report as unknown as
    { forEach(use: (stat: { type: string }) => void): void },
    Boolean(other && other.media === 'connected' && other.video));
  if (taken)
    verdict.value = quality.take(taken);
}
