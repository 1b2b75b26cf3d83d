import { useEffect, useState } from 'preact/hooks';
import type { Retry } from 'durablechat';
import { Icon } from '../ui/Icon';

const secondsUntil = (time: string) => Math.max(0, Math.ceil((Date.parse(time) - Date.now()) / 1_000));

export function RetryNote({ retry }: { retry: Retry }) {
  const [seconds, setSeconds] = useState(secondsUntil(retry.retryAt));
  useEffect(() => {
    setSeconds(secondsUntil(retry.retryAt));
    const timer = setInterval(() => setSeconds(secondsUntil(retry.retryAt)), 250);
    return () => clearInterval(timer);
  }, [retry.retryAt]);
  return (
    <div class="retry-note" role="status">
      <Icon name="refresh" />
      <span>
        {retry.error.message} Attempt {retry.attempt} of {retry.maxAttempts} failed; {retry.model ? `${retry.model} answers.` : seconds > 0 ? `the next begins in ${seconds} s.` : 'the next begins now.'}
      </span>
    </div>
  );
}
