import { useEffect, useRef, useState } from 'preact/hooks';
import { named, t } from '../../locales';
import type { Consultation } from '../../protocol/types';
import { go } from '../../state/route';
import { call } from '../../state/session';
import { linkState } from '../../state/store';
import { Button } from '../common/button';
import { errorText } from '../common/errors';
import { useTitle } from '../common/hooks';
import { Icon } from '../common/icon';
import {
  Empty, Loading, patientLine, stateWord, UrgencyBadge, when,
} from '../common/words';

const PAGE = 20;
const TYPING_MS = 350;

export function HistoryScreen() {
  const [text, setText] = useState('');
  const [found, setFound] = useState<Consultation[] | null>(null);
  const [more, setMore] = useState(false);
  const [error, setError] = useState('');
  const turn = useRef(0);
  const live = linkState.value === 'live';
  useTitle(t('nav.history'));

  const load = async (before: Consultation[]) => {
    turn.current += 1;
    const mine = turn.current;
    const last = before[before.length - 1];
    try {
      const page = await call('consultation.list', { limit: PAGE,
        ...(text.trim() ? { text: text.trim() } : {}),
        ...(last ? { before: last.requested_at } : {}) });
      if (mine !== turn.current)
        return;
      setFound(before.concat(page.consultations));
      setMore(page.more);
      setError('');
    } catch (failure) {
      if (mine === turn.current)
        setError(errorText(failure));
    }
  };
  useEffect(() => {
    if (!live)
      return undefined;
    const timer = window.setTimeout(() => { load([]); },
      found ? TYPING_MS : 0);
    return () => window.clearTimeout(timer);
  }, [text, live]);

  return (
    <div class="narrow" data-testid="screen-history">
      <h1>{t('nav.history')}</h1>
      <div class="search" role="search">
        <Icon name="search" />
        <input type="search" value={text} data-testid="history-search"
          aria-label={t('history.search')} placeholder={t('history.search')}
          onInput={(event) => setText(event.currentTarget.value)} />
      </div>
      {error ? <p class="error-text" role="alert">{error}</p> : null}
      {!found ? <Loading />
        : found.length === 0
          ? <Empty testid="history-empty" title={text
            ? t('history.nothing-found') : t('history.empty')}>
              {text ? undefined : t('history.empty-hint')}</Empty>
          : <ul class="list" data-testid="history-list">
              {found.map((one) => <Past key={one.id} one={one} />)}
            </ul>}
      {more
        ? <div class="actions"><Button testid="history-more"
            onClick={() => load(found || [])}>{t('history.more')}</Button>
          </div> : null}
    </div>
  );
}

function Past({ one }: { one: Consultation }) {
  const other = one.mine === 'expert'
    ? named(one.clinic.organisation.name)
    : one.expert ? named(one.expert.doctor.name) : t('history.no-expert');
  return (
    <li>
      <button type="button" class="card row past-item"
        data-testid="history-item" data-id={one.id}
        onClick={() => go({ at: 'consultation', id: one.id })}>
        <span class="past-when">{when(one.requested_at)}</span>
        <span class="past-what">
          <strong>{patientLine(one.patient)} · {one.patient.complaint}
          </strong>
          <span class="faint">{named(one.department.name)} · {other}</span>
        </span>
        <span class="past-state"><UrgencyBadge urgency={one.urgency} />
          {stateWord(one)}</span>
      </button>
    </li>
  );
}
