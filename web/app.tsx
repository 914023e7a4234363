// The page: words, sounds, media and the line are started once, then the
// shell shows what the store holds.
import { render } from 'preact';
import { startMedia } from './media/call';
import { unlockOnTouch } from './media/sounds';
import { startReactions } from './state/reactions';
import { startRouting } from './state/route';
import { start } from './state/session';
import './ui/base.css';
import './ui/parts.css';
import './ui/print.css';
import { Shell } from './ui/shell/shell';

const root = document.getElementById('app');
if (root) {
  root.textContent = '';
  startRouting();
  startReactions();
  startMedia();
  unlockOnTouch();
  render(<Shell />, root);
  start();
}
