import { signal } from '@preact/signals';
import { readText, writeText } from '../ui/storage';

type Phase = 'idle' | 'asking' | 'resumed';

const key = 'durablechat.resume-demo';

// The mark is made before the page is left, so finding it means that the page was loaded anew in this tab.
const marked = readText(key, 'sessionStorage');

/** Where the person is in the demonstration of a reload in mid-answer, and in which chat. */
export const resumeDemo = signal<{ phase: Phase; chat: string }>({ phase: marked ? 'resumed' : 'idle', chat: marked ?? '' });

writeText(key, undefined, 'sessionStorage');

export function beginResumeDemo(): void {
  resumeDemo.value = { phase: 'asking', chat: '' };
}

/** Ties the demonstration to the chat that it made. */
export function joinResumeDemo(chat: string): void {
  if (resumeDemo.value.phase !== 'asking' || resumeDemo.value.chat !== '') return;
  resumeDemo.value = { phase: 'asking', chat };
  addEventListener('pagehide', () => {
    if (resumeDemo.value.phase === 'asking') writeText(key, chat, 'sessionStorage');
  });
}

export function endResumeDemo(): void {
  resumeDemo.value = { phase: 'idle', chat: '' };
}
