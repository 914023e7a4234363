// The objects of yilian.v1 (src/signal/PROTOCOL.md, section 3).

/** A name in both languages; wherever a name is shown. */
export interface Name { zh: string; en: string }

export type Role = 'clinic_doctor' | 'expert' | 'trainer' | 'learner'
  | 'office';
export type Level = 'village' | 'township' | 'county' | 'city' | 'national';
export type Urgency = 'routine' | 'urgent' | 'emergency';
export type Sex = 'female' | 'male' | 'other';
export type Side = 'clinic' | 'expert';

export interface Organisation {
  id: string; name: Name; level?: Level; kind?: string;
}
export interface Department { id: string; name: Name }

export interface Post {
  id: string;
  role: Role;
  organisation: Organisation;
  department: Department | null;
  duty: boolean;
}

export interface Person {
  account: string;
  name: Name;
  locale: string;
  posts: Post[];
}

export interface SignedIn extends Person {
  epoch: string;
  server_time: number;
  demo: boolean;
}

export type State = 'requested' | 'offered' | 'accepted' | 'waiting'
  | 'active' | 'interrupted' | 'opinion_pending' | 'signed' | 'closed'
  | 'declined' | 'cancelled' | 'expired';

export interface Rung {
  post: string;
  name: Name;
  organisation: Organisation;
  state: 'ringing' | 'accepted' | 'declined' | 'no_answer' | 'withdrawn'
    | 'redirected';
  reason: string | null;
}

export interface Climb {
  level: Level;
  organisation: Organisation | null;
  started_at: number;
  deadline_at: number;
  ended_at: number | null;
  rung: Rung[];
}

export interface SideState {
  present: boolean;
  media: 'none' | 'connecting' | 'connected' | 'lost';
  audio: boolean;
  video: boolean;
}

export interface Chat {
  id: string; from: Side; name: Name; at: number; text: string;
}

export interface OpinionText {
  findings: string; diagnosis: string; advice: string; follow_up: string;
}

export interface Opinion extends OpinionText {
  draft: boolean;
  signed_at: number | null;
  signed_by: Name | string | null;
  hash: string | null;
}

export interface Supplement { at: number; by: Name | string; text: string }

export interface Patient {
  sex: Sex; age: number; complaint: string; summary: string;
}

export interface Consultation {
  id: string;
  seq: number;
  state: State;
  urgency: Urgency;
  department: Department;
  requested_at: number;
  updated_at: number;
  clinic: { organisation: Organisation; doctor: { name: Name } };
  expert: null | {
    organisation: Organisation;
    doctor: { name: Name };
    department: Department | null;
  };
  patient: Patient;
  question: string;
  /** Absent in the summaries of lists, as are chat and supplements. */
  climb?: Climb[];
  ringing: boolean;
  mine: Side | 'rung' | null;
  sides: { clinic: SideState; expert: SideState };
  accepted_at: number | null;
  active_at: number | null;
  ended_at: number | null;
  ended_by: Side | null;
  chat?: Chat[];
  opinion: Opinion | null;
  supplements?: Supplement[];
  acknowledged_at: number | null;
  acknowledged_by: Name | string | null;
  reason: string | null;
}

export interface OnDuty {
  department: Department;
  organisation: Organisation;
  name: Name;
}

export interface Home {
  person: Person;
  consultations: Consultation[];
  on_duty: OnDuty[];
  departments: Department[];
  server_time: number;
}

export interface Slot {
  mid: string; kind: 'audio' | 'video'; source: Side | null;
}

type Empty = Record<string, never>;
interface OfThis { consultation: string }
interface Command { command: string }

/** Every method, its parameters and its result (section 4). */
export interface Methods {
  'session.open': [{ account: string; password: string; locale?: string },
    SignedIn];
  'session.get': [Empty, SignedIn];
  'session.close': [Empty, Empty];
  'session.password': [{ old: string; new: string }, Empty];
  'home.get': [Empty, Home];
  'duty.set': [Command & { post: string; on: boolean }, Empty];
  'consultation.request': [Command & {
    post: string; department: string; urgency: Urgency; patient: Patient;
    question: string; consent: { read: true; doctor: string; at: number };
  }, Consultation];
  'consultation.cancel': [Command & OfThis & { reason?: string },
    Consultation];
  'consultation.accept': [Command & OfThis & { post: string }, Consultation];
  'consultation.decline':
    [Command & OfThis & { post: string; reason: string }, Consultation];
  'consultation.redirect': [Command & OfThis & {
    post: string; department: string; reason: string;
  }, Consultation];
  'consultation.get': [OfThis, Consultation];
  'consultation.list': [{ before?: number; limit?: number; text?: string },
    { consultations: Consultation[]; more: boolean }];
  'consultation.end': [Command & OfThis, Consultation];
  'consultation.chat': [Command & OfThis & { text: string }, Consultation];
  'opinion.save': [Command & OfThis & OpinionText, Empty];
  'opinion.sign':
    [Command & OfThis & OpinionText & { password: string }, Consultation];
  'opinion.supplement':
    [Command & OfThis & { text: string; password: string }, Consultation];
  'opinion.acknowledge': [Command & OfThis, Consultation];
  'media.offer': [OfThis & {
    generation: number; connection: string; sdp: string;
  }, { generation: number; sdp: string; epoch: string }];
  'media.state': [OfThis & { audio: boolean; video: boolean }, Empty];
  'media.close': [OfThis, Empty];
}

export type Method = keyof Methods;
export type Params<M extends Method> = Methods[M][0];
export type Result<M extends Method> = Methods[M][1];

/** Every notification and its parameters (section 5). */
export interface Notifications {
  'hello': {
    epoch: string; server_time: number; version: string; demo: boolean;
  };
  'consultation.changed': { consultation: Consultation };
  'consultation.gone': {
    consultation: string;
    reason: 'taken' | 'withdrawn' | 'cancelled' | 'redirected' | 'no_answer';
    by: Name | string | null;
  };
  'duty.changed': { on_duty: OnDuty[]; posts: Post[] };
  'media.slots': { consultation: string; slots: Slot[] };
  'seat.taken': Empty;
  'server.draining': { in_ms: number };
}
export type NotificationName = keyof Notifications;
