import { ask } from '../api/client';
import { token } from '../api/token';
import { parsePrometheus, Scrape } from './prometheus';

export interface Feed {
  chat_id: string;
  synced: boolean;
  status?: string;
  version: number;
  epoch: number;
  head_id: number;
  lease?: { replica: string; token: number };
  window: { floor: number; tail: number; count: number; bytes: number };
  live?: { generation: number; last_seq: number; chars: number; bytes: number };
  bytes: number;
  pins: number;
  subscribers: number;
  cursors: string[];
  idle_seconds: number;
}

export interface FeedList { replica: string; count: number; bytes: number; feeds: Feed[] }

export interface Replica { id: string; address?: string; alive: boolean; heartbeat_age_seconds: number; leases: number }

export interface ReplicaList { replica: string; lease_seconds: number; replicas: Replica[] }

/** The server said no. */
export class Refused extends Error {
  constructor(readonly status: number) {
    super(`The server answered with status ${status}.`);
  }
}

export const replicas = () => read<ReplicaList>('ops/replicas');

export const feeds = () => read<FeedList>('ops/feeds?limit=200');

export const feed = (chat: string) => read<Feed>(`ops/feeds/${encodeURIComponent(chat)}`);

export async function scrape(): Promise<Scrape> {
  return new Scrape(parsePrometheus(await (await request('/metrics')).text()), Date.now());
}

const read = async <T>(path: string) => (await (await request(`/api/v1/${path}`)).json()) as T;

async function request(path: string): Promise<Response> {
  const headers: Record<string, string> = token.value ? { Authorization: `Bearer ${token.value}` } : {};
  const response = await ask(path, { headers, signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Refused(response.status);
  return response;
}
