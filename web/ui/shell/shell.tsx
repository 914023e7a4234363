import { t } from '../../locales';
import { route } from '../../state/route';
import {
  currentCall, linkState, loaded, person, postsOf,
} from '../../state/store';
import { CallScreen } from '../call/call';
import { Loading } from '../common/words';
import { ConsultationScreen } from '../consultation/consultation';
import { DesksScreen } from '../desk/desk';
import { DeviceScreen } from '../devices/devices';
import { HistoryScreen } from '../history/history';
import { ClinicHome } from '../home/home';
import { RequestScreen } from '../request/request';
import { SettingsScreen } from '../settings/settings';
import { SignIn } from '../signin/signin';
import { StartScreen } from '../start/start';
import { Banner } from './banner';
import { Header, Navigation } from './header';
import { role } from './role';
import { Strip } from './strip';
import { TakenOver, Unreached } from './states';
import './shell.css';

export function Shell() {
  const link = linkState.value;
  if (link === 'signed-out')
    return <Plain><SignIn /></Plain>;
  if (link === 'taken')
    return <Plain><TakenOver /></Plain>;
  if (!loaded.value)
    return link === 'lost' || link === 'restarting'
      ? <Plain><Unreached /></Plain>
      : <Plain><Loading text={t('common.opening')} /></Plain>;
  const one = currentCall.value;
  if (one)
    return (
      <>
        <Strip />
        <CallScreen key={one.id} one={one} />
      </>
    );
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>{t('common.skip')}</a>
      <div class="top">
        <Header />
        <Banner />
        <Strip />
      </div>
      <main id="main" tabIndex={-1} class="page"><Screen /></main>
      <Navigation />
    </>
  );
}

function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('main')!.focus();
}

function Plain(props: { children: preact.ComponentChildren }) {
  return (
    <>
      <Strip />
      <main id="main" class="page plain" tabIndex={-1}>{props.children}</main>
    </>
  );
}

function Screen() {
  const at = route.value;
  switch (at.at) {
    case 'consultation':
      return <ConsultationScreen key={at.id} id={at.id} />;
    case 'devices':
      return <DeviceScreen then={at.then} />;
    case 'history':
      return <HistoryScreen />;
    case 'settings':
      return <SettingsScreen />;
    case 'request':
      return postsOf('clinic_doctor').length > 0
        ? <RequestScreen key={at.urgency} urgency={at.urgency} /> : <Home />;
    default:
      return <Home />;
  }
}

function Home() {
  if (!person.value)
    return <Loading />;
  switch (role.value) {
    case 'clinic_doctor':
      return <ClinicHome />;
    case 'expert':
      return <DesksScreen />;
    default:
      return <StartScreen />;
  }
}
