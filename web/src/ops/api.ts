import { authorization } from '../api/token';
import { call, Refused, Unreachable } from '../api/http';
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

export const replicas = () => call<ReplicaList>('ops/replicas');

export const feeds = () => call<FeedList>('ops/feeds?limit=200');

export const feed = (chat: string) => call<Feed>(`ops/feeds/${encodeURIComponent(chat)}`);

export async function scrape(): Promise<Scrape> {
  let response: Response;
  try {
    response = await fetch('/metrics', { headers: authorization(), signal: AbortSignal.timeout(10_000) });
  } catch {
    throw new Unreachable('The server cannot be reached.');
  }

  if (!response.ok) throw new Refused(response.status, 'metrics', 'The metrics were refused.', false);
  return new Scrape(parsePrometheus(await response.text()), Date.now());
}
