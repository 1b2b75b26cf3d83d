import { useState } from 'preact/hooks';
import { archive, remove } from '../chat/commands';
import { Icon } from '../ui/Icon';
import { Menu } from '../ui/Menu';
import { DeleteDialog, RenameDialog } from './ChatDialogs';

interface Props { chat: { id: string; title: string; archived: boolean } }

export function ChatMenu({ chat }: Props) {
  const [dialog, setDialog] = useState<'rename' | 'delete'>();
  const close = () => setDialog(undefined);
  return (
    <>
      <Menu
        label={`Actions for ${chat.title}`}
        items={[
          { icon: 'edit', text: 'Rename', run: () => setDialog('rename') },
          { icon: chat.archived ? 'restore' : 'archive', text: chat.archived ? 'Bring back' : 'Archive', run: () => void archive(chat.id, !chat.archived) },
          { icon: 'trash', text: 'Delete', danger: true, run: () => setDialog('delete') },
        ]}
      >
        <Icon name="more" />
      </Menu>
      {dialog === 'rename' && <RenameDialog chat={chat} onClose={close} />}
      {dialog === 'delete' && <DeleteDialog title={chat.title} onClose={close} onDelete={() => { close(); void remove(chat.id); }} />}
    </>
  );
}
