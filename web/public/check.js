/* Loaded first, in the oldest dialect: says honestly what is missing, or
   loads the page proper. */
(function () {
  var missing = [];
  var self = document.currentScript;
  var app = self && self.getAttribute('data-app');
  var scripts, i;

  function need(name, present) {
    if (!present) {
      missing.push(name);
    }
  }

  function syntax(code) {
    /* No eval under our policy: ask for what came with the syntax. */
    return code in Array.prototype;
  }

  if (!app) {
    scripts = document.getElementsByTagName('script');
    for (i = 0; i < scripts.length; i += 1) {
      app = app || scripts[i].getAttribute('data-app');
    }
  }

  need('ES2019', syntax('flat') && !!Object.fromEntries && !!window.Promise);
  need('WebSocket', !!window.WebSocket);
  need('fetch', !!window.fetch);
  need('WebRTC', !!window.RTCPeerConnection &&
    !!RTCPeerConnection.prototype.addTransceiver);
  need('Web Audio', !!(window.AudioContext));
  need('localStorage', (function () {
    try {
      localStorage.setItem('yl.check', '1');
      localStorage.removeItem('yl.check');
      return true;
    } catch (e) {
      return false;
    }
  })());

  if (missing.length > 0) {
    document.getElementById('app').style.display = 'none';
    document.getElementById('old-browser').removeAttribute('hidden');
    document.getElementById('old-missing')
      .appendChild(document.createTextNode(missing.join(', ')));
    return;
  }
  var script = document.createElement('script');
  script.src = app;
  document.body.appendChild(script);
})();
