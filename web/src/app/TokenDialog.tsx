import { useState } from 'preact/hooks';
import { DurableChatError } from 'durablechat';
import { client } from '../api/client';
import { setToken, tokenWanted } from '../api/token';
import { loadModels } from '../chat/models';
import { Modal } from '../ui/Modal';
import { restart } from './lifecycle';

export function TokenDialog() {
  const [value, setValue] = useState('');
  const [error, setError] = useState('');
  async function submit(event: Event) {
    event.preventDefault();
    setError('');
    setToken(value.trim());
    try {
      await client.listModels();
      tokenWanted.value = false;
      loadModels();
      restart();
    } catch (problem) {
      setError(problem instanceof DurableChatError && problem.code !== 'unreachable' ? 'The server does not know this token.' : 'The server cannot be reached.');
    }
  }

  return (
    <Modal title="Sign in">
      <form onSubmit={(event) => void submit(event)}>
        <p>This server asks who you are. Whoever runs it can make a token with <code>durablechat token --owner NAME</code>.</p>
        <label class="field">
          Token
          <input type="password" name="token" autocomplete="current-password" required value={value} onInput={(event) => setValue(event.currentTarget.value)} />
        </label>
        {error && <p class="field-error" role="alert">{error}</p>}
        <div class="modal-actions"><button type="submit" class="button primary">Sign in</button></div>
      </form>
    </Modal>
  );
}
