import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import { ChatStore, type ChatSnapshot } from 'durablechat';
import { client, maxSilenceMs } from '../api/client';
import { comeBack, mayPass } from '../api/comeback';
import { nextFrame } from '../ui/nextFrame';

export type Loading = 'loading' | 'ready' | 'not_found';

const pageSize = 100;

/** One open chat, drawn once in each frame. */
export class ChatSession {
  readonly #store: ChatStore;
  readonly #state: Signal<ChatSnapshot>;
  readonly #loading = computed(() => loadingOf(this.#state.value));
  readonly #connection = computed(() => (mayPass(this.#state.value.failure) ? 'lost' : this.#state.value.connection));
  readonly #prepended = signal(false);
  readonly #leave: () => void;
  #comeback: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly id: string) {
    this.#store = new ChatStore(client, id, { pageSize, maxSilenceMs, schedule: nextFrame });
    this.#state = signal(this.#store.getSnapshot());
    this.#leave = this.#store.subscribe(() => this.#draw());
  }

  get state(): ReadonlySignal<ChatSnapshot> {
    return this.#state;
  }

  get loading(): ReadonlySignal<Loading> {
    return this.#loading;
  }

  get connection(): ReadonlySignal<ChatSnapshot['connection']> {
    return this.#connection;
  }

  /** True while the change to be drawn put messages in front, which must not move what is on the screen. */
  get prepended(): ReadonlySignal<boolean> {
    return this.#prepended;
  }

  close(): void {
    clearTimeout(this.#comeback);
    this.#leave();
  }

  pause(): void {
    clearTimeout(this.#comeback);
    this.#store.pause();
  }

  /** Comes back at once instead of when the pause between attempts is over. */
  resume(): void {
    if (this.#loading.value !== 'not_found') this.#store.resume();
  }

  readOlder(): void {
    this.#store.readOlder(2 * pageSize).catch(() => {
      // The next scroll to the top asks again.
    });
  }

  /** Tells that the change with messages in front has been drawn. */
  drawn(): void {
    this.#prepended.value = false;
  }

  #draw(): void {
    const [before, now] = [this.#state.peek(), this.#store.getSnapshot()];
    const first = before.messages[0];
    if (first && first !== now.messages[0] && now.messages.includes(first)) this.#prepended.value = true;
    this.#state.value = now;
    if (now.failure === before.failure) return;
    clearTimeout(this.#comeback);
    this.#comeback = comeBack(now.failure, () => this.resume());
  }
}

function loadingOf({ failure, isLoaded }: ChatSnapshot): Loading {
  if (failure?.status === 404) return 'not_found';
  return isLoaded ? 'ready' : 'loading';
}
