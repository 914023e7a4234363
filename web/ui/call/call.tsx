// The call, for both sides: the other large, oneself small, the case and
// the conversation beside. Nothing here ends it but the red button.
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../locales';
import { toggleCamera, toggleMicrophone } from '../../media/call';
import type { Consultation } from '../../protocol/types';
import { useAwake, useFocus, useTitle } from '../common/hooks';
import { CaseView } from '../common/words';
import { ChatPanel, useUnread } from '../common/chat';
import { OpinionForm } from '../opinion/form';
import { Controls } from './controls';
import { End } from './end';
import { Stage } from './stage';
import './call.css';

export type Panel = 'case' | 'chat' | 'none';

const WIDE = '(min-width: 900px)';

export function CallScreen({ one }: { one: Consultation }) {
  const [panel, setPanel] = useState<Panel>(
    window.matchMedia(WIDE).matches ? 'case' : 'none');
  const [ending, setEnding] = useState(false);
  const whole = useRef<HTMLElement>(null);
  const unread = useUnread(one, panel === 'chat');
  const heading = useFocus<HTMLHeadingElement>();
  useAwake();
  useTitle(t('call.title'));
  const full = () => toggleFull(whole.current!);
  const show = (to: Panel) => {
    const wide = window.matchMedia(WIDE).matches;
    setPanel((before) => before !== to ? to : wide ? 'case' : 'none');
  };
  useShortcuts({
    m: toggleMicrophone, v: toggleCamera, c: () => show('chat'), f: full,
  });
  return (
    <main class={`call panel-${panel}`} ref={whole} data-mine={one.mine}
      data-testid="screen-call" data-state={one.state}>
      <h1 class="unseen" tabIndex={-1} ref={heading}>{t('call.title')}</h1>
      <Stage one={one} />
      <Controls panel={panel} unread={unread} onPanel={show} onFull={full}
        onEnd={() => setEnding(true)} />
      {panel === 'none' ? null
        : <aside class="side" data-testid="side">
            <Tabs panel={panel} unread={unread} expert={one.mine === 'expert'}
              onPanel={setPanel} />
            {panel === 'case'
              ? <div class="side-body" id="panel-case" role="tabpanel"
                  aria-labelledby="tab-case" tabIndex={0}>
                  <CaseView one={one} />
                  {one.mine === 'expert' ? <OpinionForm one={one} /> : null}
                </div>
              : <div class="side-body chat-body" id="panel-chat"
                  role="tabpanel" aria-labelledby="tab-chat">
                  <ChatPanel one={one} autoFocus />
                </div>}
          </aside>}
      {ending ? <End one={one} onNo={() => setEnding(false)} /> : null}
    </main>
  );
}

function Tabs(props: {
  panel: Panel; unread: number; expert: boolean; onPanel: (to: Panel) => void;
}) {
  const names = [
    ['case', props.expert ? t('call.tab-case-opinion') : t('call.tab-case')],
    ['chat', t('call.tab-chat')],
  ] as const;
  return (
    <div class="tabs">
      <div role="tablist" aria-label={t('call.side')}>
        {names.map(([name, word]) => (
          <button type="button" role="tab" key={name} id={`tab-${name}`}
            aria-selected={props.panel === name} data-testid={`tab-${name}`}
            aria-controls={props.panel === name ? `panel-${name}` : undefined}
            onClick={() => props.onPanel(name)}>
            {word}
            {name === 'chat' && props.unread > 0
              ? <span class="count">{props.unread}</span> : null}
          </button>
        ))}
      </div>
      <button type="button" class="button quiet fold" data-testid="side-fold"
        onClick={() => props.onPanel('none')}>{t('call.fold')}</button>
    </div>
  );
}

function toggleFull(element: HTMLElement): void {
  if (document.fullscreenElement)
    document.exitFullscreen().catch(() => undefined);
  else if (element.requestFullscreen)
    element.requestFullscreen().catch(() => undefined);
}

/** Single letters, never while somebody writes. */
function useShortcuts(shortcuts: Record<string, () => void>): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.altKey || event.metaKey || event.repeat
          || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
        return;
      const act = latest.current[event.key.toLowerCase()];
      if (act) {
        event.preventDefault();
        act();
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}
