import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../locales';
import { meter } from '../../media/sounds';

const HEARD = 0.08;
const STEPS = 12;

/** A microphone's level; says in words once a voice was heard. */
export function Level({ track }: { track: MediaStreamTrack }) {
  const bar = useRef<HTMLDivElement>(null);
  const [heard, setHeard] = useState(false);
  useEffect(() => {
    setHeard(false);
    return meter(track, (level) => {
      const lit = Math.round(level * STEPS);
      const cells = bar.current ? bar.current.children : [];
      for (let i = 0; i < cells.length; i += 1)
        cells[i]!.className = i < lit ? 'lit' : '';
      if (level > HEARD)
        setHeard(true);
    });
  }, [track]);
  return (
    <div class="level" data-testid="level" data-heard={String(heard)}>
      <div class="level-bar" ref={bar} aria-hidden="true">
        {Array.from({ length: STEPS }, (_, i) => <i key={i} />)}
      </div>
      <p class={heard ? 'good-text' : 'faint'} role="status">
        {heard ? t('devices.heard') : t('devices.speak')}</p>
    </div>
  );
}
