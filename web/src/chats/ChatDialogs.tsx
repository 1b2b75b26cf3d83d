import { useEffect, useRef, useState } from 'preact/hooks';
import { rename } from '../chat/commands';
import { Modal } from '../ui/Modal';

export function RenameDialog({ chat, onClose }: { chat: { id: string; title: string }; onClose: () => void }) {
  const [title, setTitle] = useState(chat.title);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  async function submit(event: Event) {
    event.preventDefault();
    if (title.trim() === '' || (await rename(chat.id, title.trim()))) onClose();
  }

  return (
    <Modal title="Rename chat" onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        <label class="field">
          Title
          <input ref={input} autofocus maxLength={200} value={title} onInput={(event) => setTitle(event.currentTarget.value)} />
        </label>
        <div class="modal-actions">
          <button type="button" class="button" onClick={onClose}>Cancel</button>
          <button type="submit" class="button primary">Rename</button>
        </div>
      </form>
    </Modal>
  );
}

export function DeleteDialog({ title, onClose, onDelete }: { title: string; onClose: () => void; onDelete: () => void }) {
  return (
    <Modal title="Delete chat?" onClose={onClose}>
      <p>“{title}” goes for good, with all its messages. Nobody can bring it back.</p>
      <div class="modal-actions">
        <button type="button" class="button" autofocus onClick={onClose}>Keep it</button>
        <button type="button" class="button danger" onClick={onDelete}>Delete</button>
      </div>
    </Modal>
  );
}
