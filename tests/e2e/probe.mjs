// What runs inside the page, before its own scripts: it watches the remote
// picture and the peer connections from outside, changing nothing.

/** Installed by evaluateOnNewDocument. */
export function install() {
  const Real = window.RTCPeerConnection;
  const probe = { connections: [], views: [], sockets: [] };
  Object.defineProperty(window, 'e2e', { value: probe });
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...args) {
      super(...args);
      probe.sockets.push(this);
    }
  };
  if (!Real)
    return;
  window.RTCPeerConnection = class extends Real {
    constructor(...args) {
      super(...args);
      probe.connections.push(this);
    }
  };

  const wall = () => performance.timeOrigin + performance.now();
  const watched = new WeakSet();
  function watch(video) {
    watched.add(video);
    const seen = () => {
      const stream = video.srcObject;
      if (stream) {
        let view = probe.views.find((one) => one.stream === stream);
        if (!view) {
          view = { stream, first: wall(), frames: 0 };
          probe.views.push(view);
        }
        view.last = wall();
        view.frames += 1;
      }
      video.requestVideoFrameCallback(seen);
    };
    video.requestVideoFrameCallback(seen);
  }
  new MutationObserver(() => {
    const video = document.querySelector('[data-testid="remote-video"]');
    if (video && !watched.has(video))
      watch(video);
  }).observe(document, { childList: true, subtree: true });
}

/** Views so far: a new peer connection makes a new one. */
export const countViews = () => window.e2e.views.length;

/** The first moment and the count of frames of the newest view, if it came
 *  after `before` others and has at least `wanted` frames. */
export function newestView(before, wanted) {
  const { views } = window.e2e;
  const view = views[views.length - 1];
  return views.length > before && view.frames >= wanted
    ? { first: view.first, frames: view.frames } : null;
}

/** The colours of the remote picture's four fields, by nearest name. */
export function readCard() {
  const video = document.querySelector('[data-testid="remote-video"]');
  if (!video || !video.videoWidth)
    return null;
  const canvas = document.createElement('canvas');
  canvas.width = 64;
  canvas.height = 36;
  const context = canvas.getContext('2d');
  context.drawImage(video, 0, 0, 64, 36);
  const known = { red: [254, 0, 0], green: [0, 255, 1], blue: [0, 0, 254],
    yellow: [255, 255, 0], black: [0, 0, 0], white: [255, 255, 255],
    grey: [128, 128, 128] };
  return [[16, 6], [48, 6], [16, 30], [48, 30]].map(([x, y]) => {
    const [r, g, b] = context.getImageData(x, y, 1, 1).data;
    return Object.entries(known).map(([name, c]) => ({ name,
      d: (r - c[0]) ** 2 + (g - c[1]) ** 2 + (b - c[2]) ** 2 }))
      .sort((one, two) => one.d - two.d)[0].name;
  });
}

/** How much a remote picture varies from point to point: 0 for a blank. */
export function readContrast() {
  const video = document.querySelector('[data-testid="remote-video"]');
  if (!video || !video.videoWidth)
    return 0;
  const canvas = document.createElement('canvas');
  canvas.width = 64;
  canvas.height = 36;
  const context = canvas.getContext('2d');
  context.drawImage(video, 0, 0, 64, 36);
  const { data } = context.getImageData(0, 0, 64, 36);
  let low = 255;
  let high = 0;
  for (let i = 0; i < data.length; i += 1) {
    if (i % 4 !== 3) {
      low = Math.min(low, data[i]);
      high = Math.max(high, data[i]);
    }
  }
  return high - low;
}

/** Statistics of the newest connection. */
export async function readStats() {
  const pc = window.e2e.connections[window.e2e.connections.length - 1];
  const out = { energy: 0, received: 0, octets: 0, framesDecoded: 0, framesSent: 0,
    cipher: null, state: pc ? pc.connectionState : null, codecs: [] };
  if (!pc || pc.connectionState === 'closed')
    return out;
  const stats = await pc.getStats();
  stats.forEach((one) => {
    if (one.type === 'inbound-rtp' && one.kind === 'audio') {
      out.energy += one.totalAudioEnergy || 0;
      out.received += one.packetsReceived || 0;
    }
    if (one.type === 'inbound-rtp')
      out.octets += one.bytesReceived || 0;
    if (one.type === 'inbound-rtp' && one.kind === 'video')
      out.framesDecoded += one.framesDecoded || 0;
    if (one.type === 'outbound-rtp' && one.kind === 'video')
      out.framesSent += one.framesSent || one.framesEncoded || 0;
    if (one.type === 'transport')
      out.cipher = one.srtpCipher || out.cipher;
    if (one.type === 'codec')
      out.codecs.push(one.mimeType);
  });
  return out;
}

/** ICE user names of the newest connection, own and the gateway's. */
export function credentials() {
  const pc = window.e2e.connections[window.e2e.connections.length - 1];
  const name = (description) =>
    /a=ice-ufrag:(\S+)/.exec(description.sdp)[1];
  return [pc.currentLocalDescription, pc.currentRemoteDescription].map(name);
}

/** Are both names other than `before`, and is the connection up? */
export function areOther(before) {
  const pc = window.e2e.connections[window.e2e.connections.length - 1];
  const name = (description) =>
    /a=ice-ufrag:(\S+)/.exec(description.sdp)[1];
  const now = [pc.currentLocalDescription, pc.currentRemoteDescription]
    .map(name);
  return now.every((one, i) => one !== before[i])
    && ['connected', 'completed'].includes(pc.iceConnectionState);
}

/** A method of the protocol by POST, with the page's session. */
export async function rpc(method, params) {
  const reply = await fetch('/rpc', { method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) });
  return reply.json();
}
