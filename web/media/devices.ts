// Microphone, camera, speaker: opened so that one that is missing or busy
// never keeps the other from being used.
import { devices as remembered } from '../state/settings';

export type Problem = 'denied' | 'missing' | 'busy' | 'insecure';

export interface Captured {
  audio: MediaStreamTrack | null;
  video: MediaStreamTrack | null;
  audioProblem: Problem | null;
  videoProblem: Problem | null;
}

export interface Wanted { audio: boolean; video: boolean }

export interface Known {
  microphones: MediaDeviceInfo[];
  cameras: MediaDeviceInfo[];
  speakers: MediaDeviceInfo[];
}

export function problemOf(error: unknown): Problem {
  const name = (error as { name?: string } | null)?.name || '';
  if (name === 'NotAllowedError' || name === 'SecurityError'
      || name === 'PermissionDeniedError')
    return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError'
      || name === 'DevicesNotFoundError')
    return 'missing';
  return 'busy';
}

function audioConstraints(): MediaTrackConstraints {
  const id = remembered.value.microphone;
  return {
    echoCancellation: true, noiseSuppression: true, autoGainControl: true,
    ...(id ? { deviceId: { ideal: id } } : {}),
  };
}

function videoConstraints(): MediaTrackConstraints {
  const id = remembered.value.camera;
  return {
    width: { ideal: 1280 }, height: { ideal: 720 },
    frameRate: { ideal: 25, max: 30 },
    ...(id ? { deviceId: { ideal: id } } : { facingMode: 'user' }),
  };
}

async function one(kind: 'audio' | 'video'):
  Promise<[MediaStreamTrack | null, Problem | null]> {
  try {
    const stream = await navigator.mediaDevices.getUserMedia(
      kind === 'audio' ? { audio: audioConstraints() }
        : { video: videoConstraints() });
    return [stream.getTracks()[0] || null, null];
  } catch (error) {
    return [null, problemOf(error)];
  }
}

/** Asks once for both, so that the person is asked once; only when that
 *  fails each alone, to learn which one it is. Never throws. */
export async function capture(wanted: Wanted): Promise<Captured> {
  if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia)
    return { audio: null, video: null,
      audioProblem: wanted.audio ? 'insecure' : null,
      videoProblem: wanted.video ? 'insecure' : null };
  if (wanted.audio && wanted.video) {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: audioConstraints(), video: videoConstraints() });
      return { audio: stream.getAudioTracks()[0] || null,
        video: stream.getVideoTracks()[0] || null,
        audioProblem: null, videoProblem: null };
    } catch (_) { /* which one? */ }
  }
  const [audio, audioProblem] = wanted.audio ? await one('audio')
    : [null, null];
  const [video, videoProblem] = wanted.video ? await one('video')
    : [null, null];
  return { audio, video, audioProblem, videoProblem };
}

/** Labels are empty until a device was opened once. */
export async function knownDevices(): Promise<Known> {
  const all = navigator.mediaDevices && navigator.mediaDevices.enumerateDevices
    ? await navigator.mediaDevices.enumerateDevices().catch(() => []) : [];
  const of = (kind: MediaDeviceKind) => all.filter((device) =>
    device.kind === kind && device.deviceId !== '');
  return { microphones: of('audioinput'), cameras: of('videoinput'),
    speakers: of('audiooutput') };
}

export function onDevicesChanged(listener: () => void): () => void {
  const media = navigator.mediaDevices;
  if (!media || !media.addEventListener)
    return () => undefined;
  media.addEventListener('devicechange', listener);
  return () => media.removeEventListener('devicechange', listener);
}

interface WithSink { setSinkId?(id: string): Promise<void> }

export function canChooseSpeaker(): boolean {
  return 'setSinkId' in HTMLMediaElement.prototype;
}

export function routeToSpeaker(element: HTMLMediaElement): void {
  const sink = element as unknown as WithSink;
  if (sink.setSinkId)
    sink.setSinkId(remembered.value.speaker).catch(() => undefined);
}
