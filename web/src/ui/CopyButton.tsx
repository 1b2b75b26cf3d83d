import { useEffect, useState } from 'preact/hooks';
import { announce } from './announce';
import { Icon } from './Icon';
import { notify } from './notices';

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

export function CopyButton({ text, label }: { text: string; label: string }) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 1_500);
    return () => clearTimeout(timer);
  }, [done]);
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      onClick={() => void copy(text).then((copied) => {
        setDone(copied);
        if (copied) announce('Copied');
        else notify('The browser did not allow copying.');
      })}
    >
      <Icon name={done ? 'check' : 'copy'} />
    </button>
  );
}
