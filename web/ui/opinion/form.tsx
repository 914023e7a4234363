import { t } from '../../locales';
import type { Consultation } from '../../protocol/types';
import { opinionOf } from '../../state/opinion';
import type { OpinionDraft } from '../../state/opinion';
import { linkState } from '../../state/store';
import { Field } from '../common/field';
import { when } from '../common/words';
import './opinion.css';

const LONGEST = 8000;

/** The opinion beside the running picture; grows as it is written. */
export function OpinionForm({ one }: { one: Consultation }) {
  const draft = opinionOf(one);
  const text = draft.text.value;
  return (
    <section class="opinion-form" data-testid="opinion-form"
      aria-labelledby="opinion-form-title">
      <h2 id="opinion-form-title">{t('opinion.title')}</h2>
      <Field id="opinion-findings" label={t('opinion.findings')} rows={3}
        value={text.findings} maxLength={LONGEST}
        onInput={(findings) => draft.set({ findings })} />
      <Field id="opinion-diagnosis" label={t('opinion.diagnosis')} rows={2}
        value={text.diagnosis} maxLength={LONGEST}
        onInput={(diagnosis) => draft.set({ diagnosis })} />
      <Field id="opinion-advice" label={t('opinion.advice')} rows={3}
        value={text.advice} maxLength={LONGEST}
        onInput={(advice) => draft.set({ advice })} />
      <Field id="opinion-follow-up" label={t('opinion.follow-up')} rows={1}
        value={text.follow_up} maxLength={LONGEST} optional
        onInput={(follow_up) => draft.set({ follow_up })} />
      <SavedLine draft={draft} />
    </section>
  );
}

function SavedLine({ draft }: { draft: OpinionDraft }) {
  /* A save that waits for the line is no save yet. */
  const saved = draft.saved.value === 'saving' && linkState.value !== 'live'
    ? 'kept-here' : draft.saved.value;
  const words = saved === 'empty' ? t('opinion.saved-empty')
    : saved === 'saving' ? t('opinion.saving')
      : saved === 'kept-here' ? t('opinion.kept-here')
        : saved === 'lost' ? t('opinion.not-kept')
          : draft.savedAt.value
            ? t('opinion.saved-at', { time: when(draft.savedAt.value) })
            : t('opinion.saved');
  return (
    <p class={saved === 'kept-here' || saved === 'lost' ? 'error-text'
      : 'faint'} data-testid="opinion-saved" data-saved={saved}>{words}</p>
  );
}
