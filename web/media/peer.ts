// One RTCPeerConnection to the gateway: sendonly microphone and camera,
// recvonly slots. Both senders exist from the start, with or without a
// device: a camera that is plugged in or allowed later needs no new offer.
import { newId } from '../protocol/id';
import { RpcError } from '../protocol/errors';
import type { ErrorName } from '../protocol/errors';
import type { Params, Result } from '../protocol/types';
import { Exchange } from './exchange';
import type { Wish } from './exchange';

export type PeerState = 'connecting' | 'connected' | 'lost' | 'failed';

export interface PeerHost {
  offer(params: Params<'media.offer'>): Promise<Result<'media.offer'>>;
  state(state: PeerState): void;
  /** Whether the other side's picture arrives. */
  picture(flows: boolean): void;
  /** This connection is of no use any more: make another. */
  rebuild(): void;
}

const VIDEO_MAX_BPS = 1500000;
const GRACE_MS = 2500;
const RESTART_WITHIN_MS = 7000;
const RETRY_MS = 1000;
const RESTARTS = 2;

export class Peer {
  readonly remote: MediaStream;
  readonly connection = newId();
  private pc: RTCPeerConnection;
  private microphone: RTCRtpTransceiver;
  private camera: RTCRtpTransceiver;
  private exchange = new Exchange();
  private closed = false;
  private waiting = false;
  private restarts = 0;
  private timer = 0;

  constructor(private consultation: string, private host: PeerHost) {
    this.pc = new RTCPeerConnection({
      bundlePolicy: 'max-bundle', rtcpMuxPolicy: 'require' });
    const own = new MediaStream();
    this.microphone = this.pc.addTransceiver('audio',
      { direction: 'sendonly', streams: [own] });
    this.camera = this.pc.addTransceiver('video',
      { direction: 'sendonly', streams: [own],
        sendEncodings: [{ maxBitrate: VIDEO_MAX_BPS }] });
    const audio = this.pc.addTransceiver('audio', { direction: 'recvonly' });
    const video = this.pc.addTransceiver('video', { direction: 'recvonly' });
    this.remote = new MediaStream([audio.receiver.track,
      video.receiver.track]);
    video.receiver.track.onunmute = () => host.picture(true);
    video.receiver.track.onmute = () => host.picture(false);
    this.pc.oniceconnectionstatechange = () => this.moved();
    this.pc.onconnectionstatechange = () => this.moved();
    host.state('connecting');
    this.exchange.want(false);
    this.negotiate();
  }

  setMicrophone(track: MediaStreamTrack | null): void {
    this.replace(this.microphone, track);
  }

  setCamera(track: MediaStreamTrack | null): void {
    this.replace(this.camera, track);
  }

  /** The consultation moved on: what was refused may now be answered. */
  nudge(): void {
    if (this.waiting) {
      this.waiting = false;
      this.negotiate();
    }
  }

  /** The network changed: do not wait for the time-out. */
  restart(): void {
    this.exchange.want(true);
    this.negotiate();
  }

  stats(): Promise<RTCStatsReport> {
    return this.pc.getStats();
  }

  close(): void {
    this.closed = true;
    window.clearTimeout(this.timer);
    this.pc.oniceconnectionstatechange = null;
    this.pc.onconnectionstatechange = null;
    this.pc.close();
  }

  private replace(transceiver: RTCRtpTransceiver,
    track: MediaStreamTrack | null): void {
    transceiver.sender.replaceTrack(track).catch(() => undefined);
  }

  private async negotiate(): Promise<void> {
    const wish = this.closed ? null : this.exchange.next();
    if (!wish)
      return;
    try {
      const offer = await this.pc.createOffer({ iceRestart: wish.restart });
      await this.pc.setLocalDescription(offer);
      const answer = await this.host.offer({
        consultation: this.consultation, connection: this.connection,
        generation: this.exchange.number(), sdp: offer.sdp || '' });
      if (this.closed)
        return;
      await this.pc.setRemoteDescription({ type: 'answer', sdp: answer.sdp });
      this.exchange.answered();
    } catch (error) {
      await this.refused(
        error instanceof RpcError ? error.errorName : 'bad-sdp', wish);
      return;
    }
    this.negotiate();
  }

  private async refused(name: ErrorName, wish: Wish): Promise<void> {
    if (this.closed)
      return;
    const remedy = this.exchange.failed(name, wish);
    if (remedy === 'rebuild') {
      this.host.rebuild();
      return;
    }
    if (this.pc.signalingState === 'have-local-offer')
      await this.pc.setLocalDescription({ type: 'rollback' })
        .catch(() => undefined);
    if (remedy === 'retry')
      window.setTimeout(() => this.negotiate(), RETRY_MS);
    else if (remedy === 'wait')
      this.waiting = true;
    else
      this.host.state('failed');
  }

  private moved(): void {
    const ice = this.pc.iceConnectionState;
    const whole = this.pc.connectionState;
    if (ice === 'failed' || whole === 'failed') {
      this.host.state('lost');
      this.recover();
    } else if (ice === 'disconnected') {
      this.host.state('lost');
      this.later(GRACE_MS, () => this.recover());
    } else if ((ice === 'connected' || ice === 'completed')
        && (whole === 'connected' || whole === undefined)) {
      this.restarts = 0;
      window.clearTimeout(this.timer);
      this.host.state('connected');
    }
  }

  private recover(): void {
    if (this.restarts >= RESTARTS) {
      this.host.rebuild();
      return;
    }
    this.restarts += 1;
    this.restart();
    this.later(RESTART_WITHIN_MS, () => this.recover());
  }

  private later(after_ms: number, act: () => void): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      if (!this.closed)
        act();
    }, after_ms);
  }
}
