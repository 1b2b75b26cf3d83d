import { current } from '../chat/current';
import { flush } from '../chat/outbox';
import { pauseWatching, watchChats } from '../chats/chatList';
import { online } from '../ui/online';

/**
 * Browsers allow a page's origin only six connections over HTTP/1.1, for all tabs together; a hidden tab gives its own
 * back after a while.
 */
const hiddenFor = 10_000;

function begin(): void {
  watchChats();
  void flush();
}

function resume(): void {
  current.value?.resume();
  begin();
}

function pause(): void {
  pauseWatching();
  current.value?.pause();
}

export function startLifecycle(): void {
  let hiding: ReturnType<typeof setTimeout> | undefined;
  addEventListener('online', () => {
    online.value = true;
    resume();
  });
  addEventListener('offline', () => {
    online.value = false;
    // A line that is cut tells nobody. To open the streams anew shows at once whether the server can be reached.
    pause();
    if (!document.hidden) resume();
  });
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hiding);
    if (document.hidden) hiding = setTimeout(pause, hiddenFor);
    else resume();
  });

  // A chat that is open by now reads its history already; to resume it would be to read it twice.
  begin();
}

/** For after a token was given: everything that was refused begins again. */
export const restart = resume;
