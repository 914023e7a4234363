import { named, t } from '../../locales';
import type { Key } from '../../locales';
import { hasRequest } from '../../state/drafts';
import { go } from '../../state/route';
import { isMine, onDuty, open, person } from '../../state/store';
import type { Consultation, OnDuty } from '../../protocol/types';
import { Button } from '../common/button';
import { useTitle } from '../common/hooks';
import {
  Empty, levelWord, patientLine, stateWord, UrgencyBadge, when,
} from '../common/words';
import './home.css';

export function ClinicHome() {
  useTitle(t('app.title'));
  const who = person.value!;
  const mine = open.value.filter((one) => one.mine === 'clinic');
  return (
    <div class="home" data-testid="screen-home">
      <section class="home-start">
        <h1>{t('home.hello', { name: named(who.name) })}</h1>
        <button type="button" class="button primary huge"
          data-testid="home-request"
          onClick={() => go({ at: 'request', urgency: 'routine' })}>
          <span>{t('home.request')}
            <small>{hasRequest(who.account) ? t('home.request-draft')
              : t('home.request-hint')}</small></span>
        </button>
        <button type="button" class="button danger-outline large"
          data-testid="home-emergency"
          onClick={() => go({ at: 'request', urgency: 'emergency' })}>
          <span>{t('home.emergency')}
            <small>{t('home.emergency-hint')}</small></span>
        </button>
        <Button testid="home-devices" kind="quiet" icon="devices"
          onClick={() => go({ at: 'devices', then: 'back' })}>
          {t('home.devices')}
        </Button>
      </section>
      <section class="home-open" aria-labelledby="open-title">
        <h2 id="open-title">{t('home.open')}</h2>
        {mine.length === 0
          ? <Empty testid="home-open-empty" title={t('home.open-none')}>
              {t('home.open-none-hint')}
            </Empty>
          : <ul class="list" data-testid="home-open">
              {mine.map((one) => <OpenCard key={one.id} one={one} />)}
            </ul>}
      </section>
      <OnDutyList />
    </div>
  );
}

/** An open consultation with its state in words and the one next step. */
export function OpenCard({ one }: { one: Consultation }) {
  const key = `next.${isMine(one) ? one.mine : 'clinic'}.${one.state}` as Key;
  return (
    <li class="card row" data-testid="open-card" data-id={one.id}
      data-state={one.state}>
      <div>
        <p class="state"><UrgencyBadge urgency={one.urgency} />
          <strong>{stateWord(one)}</strong></p>
        <p>{patientLine(one.patient)} · {one.patient.complaint}</p>
        <p class="faint">{named(one.department.name)}
          {one.expert ? ` · ${named(one.expert.doctor.name)}` : ''}
          {' · '}{when(one.requested_at)}</p>
      </div>
      <Button testid="open-card-go" kind="primary"
        onClick={() => go({ at: 'consultation', id: one.id })}>
        {t(key)}
      </Button>
    </li>
  );
}

export function OnDutyList() {
  const groups = new Map<string, OnDuty[]>();
  onDuty.value.forEach((one) => {
    const group = groups.get(one.department.id) || [];
    groups.set(one.department.id, group.concat(one));
  });
  return (
    <section class="home-duty" aria-labelledby="duty-title">
      <h2 id="duty-title">{t('home.on-duty')}</h2>
      {groups.size === 0
        ? <Empty testid="duty-empty" title={t('home.on-duty-none')}>
            {t('home.on-duty-none-hint')}
          </Empty>
        : <ul class="duty-list" data-testid="on-duty">
            {Array.from(groups.values()).map((group) => (
              <li key={group[0]!.department.id} class="duty-group">
                <h3>{named(group[0]!.department.name)}</h3>
                <ul>
                  {group.map((one, i) => (
                    <li key={i}><span>{named(one.name)}</span>
                      <span class="faint">{named(one.organisation.name)}
                        {' '}{levelWord(one.organisation.level)}</span></li>
                  ))}
                </ul>
              </li>
            ))}
          </ul>}
    </section>
  );
}
