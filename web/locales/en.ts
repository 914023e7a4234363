import type { Words } from './index';
import { enCall } from './en-call';

export const en: Words = {
  ...enCall,
  'app.name': 'Yilian',
  'app.title': 'Yilian teleconsultation',
  'app.tagline': 'Village doctors and hospital experts, by video',

  'common.back': 'Back',
  'common.home': 'Back to home',
  'common.loading': 'Loading…',
  'common.opening': 'Opening…',
  'common.optional': '(optional)',
  'common.dismiss': 'Understood, close this message',
  'common.skip': 'Skip to content',

  'nav.label': 'Main navigation',
  'nav.home': 'Home',
  'nav.desk': 'Desk',
  'nav.history': 'History',
  'nav.settings': 'Settings',

  'role.clinic_doctor': 'Clinic doctor',
  'role.expert': 'Consulting expert',
  'role.trainer': 'Trainer',
  'role.learner': 'Learner',
  'role.office': 'Alliance office',
  'role.to-expert': 'Go to the expert’s desk',
  'role.to-clinic_doctor': 'Go to the clinic',

  'level.village': 'village',
  'level.township': 'township',
  'level.county': 'county',
  'level.city': 'city',
  'level.national': 'national',

  'urgency.routine': 'Routine',
  'urgency.urgent': 'Urgent',
  'urgency.emergency': 'Emergency',

  'sex.female': 'Female',
  'sex.male': 'Male',
  'sex.other': 'Other',
  'patient.line': '{{sex}}, {{age}} y',

  'line.good': 'Network good',
  'line.good-why': 'The line to the server is fine for a video consultation.',
  'line.slow': 'Network slow',
  'line.slow-why': 'The server answers slowly; a consultation may be voice '
    + 'only. Close other programs that use the network, or move closer to '
    + 'the router.',
  'line.down': 'Disconnected',
  'line.down-why': 'The server cannot be reached; trying again by itself. '
    + 'Check the cable or the Wi-Fi. What you typed is kept on this device.',

  'banner.lost': 'The connection to the server is lost; trying again by '
    + 'itself.',
  'banner.lost-kept': 'Go on writing: it is kept on this device and goes on '
    + 'when the line is back.',
  'banner.restarting': 'The server is restarting, usually within a minute.',
  'banner.restarting-kept': 'Nothing to do: you will be back where you are.',
  'banner.draining': 'The server restarts for maintenance in {{wait}}. '
    + 'Running consultations come back by themselves.',
  'banner.retry': 'Try now',

  'unreached.title': 'The server cannot be reached',
  'unreached.text': 'Trying again by itself. Check the cable or the Wi-Fi; '
    + 'if other pages do not open either, call your network’s administrator.',
  'taken.title': 'You are signed in elsewhere',
  'taken.text': 'One person works in one place. The place opened last is in '
    + 'use; this one is paused and nothing is lost.',
  'taken.back': 'Use it here instead',
  'missing.title': 'This consultation cannot be shown',
  'missing.text': 'It does not exist or is not yours. If somebody sent you '
    + 'the link, ask them.',
  'missing.failed': 'It could not be read',

  'signin.title': 'Sign in',
  'signin.account': 'Account',
  'signin.password': 'Password',
  'signin.submit': 'Sign in',
  'signin.forgotten': 'Forgotten the password? Ask your administrator.',
  'signin.demo': 'Demonstration',
  'signin.demo-text': 'There are no real patients here; sign in with a '
    + 'demonstration account.',
  'signin.demo-clinic': 'Sign in as village doctor',
  'signin.demo-expert': 'Sign in as expert',

  'start.hello': 'Hello, {{name}}',
  'start.no-post': 'Your account has no post yet. Please ask the alliance '
    + 'office.',
  'start.settings': 'Password and settings',
  'start.trainer': 'Courses are not available yet. You can change your '
    + 'password and look at the history.',
  'start.learner': 'Online courses are not available yet. You can change '
    + 'your password and look at the history.',
  'start.office': 'Organisations and people are kept by the administrator '
    + 'for now. You can change your password and look at the history.',
  'start.clinic_doctor': 'Start a consultation from the home page.',
  'start.expert': 'Answer consultations at the desk.',

  'home.hello': 'Hello, {{name}}',
  'home.request': 'Start a consultation',
  'home.request-hint': 'Ask a hospital’s expert by video',
  'home.request-draft': 'What you wrote last time is still here',
  'home.emergency': 'Emergency consultation',
  'home.emergency-hint': 'Critical patient: calls at once, little to fill in',
  'home.devices': 'Check camera and microphone',
  'home.open': 'Open consultations',
  'home.open-none': 'No open consultation now',
  'home.open-none-hint': 'Press “Start a consultation”: the experts on duty '
    + 'are called once the case is filled in.',
  'home.on-duty': 'Experts on duty today',
  'home.on-duty-none': 'No expert is on duty now',
  'home.on-duty-none-hint': 'You may still ask: an expert is called as soon '
    + 'as one comes on duty.',

  'request.title': 'Start a consultation',
  'request.emergency-title': 'Emergency consultation',
  'request.emergency-hint': 'Call first, explain once connected. In danger '
    + 'of life also call 120.',
  'request.urgency': 'Urgency',
  'request.department': 'Which department',
  'request.on-duty': 'experts on duty: {{number}}',
  'request.none-on-duty': 'nobody on duty now',
  'request.no-department': 'No department can be consulted yet',
  'request.no-department-hint': 'Ask the alliance office to register your '
    + 'clinic’s agreement with a hospital.',
  'request.patient': 'Patient',
  'request.sex': 'Sex',
  'request.age': 'Age',
  'request.age-unit': 'years',
  'request.complaint': 'Main complaint',
  'request.complaint-hint': 'What hurts, since when. E.g. chest pain for 2 h',
  'request.summary': 'Case summary',
  'request.summary-hint': 'History, signs, tests done, medication given',
  'request.question': 'Your question to the expert',
  'request.question-hint': 'E.g. transfer needed? How to adjust medication?',
  'request.kept': 'Kept on this device while you write; a reload loses '
    + 'nothing.',
  'request.not-kept': 'This device’s storage is full: a reload would lose '
    + 'what you write. Please send it soon.',
  'request.need': 'Please fill this in',
  'request.need-age': 'Please give a whole number from 0 to 130',
  'request.need-choice': 'Please choose one',
  'request.need-consent': 'Please explain to the patient and tick after '
    + 'they agreed',
  'request.error-kept': 'What you wrote is still here; you can try again.',
  'request.call': 'Call the expert',
  'request.next-devices': 'Next: check devices',

  'consent.title': 'Informed consent',
  'consent.text': 'Read to the patient or family: “We ask a hospital’s '
    + 'expert to look with us by video. The expert sees your case and can '
    + 'see and hear this room. The expert advises; how you are treated is '
    + 'decided here with you. You may stop at any time. Do you agree?”',
  'consent.tick': 'Explained to the patient (or family), who agreed',
  'consent.by': 'Explained and confirmed by {{name}}, {{time}}',

  'devices.title': 'Check devices',
  'devices.preview': 'Your picture',
  'devices.asking': 'The browser asks whether camera and microphone may be '
    + 'used. Please press “Allow”.',
  'devices.asking-short': 'Press “Allow”',
  'devices.camera': 'Camera',
  'devices.microphone': 'Microphone',
  'devices.speaker': 'Speaker',
  'devices.default': 'System default',
  'devices.voice-only': 'No camera, join by voice only',
  'devices.voice-only-on': 'Camera off, joining by voice only',
  'devices.speak': 'Say a few words: the cells should light up.',
  'devices.heard': 'Heard you. The microphone works.',
  'devices.speaker-test': 'Play a test sound',
  'devices.speaker-why': 'A short tune means that it works. If not, turn up '
    + 'the volume or choose another speaker.',
  'devices.retry': 'Try again',
  'devices.done': 'Devices work',
  'devices.done-call': 'Devices work, call the expert',
  'devices.anyway': 'Go on like this',
  'devices.anyway-call': 'Call the expert like this',
  'devices.audio-denied': 'The browser does not allow the microphone.',
  'devices.audio-denied-way': 'Press the icon left of the address, allow '
    + 'the microphone, then try again.',
  'devices.audio-missing': 'No microphone was found.',
  'devices.audio-missing-way': 'Plug in a microphone or headset; it is found '
    + 'by itself. Without one you cannot be heard.',
  'devices.audio-busy': 'Another program uses the microphone.',
  'devices.audio-busy-way': 'Close other calls, then try again.',
  'devices.audio-insecure': 'This address may not use the microphone.',
  'devices.audio-insecure-way': 'Open the page by an address beginning with '
    + 'https.',
  'devices.video-denied': 'The browser does not allow the camera.',
  'devices.video-denied-way': 'Press the icon left of the address and allow '
    + 'the camera, or join by voice.',
  'devices.video-missing': 'No camera was found.',
  'devices.video-missing-way': 'You can join by voice; a camera plugged in '
    + 'later is found by itself.',
  'devices.video-busy': 'Another program uses the camera.',
  'devices.video-busy-way': 'Close programs that use the camera, or join by '
    + 'voice.',
  'devices.video-insecure': 'This address may not use the camera.',
  'devices.video-insecure-way': 'Open the page by an address beginning with '
    + 'https.',

  'history.search': 'Search complaint, department, clinic',
  'history.empty': 'No finished consultation yet',
  'history.empty-hint': 'Cases and opinions stay here after a consultation.',
  'history.nothing-found': 'Nothing found, try another word',
  'history.more': 'Show earlier ones',
  'history.no-expert': 'no expert answered',

  'settings.me': 'My account',
  'settings.language': '语言 Language',
  'settings.sounds': 'Sounds',
  'settings.sound-ring': 'Ringing for a request',
  'settings.sound-joined': 'The other side joined',
  'settings.sound-left': 'The other side left',
  'settings.sound-bad': 'The connection got worse',
  'settings.password': 'Change password',
  'settings.password-old': 'Present password',
  'settings.password-new': 'New password',
  'settings.password-again': 'New password again',
  'settings.password-length': '8 to 128 characters',
  'settings.password-differs': 'The two new passwords differ',
  'settings.password-submit': 'Change password',
  'settings.password-changed': 'Password changed; use the new one next time.',
  'settings.sign-out': 'Sign out',
  'settings.sign-out-ask': 'Sign out?',
  'settings.sign-out-text': 'Drafts not yet sent are removed from this '
    + 'device. Requests already sent are not affected.',
  'settings.version': 'Version {{version}}',

  'error.not-signed-in': 'Your session has ended. Please sign in again.',
  'error.wrong-credentials': 'Account or password is wrong. Try again.',
  'error.throttled': 'Too many tries. Try again in {{seconds}} s.',
  'error.no-right': 'Your post may not do this.',
  'error.not-found': 'This consultation was not found; it may be over or '
    + 'withdrawn.',
  'error.wrong-state': 'The consultation has moved on. Look at its present '
    + 'state first.',
  'error.taken': 'Another expert answered first.',
  'error.not-saved': 'The server could not save; nothing was changed. Try '
    + 'again later.',
  'error.busy': 'The server is busy. Try again in a few seconds.',
  'error.draining': 'The server is restarting and will be back by itself. '
    + 'Try again then.',
  'error.unreachable': 'The server cannot be reached. Check the network and '
    + 'try again.',
  'error.unexpected': 'Something unexpected went wrong; it did not succeed. '
    + 'Try again, then call your administrator.',
  'error.too-large': 'The text is too long. Shorten it. ({{param}})',
  'error.invalid': 'The server does not accept one value. ({{param}})',
};
