import { signal } from '@preact/signals';
import { Icon } from './Icon';

interface Notice { id: number; text: string }

const notices = signal<readonly Notice[]>([]);
let next = 0;

const dismiss = (id: number) => (notices.value = notices.value.filter((notice) => notice.id !== id));

/** Says that something did not work, for a while. */
export function notify(text: string): void {
  const id = next++;
  notices.value = [...notices.value.filter((notice) => notice.text !== text), { id, text }];
  setTimeout(() => dismiss(id), 8_000);
}

/** Runs what a person asked for and says so if it fails. True if it worked. */
export async function attempt(run: () => Promise<unknown>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (error) {
    notify(error instanceof Error ? error.message : 'That did not work.');
    return false;
  }
}

export const Notices = () => (
  <div class="notices" role="alert">
    {notices.value.map((notice) => (
      <div class="notice" key={notice.id}>
        <Icon name="warning" />
        <span>{notice.text}</span>
        <button type="button" class="icon-button" aria-label="Dismiss" onClick={() => dismiss(notice.id)}><Icon name="close" /></button>
      </div>
    ))}
  </div>
);
