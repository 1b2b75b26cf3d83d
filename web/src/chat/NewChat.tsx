import { useEffect } from 'preact/hooks';
import { Header } from '../ui/Header';
import { Icon, type IconName } from '../ui/Icon';
import { create } from './commands';
import { Composer } from './Composer';
import { ModelPicker } from './ModelPicker';
import { beginResumeDemo } from './resumeDemo';
import { loadModels } from './models';

interface Try { icon: IconName; title: string; text: string; prompt: string; resumes?: boolean }

const tries: readonly Try[] = [
  {
    icon: 'refresh',
    title: 'Reload in mid-answer',
    text: 'Starts a long story. Reload the page while it is being told and watch it go on.',
    prompt: 'Tell me a long story about a message that could not be lost',
    resumes: true,
  },
  { icon: 'queue', title: 'Talk over it', text: 'It counts to 500. Send something meanwhile: it waits in line, or goes first.', prompt: 'Count to 500' },
  { icon: 'tool', title: 'Let it use a tool', text: 'Ask for the time: the call, its result and the answer are each kept.', prompt: 'What time is it?' },
];

async function begin(item: Try): Promise<void> {
  if (item.resumes) beginResumeDemo();
  await create(item.prompt);
}

export function NewChat() {
  useEffect(() => {
    document.title = 'DurableChat';
    loadModels();
  }, []);
  return (
    <div class="page">
      <Header title="New chat" />
      <div class="welcome">
        <div class="welcome-inner">
          <h1>Ask. Then close the lid.</h1>
          <p class="lead">Answers here go on without you. Reload, switch devices, lose the network: you come back to the word where you left.</p>
          <ul class="tries" aria-label="Things to try">
            {tries.map((item) => (
              <li key={item.title}>
                <button type="button" class="try" onClick={() => void begin(item)}>
                  <span class="try-icon"><Icon name={item.icon} /></span>
                  <strong>{item.title}</strong>
                  <span>{item.text}</span>
                </button>
              </li>
            ))}
          </ul>
        </div>
      </div>
      <Composer draft="new" busy={false} onSend={create} autofocus tools={<ModelPicker />} />
    </div>
  );
}
